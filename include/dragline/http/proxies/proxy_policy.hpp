// Through which proxies a fetch goes: `fetch_options().proxy(proxy_policy::through("http://proxy:3128"))`.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/http/proxies/no_proxy.hpp>
#include <dragline/http/proxies/proxy_environment.hpp>
#include <dragline/net/proxies/proxy.hpp>
#include <dragline/url/url.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::http {

/// The ways to a URL, to be tried in order: each a chain of proxies, an empty one for a direct connection.
using proxy_choices = std::vector<net::proxy_chain>;

/// A value that says which proxies are used for a URL. It is asked anew for every redirect.
///
/// It fails closed: what goes through proxies never goes around them, unless an empty chain says so. The next
/// choice is tried when the one before failed as condition::proxy_failed or with the timeout of phase::proxy,
/// so before anything of the request was sent. Cheap to copy.
class proxy_policy {
public:
    /// Given the URL without credentials. No choice at all fails the fetch: errc::no_proxy_chosen.
    using choose_function = std::function<proxy_choices(const url::url&)>;

    /// No proxy: everything is reached directly.
    proxy_policy() {}
    static proxy_policy none() { return proxy_policy(); }

    /// Everything through this one.
    proxy_policy(net::proxy by) : proxy_policy(through(net::proxy_chain{std::move(by)})) {}

    /// A URL as net::proxy::parse() reads it; another one fails each fetch with net::errc::invalid_proxy.
    static proxy_policy through(std::string_view url) { return proxy_policy(net::proxy(url)); }
    static proxy_policy through(net::proxy by) { return proxy_policy(std::move(by)); }
    static proxy_policy through(net::proxy_chain by) { return first_of(proxy_choices{std::move(by)}); }

    /// The first that works, of these.
    DRAGLINE_DECL static proxy_policy first_of(proxy_choices choices);

    /// What the environment says, now by default; see proxy_environment.
    DRAGLINE_DECL static proxy_policy from_environment(
        const proxy_environment& said = proxy_environment::read());

    /// What `choose` says. It is called on the loop; what it throws ends the fetch as errc::callback_failed,
    /// or reaches who awaits it. An empty function gives no choice.
    DRAGLINE_DECL static proxy_policy function(choose_function choose);

    /// These hosts are reached directly, whatever the proxies. Replaces what the environment says of them.
    DRAGLINE_DECL proxy_policy& except(no_proxy hosts);

    /// Whether nothing goes through a proxy.
    bool is_none() const noexcept { return !state_; }

    /// The ways to this http or https URL; nullptr: directly. Throws what the function throws.
    DRAGLINE_DECL std::shared_ptr<const proxy_choices> choices_for(const url::url& where) const;

    /// Two functions are equal only where one is a copy of the other.
    friend DRAGLINE_DECL bool operator==(const proxy_policy& a, const proxy_policy& b);

private:
    struct state;

    std::shared_ptr<const state> state_;
};

}  // namespace dragline::http

#include <dragline/http/proxies/impl/proxy_policy.ipp>
