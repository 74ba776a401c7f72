// Digest access authentication (RFC 7616), of requests to a server or a proxy. Start with digest_session.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/authentication/challenge.hpp>
#include <dragline/http/authentication/credentials.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::http {

/// The hash functions of RFC 7616, 6.1. With `_sess`, one hash of the password serves for all of a nonce.
enum class digest_algorithm : std::uint8_t {
    md5,
    md5_sess,
    sha256,
    sha256_sess,
    sha512_256,
    sha512_256_sess
};

/// "SHA-256-sess"
DRAGLINE_DECL std::string_view to_string(digest_algorithm algorithm) noexcept;

/// A Digest challenge that can be answered.
class digest_challenge {
public:
    digest_challenge() {}

    std::string realm;
    std::string nonce;
    std::optional<std::string> opaque;
    std::optional<digest_algorithm> algorithm;  ///< Nothing: MD5, and the answer names none either.
    bool stale = false;                         ///< Only the nonce of the answer before was refused.
    bool userhash = false;                      ///< The user name is to be hashed, too.
    bool utf8 = false;                          ///< The server reads names and passwords as UTF-8.
    bool offers_auth = false;                   ///< qop=auth
    bool offers_auth_int = false;               ///< qop=auth-int; neither: the scheme of RFC 2069.
};

/// Reads one challenge.
///
/// Errors: errc::unsupported_challenge when it is not Digest, or of an algorithm or with only such qop values
/// that we do not know; errc::invalid_challenge without realm or nonce.
DRAGLINE_DECL result<digest_challenge> parse_digest(const challenge& from);

/// The one of the strongest hash function; of equals the first, as the server likes it better.
///
/// Errors: as parse_digest(), when none can be answered; errc::unsupported_challenge when there is none.
DRAGLINE_DECL result<digest_challenge> strongest_digest(const std::vector<challenge>& offered);

/// The request that is answered for. Views: they live as long as the call.
class digest_request {
public:
    digest_request(std::string_view with_method, std::string_view with_target) noexcept
        : method(with_method), target(with_target) {}
    digest_request(std::string_view with_method, std::string_view with_target,
                   std::string_view with_body) noexcept
        : method(with_method), target(with_target), body(with_body) {}

    std::string_view method;
    std::string_view target;               ///< As it stands in the first line of the request.
    std::optional<std::string_view> body;  ///< Nothing where it is not in memory: no auth-int then.
};

/// The answers to one challenge: they are counted, so that a nonce serves for many requests. Holds no secret.
class digest_session {
public:
    /// `client_nonce`: random text that nobody can guess.
    digest_session(digest_challenge from, std::string_view client_nonce)
        : challenge_(std::move(from)), client_nonce_(client_nonce) {}

    const digest_challenge& challenge() const noexcept { return challenge_; }

    /// Answers given for this nonce.
    std::uint32_t count() const noexcept { return count_; }
    bool exhausted() const noexcept { return count_ == 0xffffffff; }

    /// The value of the next request's Authorization or Proxy-Authorization.
    ///
    /// Errors: errc::unsupported_challenge when only auth-int is offered and the body is not in memory;
    /// dragline::errc::not_supported when OpenSSL lacks the hash function (FIPS);
    /// h1::errc::invalid_field_value when method or target could not be sent anyway.
    DRAGLINE_DECL result<std::string> answer(const credentials& who, const digest_request& what);

    /// Takes the next nonce out of Authentication-Info or Proxy-Authentication-Info, if it has one.
    DRAGLINE_DECL void take_info(std::string_view value);

private:
    digest_challenge challenge_;
    std::string client_nonce_;
    std::uint32_t count_ = 0;
};

}  // namespace dragline::http

#include <dragline/http/authentication/impl/digest.ipp>
