// Included by <dragline/net/detail/upstream_group.hpp> only.
#pragma once

#include <dragline/dns/resolve_all.hpp>
#include <dragline/net/upstreams/transport_failure.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <optional>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL upstream_group::upstream_group(dns::resolver resolver,
                                             const std::vector<upstream_server>& servers,
                                             const upstream_options& options)
    : resolver_(std::move(resolver)), gate_(loop().gate()), options_(options), machine_(options) {
    if (options_.valid()) assign(servers);
}

DRAGLINE_DECL void upstream_group::assign(const std::vector<upstream_server>& servers) {
    usable_ = machine_.assign(servers);
}

DRAGLINE_DECL std::error_code upstream_group::problem() const noexcept {
    if (!options_.valid()) return dragline::errc::invalid_option;
    return usable_ ? std::error_code() : make_error_code(errc::invalid_upstreams);
}

DRAGLINE_DECL result<upstream_choice> upstream_group::choose(std::string_view key,
                                                             std::span<const record_pointer> tried) {
    if (const auto wrong = problem()) return wrong;
    // The system's random source costs more than all the rest: ask it only where it decides.
    const auto random = options_.policy() == upstream_policy::random ? loop().random()() : 0;
    upstream_choice choice;
    choice.record =
        machine_.choose(key.empty() ? std::optional<std::string_view>() : key, tried, loop().now(), random);
    if (!choice.record) return errc::no_upstream;
    choice.deaths = choice.record->deaths;
    return choice;
}

DRAGLINE_DECL void upstream_group::report(const upstream_choice& choice, std::error_code ec) {
    if (!gate_->is_open()) return;
    auto& server = *choice.record;
    if (!ec) {
        machine_.on_success(server, choice.deaths, loop().now());
    } else if (is_transport_failure(ec)) {
        machine_.on_failure(server, choice.deaths, loop().now(), loop().random()());
    } else {
        dropped(choice);
    }
}

DRAGLINE_DECL void upstream_group::connected(const upstream_choice& choice, async::duration took) {
    machine_.on_connected(*choice.record, choice.deaths, took, loop().now());
}

DRAGLINE_DECL asio::awaitable<result<void>> upstream_group::resolve(std::shared_ptr<upstream_group> self,
                                                                    record_pointer server,
                                                                    async::time_point until) {
    struct turn {  // over with this frame, however that ends
        upstream_record& of;
        explicit turn(upstream_record& record) noexcept : of(record) { of.resolving = true; }
        ~turn() { of.resolving = false; }
    };
    const auto began = self->loop().now();
    const bool known = !server->addresses.empty();
    if (known && (server->resolving || began < server->resolve_at)) co_return result<void>();
    if (until <= began) co_return make_timeout(phase::resolve);
    const turn mine(*server);
    // The cache would say the same again about a server that has just died.
    const bool anew = std::exchange(server->resolve_anew, false);
    auto looking = dns::resolve_all(self->resolver_, server->server.target.host(),
                                    dns::query_options().bypass_cache(anew).timeout(
                                        until == async::no_deadline ? async::no_limit : until - began),
                                    as_tuple(default_token()));
    auto [ec, found] = co_await std::move(looking);
    if (ec == asio::error::operation_aborted) co_return ec;
    constexpr async::duration pause = std::chrono::seconds(60);
    const auto interval = self->options_.resolve_interval();
    server->resolve_at = async::deadline_after(self->loop().now(), ec ? std::min(pause, interval) : interval);
    if (!ec) server->addresses = std::move(found.addresses);
    if (ec && !known) co_return ec;
    co_return result<void>();
}

}  // namespace dragline::net::detail

#endif
