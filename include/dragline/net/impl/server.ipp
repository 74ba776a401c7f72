// Included by <dragline/net/server.hpp> only.
#pragma once

#include <dragline/net/detail/listener.hpp>
#include <dragline/net/detail/server_state.hpp>
#include <dragline/tls/context.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <optional>
#include <system_error>

namespace dragline::inline v1::net {
namespace detail {

// What the handles of a server share; the server ends with it.
class server_handle {
public:
    server_handle(std::shared_ptr<server_state> started, std::vector<asio::any_io_executor> loops)
        : state(std::move(started)), loops_(std::move(loops)) {}
    server_handle(const server_handle&) = delete;
    server_handle& operator=(const server_handle&) = delete;
    ~server_handle() { state->abort(); }

    // One that runs, for what is done on behalf of all.
    const asio::any_io_executor& home() const noexcept { return loops_[state->running() % loops_.size()]; }

    const std::shared_ptr<server_state> state;

private:
    const std::vector<asio::any_io_executor> loops_;  // each address has a listener on each
};

DRAGLINE_DECL std::vector<asio::any_io_executor> loops_of(const async::loop_group& group) {
    std::vector<asio::any_io_executor> loops;
    for (std::size_t i = 0; i < group.size(); ++i) loops.push_back(group.at(i).get_executor());
    return loops;
}

inline bool can_work(const server_options& options, const server_handler& handler) {
    for (const auto limit :
         {options.connection_timeout(), options.handshake_timeout(), options.drain_timeout()}) {
        if (!async::valid_timeout(limit)) return false;
    }
    const double rate = options.accept_rate(), burst = options.accept_burst();
    const bool paced = rate == 0 || (rate > 0 && std::isfinite(rate) && burst >= 1 && std::isfinite(burst));
    return paced && options.max_connections() > 0 && options.backlog() > 0 &&
           (!handler.plain || options.pool());
}

inline bool is_of_family(std::error_code ec) noexcept {
    const std::error_code not_here(EADDRNOTAVAIL, asio::error::get_system_category());
    return ec == asio::error::address_family_not_supported || ec == not_here;
}

// Where to listen. An empty host: everywhere, by one socket for both families where there are two.
inline asio::awaitable<result<std::vector<stream_place>>> places_of(dns::resolver resolver, endpoint at) {
    std::vector<stream_place> places;
    std::vector<asio::ip::address> addresses;
    if (at.is_local_socket()) {
        if (at.host().empty()) co_return errc::invalid_endpoint;
        places.emplace_back(asio::local::stream_protocol::endpoint(at.host()));
        co_return places;
    }
    if (at.address()) {
        addresses.push_back(*at.address());
    } else if (at.host().empty()) {
        addresses.emplace_back(asio::ip::address_v6::any());
    } else {
        std::error_code failed;
        for (const auto family : {dns::address_family::v4, dns::address_family::v6}) {
            auto looking = resolver.lookup(at.host(), family);
            auto found = co_await std::move(looking);
            if (!found && !failed) failed = found.error();
            addresses.insert(addresses.end(), found->addresses.begin(), found->addresses.end());
        }
        if (addresses.empty()) co_return failed;
    }
    for (const auto& each : addresses) places.emplace_back(asio::ip::tcp::endpoint(each, at.port()));
    co_return places;
}

inline stream_place with_port(const stream_place& place, std::uint16_t port) {
    const auto written = written_place(place);
    return written.address() ? asio::ip::tcp::endpoint(*written.address(), port) : place;
}

// One socket for each address and loop, those of one address side by side.
class opened_sockets {
public:
    opened_sockets(const std::vector<asio::any_io_executor>& loops, const server_options& options)
        : loops_(loops), options_(options) {}

    result<void> open(const std::vector<stream_place>& places) {
        std::error_code failed;
        std::uint16_t port = 0;
        for (auto place : places) {
            if (port != 0) place = with_port(place, port);
            auto made = open_at(place);
            if (!made && is_of_family(made.error())) {
                failed = made.error();  // the name has others, perhaps
                continue;
            }
            if (!made) return made;
            endpoints.push_back(
                written_place(sockets[sockets.size() - loops_.size()].acceptor.local_endpoint()));
            port = endpoints.back().port();
        }
        return sockets.empty() ? failed : std::error_code();
    }

    std::vector<listening_socket> sockets;
    std::vector<endpoint> endpoints;

private:
    result<void> open_at(const stream_place& place) {
        const bool several = loops_.size() > 1;
        const bool shared = options_.reuse_port() || several;
        if (several && !options_.reuse_port() && written_place(place).port() != 0) {
            // Sockets that share a port share it with every other server that does: with nobody unasked.
            listening_socket alone(loops_.front());
            if (auto free = open_listening_socket(alone, place, options_, false); !free) return free;
        }
        for (std::size_t i = 0; i < loops_.size(); ++i) {
            listening_socket next(loops_[i]);
            auto made = i == 0 ? open_listening_socket(next, place, options_, shared)
                               : open_beside(next, sockets[sockets.size() - i], options_);
            if (!made) {
                for (; i > 0; --i) sockets.pop_back();
                return made;
            }
            sockets.push_back(std::move(next));
        }
        return {};
    }

