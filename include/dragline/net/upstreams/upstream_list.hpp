// Several servers of which any will do: one is chosen by policy, those that fail are left alone for a while.
// Start with upstream_list::connect(), or choose() and report() for protocols of one's own.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/net/detail/upstream_group.hpp>
#include <dragline/net/stream.hpp>
#include <dragline/net/upstreams/upstream_options.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::net {

/// A server as it was chosen for one use. May outlive the list, and the loop: then report() does nothing.
/// Threads: the loop's own.
class upstream {
public:
    upstream() {}
    upstream(std::shared_ptr<detail::upstream_group> group, detail::upstream_choice choice) noexcept
        : group_(std::move(group)), choice_(std::move(choice)) {}

    explicit operator bool() const noexcept { return group_ != nullptr; }
    const endpoint& target() const noexcept { return choice_.record->server.target; }

    /// Tells how the use went: no error is a success. What counts as a failure is said at
    /// is_transport_failure(); after any other error the server stands as before. What is told of a server
    /// that has died since it was chosen does not count.
    void report(std::error_code ec) const {
        if (group_) group_->report(choice_, ec);
    }

private:
    std::shared_ptr<detail::upstream_group> group_;
    detail::upstream_choice choice_;
};

/// A stream and the server that it leads to, for report().
class upstream_connection {
public:
    upstream_connection() {}

    net::stream stream;
    upstream server;
};

/// What a list knows of one of its servers.
class upstream_status {
public:
    upstream_status() {}

    upstream_server server;
    bool dead = false;
    std::uint64_t chosen = 0;    ///< How often.
    std::uint64_t failures = 0;  ///< Those that counted.
    std::uint64_t deaths = 0;
    async::duration latency{};        ///< Of connect(): an average that forgets.
    async::duration until_revival{};  ///< Of a dead one: until it is tried beside those that live.
};

namespace detail {
DRAGLINE_DECL asio::awaitable<result<upstream_connection>> connect_upstream_body(
    std::shared_ptr<upstream_group> group, std::string key);
}

/// The servers of one service, on one loop. Cheap to copy; copies share all that is known.
///
/// A server with max_errors() failures in error_window() is dead for revive_time(). Then it gets one caller
/// at a time: a success brings it back, a failure doubles its time. When all are dead, one caller at a time
/// and one in probe_interval() tries the one that failed longest ago; the others get errc::no_upstream at
/// once. Threads: the loop's own, but for connect().
class upstream_list {
public:
    using executor_type = asio::any_io_executor;

    /// Names are looked up with the resolver of `place`. Servers that cannot be used (none, one twice, a
    /// weight out of range) fail every operation with errc::invalid_upstreams.
    template <async::where Where>
    requires(!std::same_as<std::remove_cvref_t<Where>, upstream_list>)
        upstream_list(Where&& place, const std::vector<upstream_server>& servers,
                      const upstream_options& options = upstream_options())
        : group_(std::make_shared<detail::upstream_group>(dns::resolver_of(place), servers, options)) {}

    executor_type get_executor() const noexcept { return group_->resolver().get_executor(); }

    /// Replaces the servers. Those that stay keep what is known of them.
    void assign(const std::vector<upstream_server>& servers) { group_->assign(servers); }

    /// The next server; the caller says what became of it. `key` matters to the hash ring alone, which
    /// without one goes round. Errors: errc::no_upstream, invalid_upstreams; invalid_option.
    DRAGLINE_DECL result<upstream> choose(std::string_view key = {}) const;

    /// Connects to the next server, and when that fails to another, max_attempts() at most:
    /// void(error_code, upstream_connection). Failures are counted here, success in use is the caller's to
    /// report; a connection alone does not wipe out earlier failures.
    ///
    /// Errors: those of open_connection() for the last one that was tried; else as choose().
    /// Cancel: any type; counts against nobody. Threads: any.
    template <class Token = default_token>
    requires(!std::convertible_to<Token, std::string_view>) auto connect(Token&& token = {}) const {
        return connect(std::string_view(), std::forward<Token>(token));
    }

    /// As above, to the server that `key` belongs to on the hash ring, or to those that follow.
    template <class Token = default_token>
    auto connect(std::string_view key, Token&& token = {}) const {
        return async::initiate<upstream_connection>(get_executor(), &detail::connect_upstream_body,
                                                    std::forward<Token>(token), group_, std::string(key));
    }

    /// One entry for each server, in the order of the list.
    DRAGLINE_DECL std::vector<upstream_status> statistics() const;

private:
    std::shared_ptr<detail::upstream_group> group_;
};

}  // namespace dragline::net

#include <dragline/net/upstreams/impl/upstream_list.ipp>
