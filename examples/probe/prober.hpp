// Asks everything that there is to ask about one target. Start with prober::examine().
#pragma once

#include "as_values.hpp"
#include "report.hpp"
#include "settings.hpp"
#include "wildcards.hpp"

#include <dragline/async/for_each.hpp>
#include <dragline/dns/resolve.hpp>
#include <dragline/http/fetch.hpp>
#include <dragline/http/session.hpp>

#include <asio/awaitable.hpp>
#include <asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace probe {

inline dragline::tls::client_options trust(const settings& options) {
    dragline::tls::client_options tls;
    if (!options.ca_file.empty()) tls.ca_file(options.ca_file);
    if (!options.ca_pem.empty()) tls.ca_pem(options.ca_pem);
    return tls;
}

class prober {
public:
    template <class Loop>
    prober(Loop& loop, const settings& options)
        : options_(options),
          session_(dragline::get_session(loop, "probe", session_options(options))),
          wildcards_(session_) {}

    /// Names first, then what listens there. `subject` must outlive the coroutine, and so must this object.
    asio::awaitable<host_report> examine(const target& subject) {
        using namespace asio::experimental::awaitable_operators;
        const auto begin = std::chrono::steady_clock::now();
        host_report report;
        report.subject = subject;
        if (!subject.address) {
            auto a = look_up_a(report), aaaa = look_up_aaaa(report), wildcard = check_wildcard(report);
            co_await (std::move(a) && std::move(aaaa) && std::move(wildcard));
        }
        if (!report.lookup_error()) {
            auto ptr = look_up_ptr(report), http = fetch_http(report), https = fetch_https(report);
            co_await (std::move(ptr) && std::move(http) && std::move(https));
        }
        report.took = std::chrono::steady_clock::now() - begin;
        co_return report;
    }

private:
    static dragline::session_options session_options(const settings& options) {
        dragline::dns::query_options dns;
        dns.servers(options.servers).timeout(options.timeout).hosts_file(options.servers.empty());
        dns.try_timeout(
            std::min<std::chrono::milliseconds>(options.timeout, std::chrono::milliseconds(1500)));
        return dragline::session_options()
            .dns(std::move(dns))
            .tls(trust(options))
            .user_agent(options.user_agent)
            .connections(2 * options.jobs)
            .idle_timeout(std::chrono::seconds(2));  // for redirects; no host is met again later
    }

    asio::awaitable<void> look_up_a(host_report& report) {
        dragline::dns::lookup_trace trace;
        const auto traced = dragline::dns::query_options().trace(&trace);
        auto [error, found] =
            co_await dragline::resolve_host(session_, report.subject.host, traced, as_values());
        report.a = lookup(error, trace);
        for (const auto& address : found) report.a->found.push_back(address.to_string());
    }

    asio::awaitable<void> look_up_aaaa(host_report& report) {
        dragline::dns::lookup_trace trace;
        const auto traced = dragline::dns::query_options().trace(&trace);
        auto [error, found] =
            co_await dragline::resolve_host6(session_, report.subject.host, traced, as_values());
        report.aaaa = lookup(error, trace);
        for (const auto& address : found) report.aaaa->found.push_back(address.to_string());
    }

    asio::awaitable<void> check_wildcard(host_report& report) {
        report.parent = report.subject.parent();
        if (report.parent.empty()) co_return;
        dragline::dns::wildcard_options how;
        how.query(dragline::dns::query_options().timeout(options_.timeout));
        auto asking = wildcards_.check(report.parent, how);
        const auto known = co_await std::move(asking);
        report.wildcard = known.verdict;
        report.wildcard_error = known.error;
    }

    asio::awaitable<void> look_up_ptr(host_report& report) {
        for (auto& address : report.addresses()) report.ptr.emplace_back(std::move(address), lookup_report());
        if (report.ptr.size() > most_addresses) report.ptr.resize(most_addresses);
        const auto one = [this, &report](std::size_t at) {
            return look_up_ptr(report.ptr[at].first, report.ptr[at].second);
        };
        auto all = dragline::for_each_limited(session_, report.ptr.size(), most_addresses, one, as_values());
        co_await std::move(all);
    }

    asio::awaitable<void> look_up_ptr(asio::ip::address address, lookup_report& into) {
        dragline::dns::lookup_trace trace;
        const auto traced = dragline::dns::query_options().trace(&trace);
        auto [error, found] = co_await dragline::reverse_resolve(session_, address, traced, as_values());
        into = lookup(error, trace);
        into.found = std::move(found);
    }

    asio::awaitable<void> fetch_http(host_report& report) {
        const auto& subject = report.subject;
        if (subject.is_url() ? subject.url.scheme() != "http" : options_.http_port == 0) co_return;
        report.http.emplace().url =
            subject.is_url() ? subject.url.href() : "http://" + subject.authority(options_.http_port) + '/';
        auto fetching = fetch(*report.http);
        co_await std::move(fetching);
    }

    asio::awaitable<void> fetch_https(host_report& report) {
        const auto& subject = report.subject;
        if (subject.is_url() ? subject.url.scheme() != "https" : options_.https_port == 0) co_return;
        report.https.emplace().url =
            subject.is_url() ? subject.url.href() : "https://" + subject.authority(options_.https_port) + '/';
        auto fetching = fetch(*report.https);
        co_await std::move(fetching);
    }

    asio::awaitable<void> fetch(fetch_report& into) {
        dragline::http::trace trace;
        dragline::fetch_options how;
        how.timeout(options_.timeout).connect_timeout(options_.timeout).tls_timeout(options_.timeout);
        how.max_body(largest_body).on_limit(dragline::http::on_limit::truncate);
        how.trace(&trace);
        auto [error, response] = co_await dragline::fetch_url(session_, into.url, how, as_values());
        into.error = error;
        if (error) {
            fill_failure(into, trace);
        } else {
            fill(into, response);
        }
    }

    static lookup_report lookup(std::error_code error, const dragline::dns::lookup_trace& trace) {
        lookup_report made;
        made.error = error;
        made.took = trace.took;
        return made;
    }

    static constexpr std::uint64_t largest_body = 1024 * 1024;
    static constexpr std::size_t most_addresses = 32;  // of one host, to look up the names of

    const settings& options_;
    dragline::session session_;
    wildcards wildcards_;
};

}  // namespace probe
