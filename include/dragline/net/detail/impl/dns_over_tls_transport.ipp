// Included by <dragline/net/detail/dns_over_tls_transport.hpp> only.
#pragma once

#include <dragline/dns/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace dragline::inline v1::net::detail {

inline constexpr std::chrono::milliseconds dns_tick{500};
inline constexpr std::chrono::seconds dns_connect_pause{1};

// What a look-up failed of: how exactly a server hung up tells its caller nothing.
DRAGLINE_DECL std::error_code dns_failure(std::error_code ec) noexcept {
    const bool ours = ec.category() == dns::error_category() || ec == condition::timeout;
    const bool tls = ec == condition::tls_failed && ec != tls::errc::truncated;
    if (ours || tls || ec == std::errc::not_enough_memory || ec == dragline::errc::invalid_option) return ec;
    return dns::errc::servers_unreachable;
}

DRAGLINE_DECL dns_over_tls_transport::dns_over_tls_transport(async::loop_state& loop, dns::server where,
                                                             dns_over_tls_options options)
    : loop_(loop),
      where_(std::move(where)),
      options_(std::move(options)),
      problem_(options_.problem()),
      tick_(&on_tick, this) {}

DRAGLINE_DECL std::string dns_over_tls_transport::description() const {
    const auto place = where_.to_string();
    return options_.server_name().empty() ? place : place + '#' + options_.server_name();
}

DRAGLINE_DECL void dns_over_tls_transport::set_up() {
    if (std::exchange(set_up_, true)) return;
    loop_.get<dns_over_tls_registry>().add(weak_from_this());
    if (problem_) return;
    auto wanted = options_.tls();
    wanted.verify(options_.privacy() == dns_privacy::strict);
    if (!options_.server_name().empty()) wanted.server_name(options_.server_name());
    if (wanted.alpn().empty()) wanted.alpn({"dot"});
    auto made = tls::context::make_client(wanted);
    if (made) context_ = *std::move(made);
    problem_ = made.error();
}

DRAGLINE_DECL void dns_over_tls_transport::ask(const dns::question& asked, const dns::query_form& form,
                                               std::shared_ptr<dns::reply_sink> sink, std::size_t tag) {
    if (ended_) return;
    set_up();
    dns_errand errand{asked, form, std::move(sink), tag, loop_.now()};
    if (problem_) return fail_later(std::move(errand), problem_);
    waiting_.push_back(std::move(errand));
    pump();
    keep_ticking();
}

DRAGLINE_DECL void dns_over_tls_transport::fail_later(dns_errand errand, std::error_code ec) {
    asio::post(loop_.executor(), [errand = std::move(errand), ec] { errand.sink->on_reply(errand.tag, ec); });
}

// While nobody waits, what is asked in the background goes only where there is a connection.
DRAGLINE_DECL void dns_over_tls_transport::pump() {
    drop_late();
    if (waiting_.empty()) return;
    drop_stale();
    while (!waiting_.empty()) {
        auto* connection = connection_with_room();
        if (!connection) break;
        if (const auto ec = connection->send(waiting_.front())) fail_later(std::move(waiting_.front()), ec);
        waiting_.pop_front();
    }
    if (holders_ > 0 && needs_another() && make_place()) open_one();
}

DRAGLINE_DECL void dns_over_tls_transport::drop_late() {
    const auto now = loop_.now();
    while (!waiting_.empty() && now - waiting_.front().began >= options_.answer_timeout()) {
        fail_later(std::move(waiting_.front()), make_timeout(phase::resolve));
        waiting_.pop_front();
    }
}

// Those that ended by themselves do no harm; those that are stuck answer what they have, if ever.
DRAGLINE_DECL void dns_over_tls_transport::drop_stale() {
    const auto now = loop_.now();
    std::erase_if(connections_, [now](const auto& each) {
        if (each->is_stuck(now)) each->retire();
        const bool useless = each->is_spent() || each->is_stale(now);
        if (useless) each->close();
        return useless;
    });
}

DRAGLINE_DECL dns_connection* dns_over_tls_transport::connection_with_room() {
    const auto found = std::find_if(connections_.begin(), connections_.end(),
                                    [](const auto& each) { return each->has_room(); });
    return found == connections_.end() ? nullptr : found->get();
}

// Those that are being opened will take as many as they can.
DRAGLINE_DECL bool dns_over_tls_transport::needs_another() const noexcept {
    if (!connections_.empty() && loop_.now() < may_open_at_) return false;
    const auto connecting = static_cast<std::size_t>(std::count_if(
        connections_.begin(), connections_.end(), [](const auto& each) { return each->is_connecting(); }));
    return waiting_.size() > connecting * options_.max_pipelined();
}

DRAGLINE_DECL bool dns_over_tls_transport::make_place() {
    if (connections_.size() < options_.connections()) return true;
    const auto worst = std::find_if(connections_.begin(), connections_.end(),
                                    [](const auto& each) { return each->is_retired(); });
    if (worst == connections_.end()) return false;
    const auto gone = std::move(*worst);
    connections_.erase(worst);
    give_up(*gone, make_timeout(phase::resolve));
    return true;
}

