// Decides which credentials go with a request, and whether a refused one is sent again (RFC 9110, 11). No
// I/O.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/authentication/credentials.hpp>
#include <dragline/http/authentication/digest.hpp>
#include <dragline/http/authentication/netrc.hpp>
#include <dragline/http/detail/challenge_cache.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/response.hpp>
#include <dragline/http/session_options.hpp>
#include <dragline/url/url.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::http::detail {

/// Who is authenticated to, by status and field names.
struct authentication_side {
    int status;
    std::string_view challenge;
    std::string_view credentials;
    std::string_view info;
};

inline constexpr authentication_side origin_side{401, "WWW-Authenticate", "Authorization",
                                                 "Authentication-Info"};
inline constexpr authentication_side proxy_side{407, "Proxy-Authenticate", "Proxy-Authorization",
                                                "Proxy-Authentication-Info"};

/// For one fetch; the cache must outlive it.
class authentication_machine {
public:
    explicit authentication_machine(challenge_cache& cache, const authentication_side& side = origin_side)
        : cache_(cache), side_(side) {}

    /// Begins with these, for the origin of `at` alone; with kind none there is nothing to decide.
    ///
    /// Errors: errc::invalid_credentials.
    DRAGLINE_DECL std::error_code use(credentials who, const url::url& at);
    /// The same for what goes by this name: a proxy.
    DRAGLINE_DECL std::error_code use(credentials who, std::string_view name);

    /// The next request is another one, to the same origin.
    void next_request() noexcept { answers_ = 0; }

    /// Puts the credentials among the fields of a request that is about to be sent, or takes old ones out.
    DRAGLINE_DECL std::error_code authorize(const digest_request& request, fields& headers);

    /// Reads a response: answer() then says whether the same request is to be sent again. A challenge is
    /// answered once, and once more when only the nonce was stale.
    ///
    /// Errors: errc::body_not_replayable.
    DRAGLINE_DECL std::error_code on_response(const response_head& head, async::random_source& random,
                                              bool replayable = true);
    bool answer() const noexcept { return answer_; }

private:
    bool choose(const fields& headers, async::random_source& random);

    challenge_cache& cache_;
    const authentication_side& side_;
    credentials who_;
    std::string origin_;
    known_challenge known_;  // what the request was made for
    int answers_ = 0;        // to challenges, for one request
    bool answer_ = false;
};

/// Who asks at this URL: the user that it names, else the one of netrc; kind none when there is none.
DRAGLINE_DECL credentials credentials_of(const url::url& at, const netrc& known, bool with_default = true);

/// Those of a fetch at `at`, where `history` has led from the caller's URL to a new origin, or is empty.
DRAGLINE_DECL credentials credentials_for(const fetch_options& options, const session_options& shared,
                                          const url::url& at, const std::vector<redirect_record>& history);

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/authentication_machine.ipp>
