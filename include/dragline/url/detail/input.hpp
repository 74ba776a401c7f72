// What the parser reads: the text of a caller without the bytes that the URL Standard ignores.
#pragma once

#include <dragline/core/features.hpp>

#include <string>
#include <string_view>

namespace dragline::inline v1::url::detail {

/// A view of `raw` without controls and spaces at both ends, tabs and line ends anywhere, and as UTF-8.
/// Copies only when something inside has to change.
class clean_input {
public:
    explicit clean_input(std::string_view raw);
    clean_input(const clean_input&) = delete;
    clean_input& operator=(const clean_input&) = delete;

    std::string_view text() const noexcept { return text_; }

private:
    std::string copy_;
    std::string_view text_;
};

}  // namespace dragline::url::detail

#include <dragline/url/detail/impl/input.ipp>
