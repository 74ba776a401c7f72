// Included by <dragline/net/connect.hpp> only.
#pragma once

#include <dragline/tls/context.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL asio::awaitable<result<stream>> open_body(asio::any_io_executor loop, dns::resolver resolver,
                                                        endpoint target, connect_options options) {
    const auto& budgets = options.stream();
    for (const auto limit : {options.timeout(), options.proxy_timeout(), options.resolve_timeout(),
                             options.connect_timeout(), options.tls_timeout(), budgets.read_timeout(),
                             budgets.write_timeout(), budgets.tls_timeout(), budgets.total_timeout()}) {
        if (!async::valid_timeout(limit)) co_return dragline::errc::invalid_option;
    }
    if (target.host().empty()) co_return errc::invalid_endpoint;
    if (const auto ec = options.address_policy().error()) co_return ec;
    auto& state = async::loop_state::of(loop);
    const auto begun = state.now();
    const auto total = async::deadline_after(begun, budgets.total_timeout());
    connect_request request;
    request.until = std::min(async::deadline_after(begun, options.timeout()), total);
    request.resolve_timeout = options.resolve_timeout();
    request.connect_timeout = options.connect_timeout();
    request.tls_timeout = options.tls_timeout();
    request.attempt_delay = options.attempt_delay();
    request.resolution_delay = options.resolution_delay();
    if (options.proxies().empty()) request.addresses = options.addresses();
    request.bind_address = options.bind_address();
    request.bind_interface = options.bind_interface();
    request.address_policy = options.address_policy();
    request.proxies = options.proxies();
    request.proxy_timeout = options.proxy_timeout();
    request.socket = options.socket();
    if (options.tls()) {
        auto context = tls::context::make_client(*options.tls());
        if (!context) co_return context.error();
        request.tls = *std::move(context);
        request.tls_options.host(target.host());
    }
    request.resolver = std::move(resolver);
    request.target = std::move(target);
    connect_trace unused;
    async::interrupter never;
    auto connecting = connect(state, request, options.trace() ? *options.trace() : unused, never);
    auto made = co_await std::move(connecting);
    if (made) {
        co_return stream(stream_state::make(std::move(made->layer), budgets, begun, request.target.host()));
    }
    if (made.error() == condition::timeout && state.now() >= total) co_return make_timeout(phase::total);
    co_return made.error();
}

DRAGLINE_DECL asio::awaitable<result<stream>> open_here_body(asio::any_io_executor here, endpoint target,
                                                             connect_options options) {
    return open_body(here, dns::resolver(here), std::move(target), std::move(options));
}

}  // namespace dragline::net::detail

namespace dragline::inline v1::net {

DRAGLINE_DECL asio::awaitable<stream> open_connection(endpoint target, connect_options options) {
    return async::await_here<stream>(&detail::open_here_body, std::move(target), std::move(options));
}

}  // namespace dragline::net

#endif
