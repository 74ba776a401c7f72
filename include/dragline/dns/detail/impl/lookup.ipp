// Included by <dragline/dns/detail/lookup.hpp> only.
#pragma once

#include <dragline/dns/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL lookup_plan plan_of(const query_options& options) noexcept {
    lookup_plan plan;
    plan.try_timeout = options.try_timeout();
    plan.queries_per_second = options.queries_per_second();
    plan.tries = options.tries();
    plan.bypass_cache = options.bypass_cache();
    plan.retry_elsewhere = options.retry_elsewhere();
    plan.form = options.form();
    return plan;
}

DRAGLINE_DECL async::time_point limit_of(const query_options& options, async::time_point now,
                                         async::time_point until) noexcept {
    if (!options.has_timeout() && until != async::no_deadline) return until;
    return std::min(until, async::deadline_after(now, options.timeout()));
}

DRAGLINE_DECL std::span<const asio::ip::address> loopback_addresses() noexcept {
    static const asio::ip::address both[] = {asio::ip::address_v4::loopback(),
                                             asio::ip::address_v6::loopback()};
    return both;
}

DRAGLINE_DECL answer local_answer(question asked, std::span<const asio::ip::address> addresses) {
    auto made = make_answer(std::move(asked), {});
    for (const auto& address : addresses) {
        if (made.asked.type == record_type::a && address.is_v4()) {
            made.records.emplace_back(made.asked.name, 0, a_record{address.to_v4().to_bytes()});
        } else if (made.asked.type == record_type::aaaa && address.is_v6()) {
            made.records.emplace_back(made.asked.name, 0, aaaa_record{address.to_v6().to_bytes()});
        }
    }
    if (made.records.empty()) made.error = errc::no_data;
    return made;
}

DRAGLINE_DECL lookup::lookup(std::shared_ptr<resolver_core> core, const query_options& options,
                             async::time_point until)
    : core_(std::move(core)),
      trace_(options.trace()),
      began_(core_->loop().now()),
      until_(limit_of(options, began_, until)),
      error_(options.problem()),
      wake_(core_->loop()) {}

DRAGLINE_DECL lookup::lookup(std::shared_ptr<resolver_core> core, std::string name, record_type type,
                             const query_options& options, async::time_point until)
    : lookup(std::move(core), options, until) {
    if (trace_) begin(question(name, type));
    if (error_) return;
    if (auto to_ask = name_to_ask(std::move(name), type, options))
        ask(question(*std::move(to_ask), type), options);
}

DRAGLINE_DECL lookup::lookup(std::shared_ptr<resolver_core> core, question asked, bool whole,
                             const query_options& options, async::time_point until)
    : lookup(std::move(core), options, until) {
    if (trace_) begin(asked);
    if (error_) return;
    plan_.whole = whole;
    auto name = normal_name(asked.name);
    if (!name) {
        error_ = name.error();
        return;
    }
    asked.name = *std::move(name);
    ask(std::move(asked), options);
}

DRAGLINE_DECL lookup::lookup(std::shared_ptr<resolver_core> core, asio::ip::address address,
                             const query_options& options, async::time_point until)
    : lookup(std::move(core), options, until) {
    address = plain_address(address);
    question asked(reverse_name(address), record_type::ptr);
    if (trace_) begin(asked);
    if (error_) return;
    if (options.hosts_file()) {
        const auto& hosts = core_->loop().get<resolver_registry>().hosts(options.hosts_path());
        if (const auto names = hosts.names_of(address); !names.empty()) {
            auto made = make_answer(std::move(asked), {});
            for (const auto& name : names) made.records.emplace_back(made.asked.name, 0, ptr_record(name));
            settle(answer_source::hosts_file, std::move(made));
            return;
        }
    }
    ask(std::move(asked), options);
}

DRAGLINE_DECL void lookup::begin(const question& asked) {
    *trace_ = lookup_trace();
    trace_->asked = asked;
}

