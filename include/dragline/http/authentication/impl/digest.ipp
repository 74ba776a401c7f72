// Included by <dragline/http/authentication/digest.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/error.hpp>
#include <dragline/h1/head_writer.hpp>
#include <dragline/http/error.hpp>
#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>

namespace dragline::inline v1::http {
namespace detail {

inline constexpr std::array<std::string_view, 6> digest_names{
    "MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"};

constexpr bool is_session_algorithm(digest_algorithm algorithm) noexcept {
    return algorithm == digest_algorithm::md5_sess || algorithm == digest_algorithm::sha256_sess ||
           algorithm == digest_algorithm::sha512_256_sess;
}

constexpr int digest_strength(const digest_challenge& of) noexcept {
    return of.algorithm.value_or(digest_algorithm::md5) >= digest_algorithm::sha256 ? 2 : 1;
}

DRAGLINE_DECL const EVP_MD* hash_of(digest_algorithm algorithm) noexcept {
    switch (algorithm) {
        case digest_algorithm::md5:
        case digest_algorithm::md5_sess: return EVP_md5();
        case digest_algorithm::sha256:
        case digest_algorithm::sha256_sess: return EVP_sha256();
        case digest_algorithm::sha512_256:
        case digest_algorithm::sha512_256_sess: return EVP_sha512_256();
    }
    return nullptr;
}

// The hexadecimal hashes of one answer. A failure is kept, and shows in ok().
class digest_hasher {
public:
    explicit digest_hasher(digest_algorithm algorithm)
        : hash_(hash_of(algorithm)), context_(EVP_MD_CTX_new()), ok_(context_ != nullptr) {}
    ~digest_hasher() { EVP_MD_CTX_free(context_); }
    digest_hasher(const digest_hasher&) = delete;

    bool ok() const noexcept { return ok_; }

