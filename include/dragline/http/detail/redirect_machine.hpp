// Decides what follows a response: nothing, another request, or an error (RFC 9110, 15.4). No I/O.
#pragma once

#include <dragline/http/detail/fetch_guard.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/redirect_policy.hpp>
#include <dragline/url/url.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::http::detail {

/// The request that a redirect leads to.
struct redirect_step {
    std::error_code ec;              // the redirect may not be followed
    std::optional<url::url> target;  // nothing: the response is the result
    std::string method;
    bool drop_body = false;
    bool upgraded = false;    // the target was http, which the guard knows better
    bool new_origin = false;  // credentials stay behind
};

/// Whether a response may lead anywhere, as few do: next_step() decides.
DRAGLINE_DECL bool leads_on(const redirect_policy& policy, const response_head& head);

/// What to do with the response to a request of `method` at `from`, after the redirects that were `followed`.
/// The target is what the guard makes of it, and one that it allows. Throws async::callback_failure with what
/// a policy's function throws.
DRAGLINE_DECL redirect_step next_step(const redirect_policy& policy,
                                      std::span<const redirect_record> followed, const url::url& from,
                                      std::string_view method, const response_head& head,
                                      const fetch_guard* guard = nullptr);

/// Removes what must not go to another origin: every Authorization, Cookie and Proxy-Authorization.
DRAGLINE_DECL void strip_credentials(fields& headers);

/// Removes what describes a body that is not sent any more.
DRAGLINE_DECL void strip_body_fields(fields& headers);

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/redirect_machine.ipp>
