// Included by <dragline/net/detail/proxying.hpp> only.
#pragma once

#include <dragline/dns/error.hpp>
#include <dragline/dns/name.hpp>
#include <dragline/net/detail/early_bytes_layer.hpp>
#include <dragline/net/detail/tls_layer.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/proxies/proxy.hpp>
#include <dragline/tls/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace dragline::inline v1::net::detail {

// What the failure of a step towards a proxy is called: `otherwise`, but for what has a name of its own.
inline std::error_code proxy_error(std::error_code ec, errc otherwise) noexcept {
    if (ec == condition::timeout) return make_timeout(phase::proxy);
    if (ec == condition::resolve_failed || ec.category() == dns::error_category())
        return errc::proxy_not_resolved;
    const bool tells = ec.category() == net::error_category() || ec.category() == dragline::error_category();
    return tells || ec == asio::error::operation_aborted ? ec : otherwise;
}

DRAGLINE_DECL const endpoint& proxying::target_of(std::size_t which) const noexcept {
    const auto next = which + 1;
    return next < request_.proxies.size() ? request_.proxies[next].where() : request_.target;
}

DRAGLINE_DECL asio::awaitable<result<connected>> proxying::run() {
    constexpr std::size_t most_attempts = 16;
    hops_.resize(request_.proxies.size());
    for (const auto& each : request_.proxies) {
        if (const auto ec = each.error()) co_return ec;
    }
    for (std::size_t which = 0; which < hops_.size(); ++which) {
        auto planning = plan(which);
        const auto planned = co_await std::move(planning);
        if (!planned) co_return planned.error();
    }
    std::error_code first;
    for (std::size_t tried = 1;; ++tried) {
        const auto began = loop_.now();
        auto attempting = attempt();
        auto made = co_await std::move(attempting);
        trace_.proxy += loop_.now() - began;
        if (made) co_return made;
        if (!first) first = made.error();
        if (!may_try_next(made.error())) co_return made.error();
        auto& failed = hops_[failed_hop_];
        if (++failed.used == failed.targets.size() || tried == most_attempts) co_return first;
    }
}

// Another address of the same target may do where the proxy could not, or would not, connect to this one.
DRAGLINE_DECL bool proxying::may_try_next(std::error_code ec) const noexcept {
    return ec == errc::proxy_refused || ec == errc::proxy_failure || ec == errc::proxy_network_unreachable ||
           ec == errc::proxy_host_unreachable || ec == errc::proxy_connection_refused ||
           ec == errc::proxy_target_timeout || ec == errc::proxy_address_not_supported;
}

