// What the origins of a session asked for last, so that the next request need not be refused first.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/http/authentication/digest.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace dragline::inline v1::http::detail {

/// How one origin wants to be asked. Holds no credentials.
struct known_challenge {
    bool basic = false;
    std::shared_ptr<digest_session> digest;  // shared, so that a nonce is counted once for all fetches
};

class challenge_cache {
public:
    explicit challenge_cache(std::size_t limit) noexcept : limit_(limit) {}

    std::size_t size() const noexcept { return entries_.size(); }

    /// Neither basic nor digest when nothing is known.
    DRAGLINE_DECL known_challenge find(std::string_view origin);

    DRAGLINE_DECL known_challenge put_basic(std::string_view origin);

    /// Goes on with the old session where the nonce is the same: a server may refuse a count that comes
    /// twice.
    DRAGLINE_DECL known_challenge put_digest(std::string_view origin, digest_challenge asked,
                                             std::string_view client_nonce);

private:
    struct entry {
        known_challenge known;
        std::uint64_t used = 0;
    };
    known_challenge put(std::string_view origin, known_challenge known);

    std::size_t limit_;
    std::uint64_t uses_ = 0;
    std::map<std::string, entry, std::less<>> entries_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/challenge_cache.ipp>
