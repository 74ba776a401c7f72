// Decides through which proxies the requests of a fetch go, how they are asked, and what follows when one
// fails. No I/O.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/http/detail/authentication_machine.hpp>
#include <dragline/http/detail/proxy_routes.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/proxies/proxy_policy.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/url/url.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::http::detail {

/// For one fetch; routes and random source must outlive it.
class proxy_machine {
public:
    proxy_machine(proxy_policy policy, proxy_routes& routes, async::random_source& random)
        : policy_(std::move(policy)), routes_(routes), random_(random) {}

    /// The first choice for a request to `where`. `may_forward`: host and address of the URL are those that
    /// the request is for, so a proxy may be told the URL instead of being asked for a tunnel.
    ///
    /// Errors: net::errc::invalid_proxy, errc::no_proxy_chosen, errc::invalid_credentials. Throws
    /// async::callback_failure.
    DRAGLINE_DECL std::error_code choose(const url::url& where, bool may_forward);

    /// Whether there is no proxy on the way.
    bool direct() const noexcept { return !way_; }
    /// Its number, and the names of its proxies: unless it is direct.
    std::uint64_t number() const noexcept { return way_->number; }
    std::string text() const { return way_ ? way_->text : std::string(); }

    /// Whether the last proxy gets the request in absolute form (RFC 9112, 3.2.2); target() is what it asks
    /// for.
    bool forwards() const noexcept { return forwards_; }
    const std::string& target() const noexcept { return target_; }

    /// Puts the way into a request whose target is set. Errors: those of digest_session::answer().
    DRAGLINE_DECL std::error_code set_up(net::connect_request& request);

    /// The connection failed; again() then says whether to make one more, now with an answer to a challenge
    /// or on the way of the next choice. `goes_on`: the fetch itself is not at its end.
    DRAGLINE_DECL void on_failed(std::error_code ec, const net::connect_trace& trace, bool goes_on);
    bool again() noexcept { return std::exchange(again_, false); }

    /// Proxy-Authorization among the fields of a request that is about to be sent; none where nobody
    /// forwards.
    DRAGLINE_DECL std::error_code authorize(const digest_request& request, fields& headers);

    /// Reads a response; answer() says whether the same request is to be sent again.
    /// Errors: errc::body_not_replayable.
    DRAGLINE_DECL std::error_code on_response(const response_head& head, bool replayable);
    bool answer() const noexcept { return answer_; }

    /// The next request is another one, on the same way: its challenges are answered anew.
    void next_request() noexcept {
        for (auto& each : logins_) each.machine.next_request();
    }

private:
    using way = std::shared_ptr<const proxy_route>;
    struct login {
        std::size_t which;  // of the chain
        authentication_machine machine;
    };

    std::error_code take(std::size_t which);
    bool is_forwarder(std::size_t which) const noexcept {
        return forwards_ && which + 1 == way_->chain.size();
    }
    bool answer_challenge(const net::connect_trace& trace);

    proxy_policy policy_;
    proxy_routes& routes_;
    async::random_source& random_;
    std::vector<way> ways_;  // a direct one is null
    std::size_t chosen_ = 0;
    way way_;                    // the chosen one
    std::vector<login> logins_;  // to its proxies that want one
    std::string target_;
    bool may_forward_ = false;
    bool forwards_ = false;
    bool again_ = false;
    bool answer_ = false;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/proxy_machine.ipp>
