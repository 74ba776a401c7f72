// Included by <dragline/dns/detail/host_lookup.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/dns/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL lookup_plan plan_of(const query_options& options) noexcept {
    return {options.try_timeout(), options.tries(), options.bypass_cache(), {}};
}

DRAGLINE_DECL async::time_point limit_of(const query_options& options, async::time_point now,
                                         async::time_point until) noexcept {
    if (!options.has_timeout() && until != async::no_deadline) return until;
    return std::min(until, async::deadline_after(now, options.timeout()));
}

// An answer that no server gave. It has no TTL.
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

DRAGLINE_DECL std::optional<asio::ip::address> literal_address(std::string_view name) {
    constexpr std::size_t longest = 45;
    if (name.empty() || name.size() > longest) return std::nullopt;
    if (!ascii::is_digit(name.back()) && name.find(':') == name.npos) return std::nullopt;
    std::error_code ec;
    const auto address = asio::ip::make_address(name, ec);
    return ec ? std::nullopt : std::optional(address);
}

DRAGLINE_DECL host_lookup::host_lookup(std::shared_ptr<resolver_core> core, std::string name,
                                       record_type type, const query_options& options,
                                       async::time_point until)
    : core_(std::move(core)),
      trace_(options.trace()),
      began_(core_->loop().now()),
      until_(limit_of(options, began_, until)),
      wake_(core_->loop()) {
    if (trace_) begin(question(name, type));
    if (error_ = options.problem(); error_) return;
    if (auto to_ask = name_to_ask(std::move(name), type, options))
        ask(question(*std::move(to_ask), type), options);
}

DRAGLINE_DECL host_lookup::host_lookup(std::shared_ptr<resolver_core> core, asio::ip::address address,
                                       const query_options& options, async::time_point until)
    : core_(std::move(core)),
      trace_(options.trace()),
      began_(core_->loop().now()),
      until_(limit_of(options, began_, until)),
      wake_(core_->loop()) {
    if (address.is_v6()) {
        const auto v6 = address.to_v6();
        if (v6.is_v4_mapped()) {
            address = asio::ip::make_address_v4(asio::ip::v4_mapped, v6);
        } else {
            address = asio::ip::address_v6(v6.to_bytes());  // without scope id
        }
    }
    question asked(reverse_name(address), record_type::ptr);
    if (trace_) begin(asked);
    if (error_ = options.problem(); error_) return;
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

DRAGLINE_DECL void host_lookup::begin(const question& asked) {
    *trace_ = lookup_trace();
    trace_->asked = asked;
}

// The name that the DNS has to say something about; nothing when the answer, or an error, is there without
// it.
DRAGLINE_DECL std::optional<std::string> host_lookup::name_to_ask(std::string name, record_type type,
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
        const asio::ip::address loopback[] = {asio::ip::address_v4::loopback(),
                                              asio::ip::address_v6::loopback()};
        settle(answer_source::local, local_answer(question(*std::move(normal), type), loopback));
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

DRAGLINE_DECL void host_lookup::settle(answer_source source, answer found) {
    source_ = source;
    found_.value = std::make_shared<const answer>(std::move(found));
}

DRAGLINE_DECL void host_lookup::ask(question asked, const query_options& options) {
    if (!options.bypass_cache()) found_.value = core_->known(asked, began_, found_.age);
    if (found_.value) {
        source_ = answer_source::cache;
        return;
    }
    seat_.emplace(core_->flight_for(std::move(asked), plan_of(options), began_, shared_), wake_);
    seat_->in().start(began_);
}

DRAGLINE_DECL result<found_answer> host_lookup::finish() {
    if (seat_ && seat_->in().outcome()) {  // also when it came together with the end of the wait
        found_.value = seat_->in().outcome();
        if (seat_->in().was_answered()) source_ = answer_source::network;
    }
    if (found_.value) error_ = found_.value->error;
    if (trace_) {
        trace_->source = source_;
        trace_->shared = shared_;
        if (seat_) seat_->in().report(*trace_);
        trace_->error = error_;
        trace_->took = core_->loop().now() - began_;
    }
    if (error_) return error_;
    return std::move(found_);
}

}  // namespace dragline::dns::detail

#endif
