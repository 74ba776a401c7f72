// Where a read of delimited text ends. Looks at every byte once, however the text arrives.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::net::detail {

/// Given all that has arrived, the number of bytes that the read is to take; nothing while more is needed.
using read_predicate = std::function<std::optional<std::size_t>(std::string_view)>;

class end_search {
public:
    struct found {
        std::size_t taken = 0;  // of the bytes, with the delimiter
        std::size_t given = 0;  // of those, what the caller gets
    };

    static end_search line() { return end_search(kind::line, "\n", {}); }
    static end_search delimiter(std::string text) { return end_search(kind::delimiter, std::move(text), {}); }
    static end_search predicate(read_predicate test) {
        return end_search(kind::predicate, {}, std::move(test));
    }

    bool valid() const noexcept {
        return kind_ == kind::predicate ? static_cast<bool>(predicate_) : !delimiter_.empty();
    }

    /// Errors: errc::invalid_option where a predicate takes more than there is. Throws what that throws, as
    /// async::callback_failure.
    result<std::optional<found>> look(std::string_view bytes, bool keep_delimiter);

private:
    enum class kind { line, delimiter, predicate };
    end_search(kind what, std::string text, read_predicate test)
        : kind_(what), delimiter_(std::move(text)), predicate_(std::move(test)) {}

    kind kind_;
    std::string delimiter_;
    read_predicate predicate_;
    std::size_t looked_ = 0;  // no delimiter begins before it
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/end_search.ipp>