DRAGLINE_DECL asio::awaitable<result<void>> proxying::plan(std::size_t which) {
    const auto& through = request_.proxies[which];
    const auto& target = target_of(which);
    auto& step = hops_[which];
    if (target.is_local_socket()) co_return errc::invalid_endpoint;
    const bool last = which + 1 == request_.proxies.size();
    const bool policed = last || request_.proxies[which + 1].policed();
    const bool forwards = last && request_.forward;
    if (forwards && !through.speaks_http()) co_return errc::invalid_proxy;
    if (forwards || (through.resolves() && !target.address())) {
        const auto blocked = policed ? request_.address_policy.judge(target) : std::error_code();
        if (blocked) co_return blocked;
        const auto name =
            target.address() ? target.address()->to_string() : dns::normal_host_name(target.host());
        if (!name) co_return name.error();
        const auto made = proxy_target::make(*name, target.port());
        if (!made) co_return made.error();
        step.targets.push_back(*made);
    } else {
        auto looking = look_up(which, target, policed);
        const auto found = co_await std::move(looking);
        if (!found) co_return last ? found.error() : proxy_error(found.error(), errc::proxy_not_resolved);
    }
    const auto handshake = through.handshake(step.targets.front());
    if (const auto ec = common(handshake).error()) co_return ec;
    if (through.scheme() != proxy_scheme::https) co_return result<void>();
    const auto& source = request_.proxy_context;
    auto context = source ? source(through.tls()) : tls::context::make_client(through.tls());
    if (!context) co_return proxy_error(context.error(), errc::proxy_tls_failed);
    step.tls = *std::move(context);
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<void>> proxying::look_up(std::size_t which, const endpoint& target,
                                                              bool policed) {
    auto request = request_;
    request.target = target;
    if (which + 1 < hops_.size()) request.addresses.clear();  // they are the last target's
    request.bind_address.reset();
    if (!policed) request.address_policy = {};
    race_wait racing(loop_, request, trace_, ending_, connecting::purpose::resolve);
    auto resolving = racing.run();
    const auto resolved = co_await std::move(resolving);
    if (!resolved) co_return resolved.error();
    for (const auto& each : racing.race().addresses()) {
        auto made = proxy_target::make(each.to_string(), target.port());
        if (!made) co_return made.error();  // a scope means nothing to others
        hops_[which].targets.push_back(*std::move(made));
    }
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<connected>> proxying::attempt() {
    connected made;
    for (std::size_t which = 0; which < hops_.size(); ++which) {
        if (ending_.interrupted()) co_return asio::error::make_error_code(asio::error::operation_aborted);
        failed_hop_ = which;
        proxy_record record;
        record.proxy = request_.proxies[which].to_string();
        record.target = hops_[which].targets[hops_[which].used].to_string();
        const auto began = loop_.now();
        record.started = began - started_;
        const auto until = std::min(request_.until, async::deadline_after(began, request_.proxy_timeout));
        auto reaching = reach(which, made, record, until);
        const auto reached = co_await std::move(reaching);
        record.took = loop_.now() - began;
        record.ec = reached.error();
        trace_.proxies.push_back(std::move(record));
        if (!reached) co_return reached.error();
    }
    co_return made;
}

DRAGLINE_DECL asio::awaitable<result<void>> proxying::reach(std::size_t which, connected& made,
                                                            proxy_record& record, async::time_point until) {
    const auto& through = request_.proxies[which];
    if (which == 0) {
        auto request = request_;
        request.target = through.where();
        request.addresses.clear();
        request.until = until;
        if (!through.policed()) request.address_policy = {};
        auto dialling = dial(loop_, request, trace_, ending_);
        auto stands = co_await std::move(dialling);
        if (!stands) co_return proxy_error(stands.error(), errc::proxy_unreachable);
        made = *std::move(stands);
    }
    if (through.scheme() == proxy_scheme::https) {
        auto wrapping = wrap(which, made, record, until);
        const auto wrapped = co_await std::move(wrapping);
        if (!wrapped) co_return proxy_error(wrapped.error(), errc::proxy_tls_failed);
        if (ending_.interrupted()) co_return asio::error::make_error_code(asio::error::operation_aborted);
    }
    if (request_.forward && which + 1 == hops_.size()) co_return result<void>();
    auto handshake = through.handshake(hops_[which].targets[hops_[which].used]);
    auto shaking = shake_hands(made.layer, common(handshake), until);
    auto early = co_await std::move(shaking);
    record.status = status_of(handshake);
    if (const auto* http = std::get_if<http_connect>(&handshake)) record.challenges = http->challenges();
    if (!early) co_return proxy_error(early.error(), errc::proxy_closed);
    if (!early->empty()) made.layer = std::make_shared<early_bytes_layer>(made.layer, *std::move(early));
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<void>> proxying::wrap(std::size_t which, connected& made,
                                                           proxy_record& record, async::time_point until) {
    const auto options = tls::engine_options().host(request_.proxies[which].where().host());
    auto layer = std::make_shared<tls_layer>(made.layer, hops_[which].tls, options);
    const async::interrupter::scope scope(
        ending_, [](void* self) noexcept { static_cast<stream_layer*>(self)->close(); },
        static_cast<stream_layer*>(layer.get()));
    auto shaking = layer->handshake(until);
    const auto shaken = co_await std::move(shaking);
    record.peer = layer->engine().peer();
    if (!shaken) record.tls_detail = layer->engine().error_detail();
    made.layer = std::move(layer);
    co_return shaken;
}

// Returns what came for the tunnel already.
DRAGLINE_DECL asio::awaitable<result<std::string>> proxying::shake_hands(std::shared_ptr<stream_layer> with,
                                                                         proxy_handshake& handshake,
                                                                         async::time_point until) {
    const async::interrupter::scope scope(
        ending_, [](void* self) noexcept { static_cast<stream_layer*>(self)->close(); }, with.get());
    std::string space;
    for (;;) {
        if (const auto ec = handshake.error()) co_return ec;
        if (!handshake.output().empty()) {
            const gather pieces{asio::buffer(handshake.output()), asio::const_buffer()};
            auto writing = with->write(pieces, until, phase::proxy);
            const auto written = co_await std::move(writing);
            if (!written) co_return written.error();
            handshake.output_sent();
        }
        space.resize(handshake.wanted());
        auto reading = with->read_some(asio::buffer(space), until, phase::proxy);
        const auto size = co_await std::move(reading);
        if (!size) co_return size.error();
        const auto received = std::string_view(space).substr(0, *size);
        const auto used = handshake.receive(received);
        if (!used) co_return used.error();
        if (handshake.done()) co_return std::string(received.substr(*used));
    }
}

}  // namespace dragline::net::detail

#endif
