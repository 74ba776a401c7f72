// Included by <dragline/net/detail/connecting.hpp> only.
#pragma once

#include <dragline/net/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <system_error>
#include <utility>
#include <variant>

namespace dragline::inline v1::net::detail {

inline constexpr auto other_family = std::chrono::seconds(1);  // how long it is waited for

DRAGLINE_DECL connecting::connecting(async::loop_state& loop, const connect_request& request,
                                     connect_trace& trace, async::interrupter& ending, purpose wanted)
    : loop_(loop),
      request_(request),
      trace_(trace),
      ending_(ending),
      purpose_(wanted),
      machine_(request.attempt_delay, request.resolution_delay),
      limit_(&expired, this),
      started_(loop.now()) {
    if (request.address_policy.partial_answers()) return;
    machine_.await_both(std::min<async::duration>(other_family, request.resolve_timeout / 2));
}

// `step`, and what follows from it. What either throws is what it came to.
template <class Step>
void connecting::go_on(Step step) {
    if (ended_) [[unlikely]]
        return;
    std::optional<std::error_code> ended;
    try {
        step();
        ended = advance();
    } catch (const std::system_error& failed) {
        ended = failed.code();
    } catch (...) {
        ended = std::make_error_code(std::errc::not_enough_memory);
    }
    if (!ended) return;
    end();
    over(*ended);
}

DRAGLINE_DECL void connecting::start() {
    ends_.emplace(
        ending_, [](void* self) noexcept { static_cast<connecting*>(self)->go_on_soon(); }, this);
    go_on([this] {
        if (!ending_.interrupted()) [[likely]]
            resolve();
    });
}

DRAGLINE_DECL void connecting::resolve() {
    const auto& target = request_.target;
    const auto& from = request_.bind_address;
    if (target.is_local_socket()) {
        on_resolved(true, {}, {});
        if (const auto ec = request_.address_policy.judge(target)) return on_resolved(false, {}, ec);
        const asio::ip::address path;  // stands for it
        on_resolved(false, {&path, 1}, {});
    } else if (target.address()) {
        const bool v6 = target.address()->is_v6();
        if (from && from->is_v6() != v6) {
            on_resolved(!v6, {}, {});
            return on_resolved(v6, {}, asio::error::address_family_not_supported);
        }
        on_resolved(!v6, {}, {});
        on_resolved(v6, {&*target.address(), 1}, {});
    } else if (!request_.addresses.empty()) {
        for (const bool v6 : {true, false}) {
            std::vector<asio::ip::address> found;
            for (const auto& each : request_.addresses) {
                if (each.is_v6() == v6 && !(from && from->is_v6() != v6)) found.push_back(each);
            }
            on_resolved(v6, found, {});
        }
    } else if (!request_.resolver) {
        on_resolved(true, {}, {});
        on_resolved(false, {}, errc::no_address);
    } else {
        for (const bool v6 : {true, false}) {
            from && from->is_v6() != v6 ? on_resolved(v6, {}, {}) : start_look_up(v6);
        }
    }
}

DRAGLINE_DECL void connecting::start_look_up(bool v6) {
    // The handler keeps the signal, in which the coroutine's cancellation state stands, alive.
    look_ups_[v6] = std::make_unique<look_up>();
    auto ended = [self = shared_from_this(), v6](std::exception_ptr thrown) {
        self->go_on([&] {
            if (thrown) self->on_resolved(v6, {}, std::make_error_code(std::errc::not_enough_memory));
        });
    };
    asio::co_spawn(loop_.executor(), run(shared_from_this(), v6),
                   asio::bind_cancellation_slot(look_ups_[v6]->ends.slot(), std::move(ended)));
}

DRAGLINE_DECL asio::awaitable<void> connecting::run(std::shared_ptr<connecting> self, bool v6) {
    if (self->ended_) co_return;  // before it began
    struct presence {             // over with this frame, also when that dies with the loop
        bool& here;
        explicit presence(bool& flag) noexcept : here(flag) { here = true; }
        ~presence() { here = false; }
    } const present(self->look_ups_[v6]->waits);
    auto& record = self->look_ups_[v6]->trace;
    const auto until =
        std::min(self->request_.until, async::deadline_after(self->started_, self->request_.resolve_timeout));
    auto looking = self->request_.resolver->lookup(self->request_.target.host(),
                                                   v6 ? dns::address_family::v6 : dns::address_family::v4,
                                                   dns::query_options().trace(&record), until);
    auto found = co_await std::move(looking);
    if (self->ended_) co_return;
    self->trace_.look_ups.push_back(record);
    self->on_resolved(v6, found->addresses, found.error());
}

DRAGLINE_DECL void connecting::on_resolved(bool v6, std::span<const asio::ip::address> addresses,
                                           std::error_code ec) {
    auto kept = allowed(addresses);
    refused_ = blocked_ && !request_.address_policy.partial_answers();
    machine_.on_resolved(v6, std::move(kept), ec, loop_.now());
}

// The very addresses that are dialled; a Unix socket has been judged before, and stands here as none.
DRAGLINE_DECL spare_vector<asio::ip::address> connecting::allowed(
    std::span<const asio::ip::address> addresses) {
    spare_vector<asio::ip::address> kept;
    kept.reserve(addresses.size());
    for (const auto& each : addresses) {
        const auto ec = request_.target.is_local_socket()
                            ? std::error_code()
                            : request_.address_policy.judge(each, request_.target.port());
        if (!ec) {
            kept.push_back(each);
            continue;
        }
        if (!blocked_) blocked_ = ec;
        add_record(each).ec = ec;
    }
    return kept;
}

DRAGLINE_DECL dial_record& connecting::add_record(const asio::ip::address& address) {
    auto& record = trace_.dials.emplace_back();
    record.address = address;
    record.port = request_.target.port();
    record.started = elapsed();
    return record;
}

DRAGLINE_DECL void connecting::dial_address(const asio::ip::address& address) {
    if (request_.target.is_local_socket()) {
        return dial_endpoint(asio::local::stream_protocol::endpoint(request_.target.host()), true);
    }
    add_record(address);
    dial_endpoint(asio::ip::tcp::endpoint(address, request_.target.port()), address.is_loopback());
}

DRAGLINE_DECL void connecting::dial_endpoint(const stream_socket::endpoint_type& target, bool is_here) {
    auto& begun = dials_.emplace_back(loop_, target);
    if (!request_.target.is_local_socket()) begun.record = trace_.dials.size() - 1;
    begun.number = dials_.size() - 1;
    go_on_with(begun, begun.start(request_, is_here));
}

DRAGLINE_DECL void connecting::go_on_with(dial& begun, std::error_code ec) {
    if (ec != asio::error::in_progress) return on_dialled(begun, ec);
    begun.wait([self = shared_from_this(), &begun](std::error_code waited) {
        if (!begun.open) return;
        const async::deadline_wheel::turn turn(self->loop_.deadlines());
        self->go_on([&] { self->go_on_with(begun, waited ? waited : begun.go_on()); });
    });
}

DRAGLINE_DECL void connecting::close_record(dial& of, std::error_code ec) noexcept {
    of.open = false;
    if (!of.record) return;
    auto& record = trace_.dials[*of.record];
    record.took = elapsed() - record.started;
    record.ec = ec;
}

DRAGLINE_DECL void connecting::on_dialled(dial& ended, std::error_code ec) {
    close_record(ended, ec);
    if (ec) [[unlikely]] {
        machine_.on_dial_failed(ended.number, ec, loop_.now());
    } else if (!winner_) [[likely]] {
        winner_ = &ended;
        if (ended.record) address_ = trace_.dials[*ended.record].address;
    }
}

DRAGLINE_DECL void connecting::drop(dial& late, std::error_code ec) noexcept {
    close_record(late, ec);
    late.close();
}

DRAGLINE_DECL void connecting::stage_ends() noexcept {
    if (std::exchange(resolved_, true)) return;
    resolved_at_ = loop_.now();
    trace_.resolve = resolved_at_ - started_;
}

DRAGLINE_DECL async::time_point connecting::limit() const noexcept {
    const auto resolve = async::deadline_after(started_, request_.resolve_timeout);
    if (!resolved_) return std::min(resolve, request_.until);
    if (purpose_ == purpose::dial)
        return std::min(async::deadline_after(resolved_at_, request_.connect_timeout), request_.until);
    // Where both families are needed, the machine has waited for them already.
    const auto from = request_.address_policy.partial_answers() ? resolved_at_ : started_;
    return std::min({resolve, async::deadline_after(from, other_family), request_.until});
}

// Until it has to wait, or is over.
DRAGLINE_DECL std::optional<std::error_code> connecting::advance() {
    if (ending_.interrupted()) return asio::error::operation_aborted;
    // Before the next step, which may have become due at the same time.
    if (std::exchange(expired_, false) && loop_.now() >= limit()) return over_time();
    while (!winner_) {
        if (refused_) [[unlikely]]
            return blocked_;
        const auto now = loop_.now();
        auto step = machine_.next(now);
        if (auto* dialled = std::get_if<connect_machine::dial>(&step)) {
            stage_ends();
            if (purpose_ == purpose::dial) {
                dial_address(dialled->address);
            } else {
                found_.push_back(dialled->address);
                machine_.on_dial_failed(dialled->which, errc::no_address, now);
            }
        } else if (auto* dropped = std::get_if<connect_machine::drop>(&step)) {
            const auto late = std::next(dials_.begin(), static_cast<std::ptrdiff_t>(dropped->which));
            drop(*late, make_timeout(phase::connect));
        } else if (auto* failed = std::get_if<connect_machine::fail>(&step)) {
            if (!found_.empty()) return std::error_code();
            return dials_.empty() && blocked_ ? blocked_ : failed->ec;
        } else {
            const auto until = limit();
            if (now >= until) return over_time();
            loop_.deadlines().arm(limit_, std::min(until, std::get<connect_machine::wait>(step).until));
            return std::nullopt;
        }
    }
    if (refused_) [[unlikely]]
        return blocked_;
    trace_.connect = loop_.now() - resolved_at_;
    return std::error_code();
}

DRAGLINE_DECL void connecting::expired(void* self) noexcept {
    auto& race = *static_cast<connecting*>(self);
    race.expired_ = true;
    race.go_on_soon();
}

DRAGLINE_DECL std::error_code connecting::over_time() const noexcept {
    return found_.empty() ? make_timeout(stage()) : std::error_code();
}

DRAGLINE_DECL void connecting::go_on_soon() noexcept {
    asio::post(loop_.executor(), [self = shared_from_this()] { self->go_on([] {}); });
}

DRAGLINE_DECL void connecting::end() noexcept {
    if (std::exchange(ended_, true)) return;
    limit_.disarm();
    ends_.reset();
    for (auto& each : dials_) {
        if (each.open) drop(each, asio::error::operation_aborted);
    }
    for (auto& each : look_ups_) {
        if (each && each->waits) each->ends.emit(asio::cancellation_type::terminal);
    }
}

DRAGLINE_DECL std::shared_ptr<stream_layer> connecting::take_layer() { return winner_->take_layer(); }

}  // namespace dragline::net::detail

#endif
