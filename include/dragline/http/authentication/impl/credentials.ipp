// Included by <dragline/http/authentication/credentials.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>

namespace dragline::inline v1::http {
namespace detail {

inline void wipe(std::string& text) noexcept { OPENSSL_cleanse(text.data(), text.size()); }

}  // namespace detail

struct credentials::content {
    content(credentials_kind as, std::string_view name, std::string_view hidden)
        : kind(as), user(name), secret(hidden) {}
    content(const content&) = delete;
    ~content() { detail::wipe(secret); }

    credentials_kind kind;
    std::string user;
    std::string secret;
};

DRAGLINE_DECL credentials credentials::make(credentials_kind kind, std::string_view user,
                                            std::string_view secret) {
    credentials made;
    made.content_ = std::make_shared<const content>(kind, user, secret);
    return made;
}

DRAGLINE_DECL credentials credentials::basic(std::string_view user, std::string_view password) {
    return make(credentials_kind::basic, user, password);
}

DRAGLINE_DECL credentials credentials::bearer(std::string_view token) {
    return make(credentials_kind::bearer, {}, token);
}

DRAGLINE_DECL credentials credentials::digest(std::string_view user, std::string_view password) {
    return make(credentials_kind::digest, user, password);
}

DRAGLINE_DECL credentials credentials::any(std::string_view user, std::string_view password) {
    return make(credentials_kind::any, user, password);
}

DRAGLINE_DECL credentials_kind credentials::kind() const noexcept {
    return content_ ? content_->kind : credentials_kind::none;
}

DRAGLINE_DECL std::string_view credentials::user() const noexcept {
    return content_ ? std::string_view(content_->user) : std::string_view();
}

DRAGLINE_DECL std::string_view credentials::secret() const noexcept {
    return content_ ? std::string_view(content_->secret) : std::string_view();
}

DRAGLINE_DECL std::error_code credentials::check() const noexcept {
    const auto any_of = [](std::string_view text, auto is_bad) {
        return std::any_of(text.begin(), text.end(), is_bad);
    };
    bool bad = user().size() > max_size || secret().size() > max_size - user().size();
    if (kind() == credentials_kind::bearer) {
        // Wider than the token68 of RFC 6750: tokens with '|' or ':' are in use.
        bad = bad || secret().empty() || any_of(secret(), [](char c) { return c <= ' ' || c >= 0x7f; });
    } else {
        bad = bad || user().find(':') != std::string_view::npos || any_of(user(), ascii::is_control) ||
              any_of(secret(), ascii::is_control);
    }
    return bad ? make_error_code(errc::invalid_credentials) : std::error_code();
}

DRAGLINE_DECL bool operator==(const credentials& a, const credentials& b) noexcept {
    return a.kind() == b.kind() && a.user() == b.user() && a.secret() == b.secret();
}

DRAGLINE_DECL std::string basic_authorization(const credentials& from) {
    std::string pair;
    pair.reserve(from.user().size() + 1 + from.secret().size());  // so that no copy stays behind
    pair.append(from.user()).append(1, ':').append(from.secret());
    std::string value = "Basic ";
    const auto begin = value.size();
    value.resize(begin + (pair.size() + 2) / 3 * 4 + 1);  // and the NUL that OpenSSL writes
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(value.data() + begin),
                    reinterpret_cast<const unsigned char*>(pair.data()), static_cast<int>(pair.size()));
    value.pop_back();
    detail::wipe(pair);
    return value;
}

DRAGLINE_DECL std::string bearer_authorization(const credentials& from) {
    return std::string("Bearer ").append(from.secret());
}

}  // namespace dragline::http

#endif