DRAGLINE_DECL void dns_over_tls_transport::open_one() {
    connect_request request;
    request.target = endpoint(where_.address(), where_.port());
    request.tls = context_;
    request.tls_options.host(request.target.host());
    request.tls_options.tickets(tickets_, where_.to_string());
    request.until = async::deadline_after(loop_.now(), options_.connect_timeout());
    dns_connection_limits limits;
    limits.pipelined = options_.max_pipelined();
    limits.padding = options_.padding();
    limits.idle = options_.idle_timeout();
    auto made = std::make_shared<dns_connection>(loop_, *this, limits);
    made->open(std::move(request));
    connections_.push_back(std::move(made));
}

// What the connection left unanswered is asked again, unless that was done before, or it never answered.
DRAGLINE_DECL void dns_over_tls_transport::give_up(dns_connection& on, std::error_code ec) {
    auto left = on.take_errands();
    for (auto at = left.rbegin(); at != left.rend(); ++at) {
        if (!on.is_proven() || std::exchange(at->repeated, true)) {
            fail_later(std::move(*at), dns_failure(ec));
        } else {
            waiting_.push_front(std::move(*at));
        }
    }
    on.close();
}

DRAGLINE_DECL void dns_over_tls_transport::opened() { pump(); }

DRAGLINE_DECL void dns_over_tls_transport::answered(dns_connection& by) {
    if (by.is_spent()) {
        by.close();
        remove(by);
    }
    pump();
}

DRAGLINE_DECL void dns_over_tls_transport::remove(const dns_connection& gone) noexcept {
    std::erase_if(connections_, [&gone](const auto& each) { return each.get() == &gone; });
}

DRAGLINE_DECL void dns_over_tls_transport::not_opened(dns_connection& gone, std::error_code ec) {
    remove(gone);
    if (!connections_.empty()) {  // these will do, if they have to
        may_open_at_ = loop_.now() + dns_connect_pause;
        return;
    }
    for (auto& each : std::exchange(waiting_, {})) fail_later(std::move(each), dns_failure(ec));
}

// Whatever ended it may have ended the others too: what is asked again goes to none of these.
DRAGLINE_DECL void dns_over_tls_transport::broken(dns_connection& gone, std::error_code ec) {
    remove(gone);
    for (const auto& each : connections_) {
        if (!each->is_connecting()) each->retire();
    }
    give_up(gone, ec);
    pump();
}

DRAGLINE_DECL void dns_over_tls_transport::hold() {
    if (ended_ || holders_++ > 0) return;
    drop_stale();
    for (const auto& each : connections_) each->resume();
    pump();
    keep_ticking();
}

DRAGLINE_DECL void dns_over_tls_transport::release() noexcept {
    if (ended_ || --holders_ > 0) return;
    tick_.disarm();
    waiting_.clear();  // nobody waits for these, nor for what a connection is closed with
    for (const auto& each : connections_) each->pause();
    std::erase_if(connections_, [](const auto& each) { return each->is_closed(); });
}

DRAGLINE_DECL void dns_over_tls_transport::keep_ticking() {
    const auto owed = [](const auto& each) { return each->outstanding() > 0; };
    const bool owing = !waiting_.empty() || std::any_of(connections_.begin(), connections_.end(), owed);
    if (tick_.armed() || holders_ == 0 || !owing) return;
    loop_.deadlines().arm(tick_, loop_.now() + dns_tick);
}

DRAGLINE_DECL void dns_over_tls_transport::on_tick(void* self) noexcept {
    const auto transport = static_cast<dns_over_tls_transport*>(self)->shared_from_this();
    transport->tick();
}

// Drops what has waited too long. A connection that has said nothing all that time is dead.
DRAGLINE_DECL void dns_over_tls_transport::tick() {
    const auto now = loop_.now();
    const auto patience = options_.answer_timeout();
    if (patience != no_limit) {
        for (const auto& each : connections_) {
            const bool silent = each->is_stuck(now);
            auto late = each->forget(now - patience);
            if (silent && !late.empty()) each->retire();
            for (auto& errand : late) fail_later(std::move(errand), make_timeout(phase::resolve));
        }
    }
    drop_stale();
    pump();
    keep_ticking();
}

DRAGLINE_DECL void dns_over_tls_transport::shutdown() noexcept {
    ended_ = true;
    tick_.disarm();
    for (const auto& each : std::exchange(connections_, {})) each->close();
    waiting_.clear();
}

DRAGLINE_DECL void dns_over_tls_registry::add(std::weak_ptr<dns::transport> made) {
    std::erase_if(living_, [](const auto& each) { return each.expired(); });
    living_.push_back(std::move(made));
}

DRAGLINE_DECL void dns_over_tls_registry::shutdown() noexcept {
    for (const auto& each : living_) {
        if (const auto transport = each.lock()) transport->shutdown();
    }
}

}  // namespace dragline::net::detail

#endif
