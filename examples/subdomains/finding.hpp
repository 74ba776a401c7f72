// What became of a question that found something, or found nothing out, and how that is written. `json_keys`
// documents it.
#pragma once

#include "../probe/json.hpp"

#include <dragline/core/error.hpp>
#include <dragline/dns/answer.hpp>
#include <dragline/dns/bulk/bulk.hpp>
#include <dragline/dns/error.hpp>
#include <dragline/dns/records/presentation.hpp>
#include <dragline/dns/wildcards/wildcard_evidence.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace subdomains {

inline constexpr const char* json_keys =
    R"(one object a line, in the order of the word list; all keys are always there:
  {kind: "found", name, type, addresses, cname: [name after name], data: [text of other types],
   ttl, server, tries, confirmed: a trusted server said so, wildcard: "real" or "unknown"}
  {kind: "unresolved", name, type, error, text, server, tries}    nobody knows whether it exists
  {kind: "rejudged", name, wildcard: "real", "unknown" or "synthesised"}    a wildcard grew during
   the run: this goes for the name in place of what was written before
)";

struct finding {
    dragline::dns::answer answer;
    std::string server;
    int tries = 0;
    bool confirmed = false;

    finding() {}
    explicit finding(const dragline::dns::bulk_answer& from)
        : answer(from.answer), server(from.server), tries(from.tries), confirmed(from.confirmed) {}

    const std::string& name() const { return answer.asked.name; }
    bool exists() const { return answer.exists(); }
};

/// The name, or its data, do not exist: an answer as good as any.
inline bool is_denial(const std::error_code& error) {
    return error == dragline::dns::errc::name_not_found || error == dragline::dns::errc::no_data;
}

/// A short name for what kept a question from being answered.
inline const char* word_for(const std::error_code& error) {
    using dragline::dns::errc;
    if (error == dragline::condition::timeout) return "timeout";
    if (error == errc::server_failure) return "servfail";
    if (error == errc::refused) return "refused";
    if (error == errc::servers_unreachable) return "unreachable";
    if (error == errc::cname_loop) return "loop";
    return "other";
}

inline const char* word_for(dragline::dns::wildcard_verdict synthesised) {
    switch (synthesised) {
        case dragline::dns::wildcard_verdict::no: return "real";
        case dragline::dns::wildcard_verdict::yes: return "synthesised";
        case dragline::dns::wildcard_verdict::unknown: break;
    }
    return "unknown";
}

inline std::string found_line(const finding& found, dragline::dns::wildcard_verdict synthesised) {
    using dragline::dns::record_type;
    auto addresses = probe::json_writer::array(), aliases = probe::json_writer::array(),
         data = probe::json_writer::array();
    const auto type = found.answer.asked.type;
    const bool is_address = type == record_type::a || type == record_type::aaaa;
    for (const auto& each : found.answer.aliases) aliases.item(probe::json_text(each));
    for (const auto& each : found.answer.records) {
        (is_address ? addresses : data).item(probe::json_text(to_string(each.data)));
    }
    auto line = probe::json_writer::object();
    line.add("kind", "found").add("name", found.name()).add("type", to_string(type));
    line.raw("addresses", std::move(addresses).done()).raw("cname", std::move(aliases).done());
    line.raw("data", std::move(data).done()).add("ttl", std::int64_t{found.answer.ttl});
    line.add("server", found.server).add("tries", std::int64_t{found.tries});
    line.add("confirmed", found.confirmed).add("wildcard", word_for(synthesised));
    return std::move(line).done();
}

inline std::string unresolved_line(const finding& failed) {
    auto line = probe::json_writer::object();
    line.add("kind", "unresolved")
        .add("name", failed.name())
        .add("type", to_string(failed.answer.asked.type));
    line.add("error", word_for(failed.answer.error)).add("text", failed.answer.error.message());
    line.add("server", failed.server).add("tries", std::int64_t{failed.tries});
    return std::move(line).done();
}

inline std::string rejudged_line(std::string_view name, dragline::dns::wildcard_verdict synthesised) {
    auto line = probe::json_writer::object();
    line.add("kind", "rejudged").add("name", name).add("wildcard", word_for(synthesised));
    return std::move(line).done();
}

}  // namespace subdomains