    // H(a:b:c)
    std::string operator()(std::initializer_list<std::string_view> parts) {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
        unsigned int size = 0;
        ok_ = ok_ && EVP_DigestInit_ex(context_, hash_, nullptr) == 1;
        const char* separator = nullptr;
        for (const auto part : parts) {
            if (separator) ok_ = ok_ && EVP_DigestUpdate(context_, separator, 1) == 1;
            ok_ = ok_ && EVP_DigestUpdate(context_, part.data(), part.size()) == 1;
            separator = ":";
        }
        ok_ = ok_ && EVP_DigestFinal_ex(context_, bytes.data(), &size) == 1;
        constexpr std::string_view digits = "0123456789abcdef";
        std::string text;
        text.reserve(2 * size);
        for (unsigned int at = 0; at < size; ++at) {
            text += digits[bytes[at] >> 4];
            text += digits[bytes[at] & 15];
        }
        OPENSSL_cleanse(bytes.data(), bytes.size());
        return text;
    }

private:
    const EVP_MD* hash_;
    EVP_MD_CTX* context_;
    bool ok_;
};

DRAGLINE_DECL void append_quoted(std::string& out, std::string_view name, std::string_view value) {
    out.append(out.ends_with(' ') ? "" : ", ").append(name).append("=\"");
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

DRAGLINE_DECL void append_plain(std::string& out, std::string_view name, std::string_view value) {
    out.append(out.ends_with(' ') ? "" : ", ").append(name).append("=").append(value);
}

DRAGLINE_DECL std::string eight_digits(std::uint32_t number) {
    std::string text(8, '0');
    for (auto digit = text.rbegin(); number != 0; number >>= 4, ++digit) {
        *digit = "0123456789abcdef"[number & 15];
    }
    return text;
}

}  // namespace detail

DRAGLINE_DECL std::string_view to_string(digest_algorithm algorithm) noexcept {
    return detail::digest_names[static_cast<std::size_t>(algorithm)];
}

DRAGLINE_DECL result<digest_challenge> parse_digest(const challenge& from) {
    if (!from.is("Digest")) return errc::unsupported_challenge;
    const auto realm = from.find("realm"), nonce = from.find("nonce");
    if (!realm || !nonce || nonce->empty()) return errc::invalid_challenge;
    const auto is_true = [&](std::string_view name) {
        return ascii::equals_ignoring_case(from.find(name).value_or(""), "true");
    };
    digest_challenge made;
    made.realm = *realm;
    made.nonce = *nonce;
    made.opaque = from.find("opaque");
    made.stale = is_true("stale");
    made.userhash = is_true("userhash");
    made.utf8 = ascii::equals_ignoring_case(from.find("charset").value_or(""), "UTF-8");
    if (const auto name = from.find("algorithm")) {
        for (std::size_t at = 0; at < detail::digest_names.size(); ++at) {
            if (ascii::equals_ignoring_case(*name, detail::digest_names[at])) {
                made.algorithm = static_cast<digest_algorithm>(at);
            }
        }
        if (!made.algorithm) return errc::unsupported_challenge;
    }
    bool has_qop = false;
    ascii::for_each_item(from.find("qop").value_or(""), ',', [&](std::string_view item) {
        has_qop = true;
        if (ascii::equals_ignoring_case(item, "auth")) made.offers_auth = true;
        if (ascii::equals_ignoring_case(item, "auth-int")) made.offers_auth_int = true;
    });
    const bool known_qop = made.offers_auth || made.offers_auth_int;
    // Without qop there is no client nonce, which the -sess algorithms are made with.
    const bool needs_qop = made.algorithm && detail::is_session_algorithm(*made.algorithm);
    if (!known_qop && (has_qop || needs_qop)) return errc::unsupported_challenge;
    return made;
}

DRAGLINE_DECL result<digest_challenge> strongest_digest(const std::vector<challenge>& offered) {
    result<digest_challenge> best = errc::unsupported_challenge;
    for (const auto& each : offered) {
        if (!each.is("Digest")) continue;
        auto parsed = parse_digest(each);
        const bool better =
            !best || (parsed && detail::digest_strength(*parsed) > detail::digest_strength(*best));
        if (better) best = std::move(parsed);
    }
    return best;
}

DRAGLINE_DECL result<std::string> digest_session::answer(const credentials& who, const digest_request& what) {
    const auto algorithm = challenge_.algorithm.value_or(digest_algorithm::md5);
    const bool legacy = !challenge_.offers_auth && !challenge_.offers_auth_int;
    const bool integrity = !legacy && !challenge_.offers_auth;
    if (exhausted() || (integrity && !what.body)) return errc::unsupported_challenge;
    const std::string_view qop = integrity ? "auth-int" : "auth";
    const auto count = detail::eight_digits(++count_);

    detail::digest_hasher hash(algorithm);
    auto secret = hash({who.user(), challenge_.realm, who.secret()});
    if (detail::is_session_algorithm(algorithm)) {
        // RFC 7616, 3.4.2: made once with the first client nonce, which is why that stays the same.
        auto session_secret = hash({secret, challenge_.nonce, client_nonce_});
        detail::wipe(secret);
        secret = std::move(session_secret);
    }
    const auto request =
        integrity ? hash({what.method, what.target, hash({*what.body})}) : hash({what.method, what.target});
    const auto response = legacy ? hash({secret, challenge_.nonce, request})
                                 : hash({secret, challenge_.nonce, count, client_nonce_, qop, request});
    detail::wipe(secret);

    std::string value = "Digest ";
    const auto user = who.user();
    const bool ascii_user = std::all_of(user.begin(), user.end(), [](char c) { return (c & 0x80) == 0; });
    if (challenge_.userhash) {
        detail::append_quoted(value, "username", hash({user, challenge_.realm}));
    } else if (!ascii_user && challenge_.utf8) {
        // RFC 8187, 3.2: all but attr-char is escaped.
        constexpr auto escaped = url::c0_control_set.with(" \"%'()*,/:;<=>?@[\\]{}");
        detail::append_plain(value, "username*", "UTF-8''" + url::percent_encode(user, escaped));
    } else {
        detail::append_quoted(value, "username", user);
    }
    if (!hash.ok()) return dragline::errc::not_supported;
    detail::append_quoted(value, "realm", challenge_.realm);
    detail::append_quoted(value, "uri", what.target);
    if (challenge_.algorithm) detail::append_plain(value, "algorithm", to_string(algorithm));
    detail::append_quoted(value, "nonce", challenge_.nonce);
    if (!legacy) {
        detail::append_plain(value, "nc", count);
        detail::append_quoted(value, "cnonce", client_nonce_);
        detail::append_plain(value, "qop", qop);
    }
    detail::append_quoted(value, "response", response);
    if (challenge_.opaque) detail::append_quoted(value, "opaque", *challenge_.opaque);
    if (challenge_.userhash) detail::append_plain(value, "userhash", "true");
    if (auto ec = h1::check_field_value(value)) return ec;
    return value;
}

DRAGLINE_DECL void digest_session::take_info(std::string_view value) {
    const auto parameters = parse_authentication_info(value);
    for (const auto& [name, text] : *parameters) {
        if (name != "nextnonce" || text.empty() || text == challenge_.nonce) continue;
        challenge_.nonce = text;
        count_ = 0;
    }
}

}  // namespace dragline::http

#endif
