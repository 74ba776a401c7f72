// Text that is wiped when the last copy goes. It is never printed; its view is for the one who needs it.
#pragma once

#include <dragline/core/features.hpp>

#include <compare>
#include <memory>
#include <string>
#include <string_view>

namespace dragline::inline v1::tls::detail {

/// Overwrites the characters, then empties the text.
DRAGLINE_DECL void wipe(std::string& text) noexcept;

/// A key or passphrase in options. Copies share it; values compare and order by the text.
class secret_text {
public:
    secret_text() noexcept {}
    explicit secret_text(std::string text);

    std::string_view view() const noexcept { return text_ ? std::string_view(*text_) : std::string_view(); }
    bool empty() const noexcept { return view().empty(); }

    bool operator==(const secret_text& other) const noexcept { return view() == other.view(); }
    std::strong_ordering operator<=>(const secret_text& other) const noexcept {
        return view() <=> other.view();
    }

private:
    std::shared_ptr<const std::string> text_;
};

}  // namespace dragline::inline v1::tls::detail

#include <dragline/tls/detail/impl/secret_text.ipp>
