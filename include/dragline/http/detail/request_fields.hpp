// The header fields of a request: the caller's, in his order, and those that the library adds.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/http/body.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/session_options.hpp>

#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http::detail {

/// Those of every request of a session that brings none and has no body; nothing where they may not be sent.
DRAGLINE_DECL std::optional<fields> common_fields(const session_options& shared);

/// Complete but for Host, credentials and cookies; and of a body that is not in memory the exchange says how
/// it ends.
class request_fields {
public:
    /// `common` are the common_fields(), and have to outlive this: most requests need no others.
    ///
    /// Errors: what is wrong with the caller's.
    DRAGLINE_DECL std::error_code prepare(const fetch_options& options, const session_options& shared,
                                          const std::optional<fields>& common, std::string_view method,
                                          const body& content);

    const fields& operator*() const noexcept { return common_ ? *common_ : own_; }
    const fields* operator->() const noexcept { return &**this; }

    /// For this request alone.
    fields& own() {
        if (const auto* common = std::exchange(common_, nullptr)) own_ = *common;
        return own_;
    }

private:
    const fields* common_ = nullptr;
    fields own_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/request_fields.ipp>
