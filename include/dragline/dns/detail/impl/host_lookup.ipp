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
    return {options.try_timeout(), options.tries(), options.bypass_cache()};
}

DRAGLINE_DECL async::time_point limit_of(const query_options& options, async::time_point now,
                                         async::time_point until) noexcept {
    if (!options.has_timeout() && until != async::no_deadline) return until;
    return std::min(until, async::deadline_after(now, options.timeout()));
}

// An answer that no server gave. It has no TTL.
DRAGLINE_DECL found_answer local_answer(question asked, std::span<const asio::ip::address> addresses) {
    auto made = make_answer(std::move(asked), {});
    for (const auto& address : addresses) {
        if (made.asked.type == record_type::a && address.is_v4()) {
            made.records.emplace_back(made.asked.name, 0, a_record{address.to_v4().to_bytes()});
        } else if (made.asked.type == record_type::aaaa && address.is_v6()) {
            made.records.emplace_back(made.asked.name, 0, aaaa_record{address.to_v6().to_bytes()});
        }
    }
    if (made.records.empty()) made.error = errc::no_data;
    return {std::make_shared<const answer>(std::move(made))};
}

DRAGLINE_DECL std::optional<asio::ip::address> literal_address(std::string_view name) {
    constexpr std::size_t longest = 45;
    if (name.empty() || name.size() > longest) return std::nullopt;
    if (!ascii::is_digit(name.back()) && name.find(':') == name.npos) return std::nullopt;
    std::error_code ec;
    const auto address = asio::ip::make_address(name, ec);
    return ec ? std::nullopt : std::optional(address);
}

// The answers that need no server, or the reason not to ask one; nothing when the DNS has to say. Makes
// `name` normal.
DRAGLINE_DECL std::optional<result<found_answer>> without_server(resolver_core& core, std::string& name,
                                                                 record_type type,
                                                                 const query_options& options,
                                                                 answer_source& source) {
    if (const auto ec = options.problem()) return ec;
    if (const auto literal = literal_address(name)) {
        source = answer_source::literal;
        return local_answer(question(name, type), std::span(&*literal, 1));
    }
    auto checked = normal_host_name(name);
    if (!checked) return checked.error();
    name = *std::move(checked);
    if (is_localhost(name)) {
        source = answer_source::local;
        const asio::ip::address loopback[] = {asio::ip::address_v4::loopback(),
                                              asio::ip::address_v6::loopback()};
        return local_answer(question(name, type), loopback);
    }
    if (is_onion(name)) {
        source = answer_source::local;
        return errc::name_not_found;
    }
    if (options.hosts_file()) {
        const auto& hosts = core.loop().get<resolver_registry>().hosts(options.hosts_path());
        if (const auto addresses = hosts.addresses_of(name); !addresses.empty()) {
            source = answer_source::hosts_file;
            return local_answer(question(name, type), addresses);
        }
    }
    return std::nullopt;
}

// The error of an answer becomes that of the look-up.
DRAGLINE_DECL result<found_answer> checked(result<found_answer> found, const query_options& options,
                                           async::duration took) {
    const auto ec = !found ? found.error() : found->value->error;
    if (auto* trace = options.trace()) {
        trace->error = ec;
        trace->took = took;
    }
    if (ec) return ec;
    return found;
}

DRAGLINE_DECL void begin_trace(const query_options& options, question asked) {
    if (auto* trace = options.trace()) {
        *trace = lookup_trace();
        trace->asked = std::move(asked);
    }
}

DRAGLINE_DECL asio::awaitable<result<found_answer>> lookup_host(std::shared_ptr<resolver_core> core,
                                                                std::string name, record_type type,
                                                                query_options options,
                                                                async::time_point until) {
    auto& loop = core->loop();
    const auto began = loop.now();
    if (options.trace()) begin_trace(options, question(name, type));
    auto source = answer_source::none;
    if (auto found = without_server(*core, name, type, options, source)) {
        if (options.trace()) options.trace()->source = source;
        co_return checked(*std::move(found), options, loop.now() - began);
    }
    auto looking = lookup(core, question(std::move(name), type), plan_of(options),
                          limit_of(options, began, until), options.trace());
    auto found = co_await std::move(looking);
    co_return checked(std::move(found), options, options.trace() ? loop.now() - began : async::duration());
}

DRAGLINE_DECL asio::awaitable<result<found_answer>> lookup_names(std::shared_ptr<resolver_core> core,
                                                                 asio::ip::address address,
                                                                 query_options options,
                                                                 async::time_point until) {
    auto& loop = core->loop();
    const auto began = loop.now();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    question asked(reverse_name(address), record_type::ptr);
    if (options.trace()) begin_trace(options, asked);
    if (const auto ec = options.problem()) co_return checked(ec, options, {});
    if (options.hosts_file()) {
        if (address.is_v6()) address = asio::ip::address_v6(address.to_v6().to_bytes());  // without scope id
        const auto& hosts = loop.get<resolver_registry>().hosts(options.hosts_path());
        if (const auto names = hosts.names_of(address); !names.empty()) {
            auto made = make_answer(asked, {});
            for (const auto& name : names) made.records.emplace_back(asked.name, 0, ptr_record(name));
            if (options.trace()) options.trace()->source = answer_source::hosts_file;
            found_answer found{std::make_shared<const answer>(std::move(made))};
            co_return checked(std::move(found), options, loop.now() - began);
        }
    }
    auto looking =
        lookup(core, std::move(asked), plan_of(options), limit_of(options, began, until), options.trace());
    auto found = co_await std::move(looking);
    co_return checked(std::move(found), options, options.trace() ? loop.now() - began : async::duration());
}

}  // namespace dragline::dns::detail

#endif