// The name that the DNS has to say something about; nothing when the answer, or an error, is there without
// it.
DRAGLINE_DECL std::optional<std::string> lookup::name_to_ask(std::string name, record_type type,
                                                             const query_options& options) {
    if (const auto literal = literal_address(name)) {
        settle(answer_source::literal,
               local_answer(question(std::move(name), type), std::span(&*literal, 1)));
        return std::nullopt;
    }
    auto normal = normal_host_name(name);
    if (!normal) {
        error_ = normal.error();
    } else if (is_localhost(*normal)) {
        settle(answer_source::local, local_answer(question(*std::move(normal), type), loopback_addresses()));
    } else if (is_onion(*normal)) {
        settle(answer_source::local, make_answer(question(*std::move(normal), type), errc::name_not_found));
    } else {
        if (!options.hosts_file()) return *std::move(normal);
        const auto& hosts = core_->loop().get<resolver_registry>().hosts(options.hosts_path());
        const auto addresses = hosts.addresses_of(*normal);
        if (addresses.empty()) return *std::move(normal);
        settle(answer_source::hosts_file, local_answer(question(*std::move(normal), type), addresses));
    }
    return std::nullopt;
}

DRAGLINE_DECL void lookup::settle(answer_source source, answer found) {
    source_ = source;
    found_.emplace().value = std::make_shared<const answer>(std::move(found));
}

DRAGLINE_DECL void lookup::ask(question asked, const query_options& options) {
    const bool whole = plan_.whole;
    plan_ = plan_of(options);
    plan_.whole = whole;
    if (!plan_.bypass_cache) found_ = core_->known(asked, plan_, began_);
    if (found_) {
        source_ = answer_source::cache;
        return;
    }
    if (!plan_.bypass_cache) {
        if (auto stale = core_->known_stale(asked, plan_, began_)) {
            rare().stale = std::move(stale);
            rare_->stale_until = async::deadline_after(began_, options.cache().stale_after());
        }
    }
    if (const auto& limits = options.quota()) {
        auto& quota = rare().quota.emplace(limits->state(), options.important(), wake_);
        if (quota.refused()) error_ = errc::quota_exceeded;
        if (!quota.admitted()) {
            rare_->to_ask = std::move(asked);
            rare_->rotate = options.rotate();
            rare_->important = options.important();
            return;
        }
    }
    send(std::move(asked), options.rotate(), options.important());
}

DRAGLINE_DECL lookup::rare_state& lookup::rare() {
    if (!rare_) rare_ = std::make_unique<rare_state>();
    return *rare_;
}

DRAGLINE_DECL void lookup::send(question asked, bool rotate, bool important) {
    seat_.emplace(core_->flight_for(std::move(asked), plan_, rotate, core_->loop().now(), shared_), wake_);
    seat_->in().start(important);
}

DRAGLINE_DECL bool lookup::must_wait() const noexcept {
    if (error_ || found_) return false;
    return seat_ ? !seat_->in().outcome() : rare_ && rare_->to_ask;
}

DRAGLINE_DECL void lookup::waited(const result<void>& ended) {
    error_ = ended.error();
    if (!error_ && rare_ && rare_->to_ask && rare_->quota->admitted()) {
        auto asked = *std::move(rare_->to_ask);
        rare_->to_ask.reset();
        send(std::move(asked), rare_->rotate, rare_->important);
    }
}

DRAGLINE_DECL result<found_answer> lookup::finish() {
    if (seat_ && seat_->in().outcome()) {  // also when it came together with the end of the wait
        found_.emplace().value = seat_->in().outcome();
        if (seat_->in().was_answered()) source_ = answer_source::network;
    }
    if (found_) error_ = found_->value->error;
    const bool spoken = error_ == errc::name_not_found || error_ == errc::no_data;
    const bool cancelled = error_ == asio::error::operation_aborted;
    if (error_ && !spoken && !cancelled && rare_ && rare_->stale) {
        found_ = std::move(rare_->stale);
        source_ = answer_source::cache;
        error_ = found_->value->error;
    }
    if (trace_) {
        trace_->source = source_;
        trace_->shared = shared_;
        trace_->stale = found_ && found_->stale;
        if (seat_) seat_->in().report(*trace_);
        trace_->error = error_;
        trace_->took = core_->loop().now() - began_;
    }
    // A failure is an answer for who wants it word for word; others may meet one of those in the cache.
    if (error_ && !(plan_.whole && found_ && found_->value->reply)) return error_;
    return *std::move(found_);
}

}  // namespace dragline::dns::detail

#endif
