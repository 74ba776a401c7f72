// Servers that ask for a user and a password, for the tests of fetching from them.
#pragma once

#include "http_client.hpp"

#include <dragline/http/authentication/challenge.hpp>
#include <dragline/testing/http_server.hpp>

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::test {

using testing::http_reply;
using testing::http_request;
using testing::http_server;

/// The user of all these servers, in either way.
inline const auto me = fetch_options().credentials(http::credentials::digest("me", "secret"));
inline const auto basic = fetch_options().credentials(http::credentials::basic("me", "secret"));

inline std::string hash_hex(const EVP_MD* with, const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), bytes.data(), &size, with, nullptr);
    std::string out;
    for (unsigned int at = 0; at < size; ++at) {
        out += "0123456789abcdef"[bytes[at] >> 4];
        out += "0123456789abcdef"[bytes[at] & 15];
    }
    return out;
}

/// A server's side of Digest, for the user "me" with the password "secret": any nonce that it gave and did
/// not call stale is good, each count once.
class digest_guard {
public:
    explicit digest_guard(std::string challenge) : challenge_(std::move(challenge)) {}

    http_reply operator()(const http_request& request) {
        std::lock_guard lock(mutex_);
        const auto found = http::parse_challenges(request.field("Authorization"));
        if (!found || found->empty() || !found->front().is("Digest")) return refuse(false);
        const auto get = [&](std::string_view name) {
            return std::string(found->front().find(name).value_or(""));
        };
        const auto with = get("algorithm").starts_with("SHA-256") ? EVP_sha256() : EVP_md5();
        auto secret = hash_hex(with, get("username") + ":" + get("realm") + ":secret");
        if (get("algorithm").ends_with("-sess")) {
            secret = hash_hex(with, secret + ":" + get("nonce") + ":" + get("cnonce"));
        }
        auto asked = request.method + ":" + request.target;
        if (get("qop") == "auth-int") asked += ":" + hash_hex(with, request.body);
        const auto expected =
            hash_hex(with, secret + ":" + get("nonce") + ":" + get("nc") + ":" + get("cnonce") + ":" +
                               get("qop") + ":" + hash_hex(with, asked));
        if (get("response") != expected || get("uri") != request.target || get("username") != "me") {
            return refuse(false);
        }
        if (!good_.contains(get("nonce"))) return refuse(true);
        if (!counts_.insert(get("nonce") + get("nc")).second)
            return http_reply(400).body("a count came twice");
        if (nonce_life_ > 0 && counts_.size() % nonce_life_ == 0) good_.clear();
        return http_reply().body(request.method + " " + request.target + " " + request.body);
    }

    /// So many answers, then all nonces are stale.
    void nonce_life(std::size_t answers) { nonce_life_ = answers; }
    void forget() { good_.clear(); }

private:
    http_reply refuse(bool stale) {
        const auto nonce = "nonce" + std::to_string(++last_);
        good_.insert(nonce);
        return http_reply(401)
            .body("who are you?")
            .header("WWW-Authenticate",
                    challenge_ + ", nonce=\"" + nonce + "\"" + (stale ? ", stale=true" : ""));
    }

    std::string challenge_;
    std::mutex mutex_;
    std::set<std::string> good_;
    std::set<std::string> counts_;
    std::size_t last_ = 0;
    std::size_t nonce_life_ = 0;
};

/// What a digest_guard asks for, where a test does not care.
inline constexpr const char* usual_digest = "Digest realm=\"here\", qop=\"auth\", algorithm=SHA-256";

/// A server whose every path is guarded, but for those that a test scripts itself.
class guarded {
public:
    explicit guarded(const std::string& challenge = usual_digest,
                     const http::session_options& options = http::session_options())
        : guard(std::make_shared<digest_guard>(challenge)), client(options) {
        server.on("*", [kept = guard](const http_request& request) { return (*kept)(request); });
    }

    fetched get(const fetch_options& options, std::string_view target = "/") {
        return client.fetch(server.url(target), options);
    }
    /// With a user and a password in the URL.
    std::string url(const std::string& userinfo, const std::string& target = "/") const {
        return "http://" + userinfo + "@127.0.0.1:" + std::to_string(server.port()) + target;
    }
    /// The Authorization fields that came, in order.
    std::vector<std::string> seen() const {
        std::vector<std::string> all;
        for (const auto& request : server.requests()) all.emplace_back(request.field("Authorization"));
        return all;
    }

    std::shared_ptr<digest_guard> guard;
    http_server server;
    http_client client;
};

/// What "me" sends with the password "secret".
inline constexpr const char* basic_value = "Basic bWU6c2VjcmV0";

inline http_reply basic_guard(const http_request& request) {
    if (request.field("Authorization") == basic_value) return http_reply().body("welcome");
    return http_reply(401).header("WWW-Authenticate", "Basic realm=\"here\", charset=\"UTF-8\"");
}

}  // namespace dragline::test
