// Who asks: a user with a password, or whoever has a token. `fetch_options().credentials(...)`.
#pragma once

#include <dragline/core/features.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::http {

/// How credentials are put to use.
enum class credentials_kind : std::uint8_t {
    none,
    basic,   ///< RFC 7617, with the first request.
    bearer,  ///< RFC 6750, with the first request.
    digest,  ///< RFC 7616, when the server asks for it. The password itself is never sent.
    any,     ///< When the server asks: Digest where that is offered, else Basic.
};

/// Credentials of one origin: an immutable handle, cheap to copy. Its memory is wiped with the last copy.
///
/// A value that could not be sent is kept, and fails the operation with errc::invalid_credentials. Text is
/// sent as the bytes it has, which should be UTF-8. There is no way to print one.
class credentials {
public:
    static constexpr std::size_t max_size = 64 * 1024;  ///< User and secret together, in bytes.

    /// None at all: given to a fetch, neither its URL nor a netrc is asked.
    credentials() {}

    DRAGLINE_DECL static credentials basic(std::string_view user, std::string_view password);
    DRAGLINE_DECL static credentials bearer(std::string_view token);
    DRAGLINE_DECL static credentials digest(std::string_view user, std::string_view password);
    DRAGLINE_DECL static credentials any(std::string_view user, std::string_view password);

    DRAGLINE_DECL credentials_kind kind() const noexcept;
    DRAGLINE_DECL std::string_view user() const noexcept;
    DRAGLINE_DECL std::string_view secret() const noexcept;  ///< The password or token.

    /// errc::invalid_credentials for a control character anywhere, a colon in a user name (RFC 7617, 2),
    /// a token that is empty or has other than visible ASCII, or more than max_size.
    DRAGLINE_DECL std::error_code check() const noexcept;

    friend bool operator==(const credentials& a, const credentials& b) noexcept;

private:
    struct content;
    static credentials make(credentials_kind kind, std::string_view user, std::string_view secret);

    std::shared_ptr<const content> content_;
};

/// "Basic dXNlcjpwYXNz", of credentials that check() accepts.
DRAGLINE_DECL std::string basic_authorization(const credentials& from);

/// "Bearer token".
DRAGLINE_DECL std::string bearer_authorization(const credentials& from);

}  // namespace dragline::http

#include <dragline/http/authentication/impl/credentials.ipp>
