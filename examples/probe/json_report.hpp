// A host as one line of JSON. Every key is always there; what is not known is null. `json_keys` documents
// them.
#pragma once

#include "json.hpp"
#include "report.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace probe {

inline constexpr const char* json_keys =
    R"(one object a line, in the order in which hosts are done; all keys are always there:
  target    as given                    host      the name or address in it
  fine      whether all was answered    ms        milliseconds for all of it
  a, aaaa   {found: [address], error, ms}, null for an address
  ptr       [{address, found: [name], error, ms}]
  wildcard  {domain, verdict: "yes", "no" or "unknown", error}, null without a parent
  http, https   null where it was not tried, else
            {url, final_url, status, title, server, size, truncated, address, error,
             redirects: [{status, to}],
             tls: {version, subject, issuer, expires, days_left} or null,
             ms: {queue, dns, connect, tls, first_byte, total}}
  error     null, or {word, text, category, code, detail}
)";

namespace detail {

inline std::string json_error(const std::error_code& error, const std::string& detail = {}) {
    if (!error) return "null";
    auto made = json_writer::object();
    made.add("word", word_for(error)).add("text", error.message()).add("category", error.category().name());
    made.add("code", std::int64_t{error.value()});
    if (detail.empty()) {
        made.null("detail");
    } else {
        made.add("detail", detail);
    }
    return std::move(made).done();
}

inline std::string json_ms(duration value) { return json_number(milliseconds(value)); }

inline std::string json_texts(const std::vector<std::string>& all) {
    auto made = json_writer::array();
    for (const auto& one : all) made.item(json_text(one));
    return std::move(made).done();
}

inline std::string json_lookup(const lookup_report& lookup, const std::string& address = {}) {
    auto made = json_writer::object();
    if (!address.empty()) made.add("address", address);
    made.raw("found", json_texts(lookup.found))
        .raw("error", json_error(lookup.error))
        .raw("ms", json_ms(lookup.took));
    return std::move(made).done();
}

inline std::string json_certificate(const std::optional<certificate_report>& certificate) {
    if (!certificate) return "null";
    const auto left = certificate->expiry - std::chrono::system_clock::now();
    auto made = json_writer::object();
    made.add("version", certificate->tls_version).add("subject", certificate->subject);
    made.add("issuer", certificate->issuer).add("expires", time_stamp(certificate->expiry));
    made.add("days_left", std::int64_t{std::chrono::floor<std::chrono::days>(left).count()});
    return std::move(made).done();
}

inline std::string json_timings(const fetch_report& fetch) {
    auto made = json_writer::object();
    made.raw("queue", json_ms(fetch.queue))
        .raw("dns", json_ms(fetch.resolve))
        .raw("connect", json_ms(fetch.connect));
    made.raw("tls", json_ms(fetch.tls))
        .raw("first_byte", json_ms(fetch.first_byte))
        .raw("total", json_ms(fetch.total));
    return std::move(made).done();
}

inline std::string json_fetch(const std::optional<fetch_report>& fetch) {
    if (!fetch) return "null";
    const auto text_or_null = [](const std::string& text) { return text.empty() ? "null" : json_text(text); };
    auto redirects = json_writer::array();
    for (const auto& one : fetch->redirects) {
        auto entry = json_writer::object();
        entry.add("status", std::int64_t{one.status}).add("to", one.to);
        redirects.item(std::move(entry).done());
    }
    auto made = json_writer::object();
    made.add("url", fetch->url).raw("final_url", text_or_null(fetch->final_url));
    made.raw("status", fetch->status ? std::to_string(fetch->status) : "null");
    made.raw("title", fetch->title ? json_text(*fetch->title) : "null")
        .raw("server", text_or_null(fetch->server));
    made.add("size", static_cast<std::int64_t>(fetch->size)).add("truncated", fetch->truncated);
    made.raw("address", text_or_null(fetch->address)).raw("error", json_error(fetch->error, fetch->detail));
    made.raw("redirects", std::move(redirects).done()).raw("tls", json_certificate(fetch->certificate));
    return std::move(made.raw("ms", json_timings(*fetch))).done();
}

inline std::string json_wildcard(const host_report& host) {
    if (host.wildcard == wildcard_verdict::none) return "null";
    auto made = json_writer::object();
    made.add("domain", host.parent)
        .add("verdict", text_for(host.wildcard))
        .raw("error", json_error(host.wildcard_error));
    return std::move(made).done();
}

}  // namespace detail

inline std::string json_line(const host_report& host) {
    auto ptr = json_writer::array();
    for (const auto& [address, lookup] : host.ptr) ptr.item(detail::json_lookup(lookup, address.to_string()));
    auto made = json_writer::object();
    made.add("target", host.subject.text).add("host", host.subject.host).add("fine", host.fine());
    made.raw("ms", detail::json_ms(host.took));
    made.raw("a", host.a ? detail::json_lookup(*host.a) : "null");
    made.raw("aaaa", host.aaaa ? detail::json_lookup(*host.aaaa) : "null");
    made.raw("ptr", std::move(ptr).done()).raw("wildcard", detail::json_wildcard(host));
    made.raw("http", detail::json_fetch(host.http)).raw("https", detail::json_fetch(host.https));
    return std::move(made).done();
}

}  // namespace probe