    const std::vector<asio::any_io_executor>& loops_;
    const server_options& options_;
};

DRAGLINE_DECL asio::awaitable<result<server>> start_server_body(std::vector<asio::any_io_executor> loops,
                                                                dns::resolver resolver, endpoint at,
                                                                std::shared_ptr<server_handler> handler,
                                                                server_options options) {
    if (!can_work(options, *handler)) co_return dragline::errc::invalid_option;
    std::optional<tls::context> context;
    if (options.tls()) {
        auto made = tls::context::make_server(*options.tls());
        if (!made) co_return made.error();
        context = *std::move(made);
    }
    const bool everywhere = at.host().empty() && !at.is_local_socket();
    const auto port = at.port();
    auto looking = places_of(std::move(resolver), std::move(at));
    const auto places = co_await std::move(looking);
    if (!places) co_return places.error();

    opened_sockets opened(loops, options);
    auto made = opened.open(*places);
    if (!made && everywhere && is_of_family(made.error())) {  // a machine without IPv6
        made = opened.open({asio::ip::tcp::endpoint(asio::ip::tcp::v4(), port)});
    }
    if (!made) co_return made.error();

    auto state = std::make_shared<server_state>(std::move(handler), options, std::move(context));
    state->places = std::move(opened.endpoints);
    auto handle = std::make_shared<server_handle>(state, loops);
    std::vector<std::shared_ptr<listener>> listeners;
    for (std::size_t i = 0; i < opened.sockets.size(); ++i) {
        auto& loop = async::loop_state::of(loops[i % loops.size()]);
        listeners.push_back(std::make_shared<listener>(loop, std::move(opened.sockets[i]), state));
        state->add(listeners.back(), loop.gate());
    }
    for (auto& each : listeners) {
        auto& loop = each->loop();
        loop.gate()->post([starting = std::move(each)] { starting->start(); });
    }
    co_return server(std::move(handle));
}

}  // namespace detail

DRAGLINE_DECL const std::vector<endpoint>& server::local_endpoints() const { return handle_->state->places; }

DRAGLINE_DECL bool server::is_stopping() const noexcept { return handle_->state->closed(); }

DRAGLINE_DECL server_counters server::counters() const {
    const auto& counts = handle_->state->counts;
    server_counters now;
    now.active = handle_->state->active();
    now.accepted = counts.accepted;
    now.handshake_failures = counts.handshake_failures;
    now.handler_failures = counts.handler_failures;
    now.timeouts = counts.timeouts;
    now.refused = counts.refused;
    now.accept_errors = counts.accept_errors;
    now.pauses = counts.pauses;
    return now;
}

DRAGLINE_DECL result<void> server::reload(const tls::server_options& renewed) const {
    if (!handle_->state->options.tls()) return dragline::errc::invalid_option;
    auto context = tls::context::make_server(renewed);
    if (!context) return context.error();
    handle_->state->use_context(*std::move(context));
    return {};
}

DRAGLINE_DECL void server::abort() const noexcept { handle_->state->abort(); }

DRAGLINE_DECL asio::any_io_executor server::home() const { return handle_->home(); }

DRAGLINE_DECL async::duration server::default_drain_timeout() const {
    return handle_->state->options.drain_timeout();
}

DRAGLINE_DECL asio::awaitable<result<void>> server::stop_body(asio::any_io_executor home,
                                                              std::shared_ptr<detail::server_handle> handle,
                                                              async::duration drain_timeout) {
    if (!async::valid_timeout(drain_timeout)) co_return dragline::errc::invalid_option;
    auto& state = *handle->state;
    auto& loop = async::loop_state::of(home);
    detail::server_state::stop_wait wait(state, loop);
    constexpr async::duration look_again = std::chrono::milliseconds(100);
    bool told = state.close_listeners();
    auto until = async::deadline_after(loop.now(), drain_timeout);
    while (!state.gone()) {
        if (state.is_stuck()) co_return errc::loop_not_running;
        auto waiting = wait.ended->wait(std::min(until, loop.now() + look_again));
        const auto waited = co_await std::move(waiting);
        if (waited) continue;
        if (waited.error() != condition::timeout) co_return waited;
        if (!told) told = state.close_listeners();
        if (loop.now() < until) continue;
        until = state.cancel_connections() ? async::no_deadline : loop.now() + look_again;
    }
    co_return result<void>();
}

}  // namespace dragline::net

#endif
