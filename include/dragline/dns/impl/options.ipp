// Included by <dragline/dns/options.hpp> only.
#pragma once

#include <dragline/dns/name.hpp>
#include <dragline/dns/resolv_conf.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns {

DRAGLINE_DECL const std::vector<server>& query_options::no_servers() noexcept {
    static const std::vector<server> none;
    return none;
}

DRAGLINE_DECL const std::vector<std::string>& query_options::no_names() noexcept {
    static const std::vector<std::string> none;
    return none;
}

DRAGLINE_DECL const cache_options& query_options::default_cache() noexcept {
    static const cache_options usual;
    return usual;
}

DRAGLINE_DECL const query_options::rare_options& query_options::no_rare_options() noexcept {
    static const rare_options none;
    return none;
}

DRAGLINE_DECL query_options::rare_options& query_options::edit() {
    auto own = std::make_shared<rare_options>(rare());
    auto& edited = *own;
    rare_ = std::move(own);
    return edited;
}

DRAGLINE_DECL query_options& query_options::add_server(std::string_view text) {
    auto& edited = edit();
    if (!edited.servers) edited.servers.emplace();
    auto parsed = server::parse(text);
    if (parsed) {
        edited.servers->push_back(*std::move(parsed));
    } else {
        edited.bad_server = true;
    }
    return *this;
}

DRAGLINE_DECL query_form query_options::form() const noexcept {
    query_form made;
    const auto& from = rare();
    made.udp_size = from.udp_size.value_or(made.udp_size);
    made.recursion_desired = from.recursion_desired.value_or(true);
    made.checking_disabled = from.checking_disabled.value_or(false);
    made.dnssec_ok = from.dnssec_ok.value_or(false);
    made.tcp = from.tcp_only.value_or(false);
    made.mixed_case = from.mixed_case.value_or(false);
    return made;
}

DRAGLINE_DECL query_options query_options::over(const query_options& base) const {
    query_options both = *this;
    const auto fill = [](auto& mine, const auto& theirs) {
        if (!mine) mine = theirs;
    };
    if (both.try_timeout_ == unset) both.try_timeout_ = base.try_timeout_;
    if (both.timeout_ == unset) both.timeout_ = base.timeout_;
    if (both.tries_ == no_tries) both.tries_ = base.tries_;
    fill(both.bypass_cache_, base.bypass_cache_);
    fill(both.hosts_file_, base.hosts_file_);
    fill(both.important_, base.important_);
    fill(both.trace_, base.trace_);
    if (!rare_ || !base.rare_) {
        fill(both.rare_, base.rare_);
        return both;
    }
    auto& merged = both.edit();
    if (!merged.servers) merged.bad_server = base.rare_->bad_server;
    fill(merged.servers, base.rare_->servers);
    fill(merged.hosts_path, base.rare_->hosts_path);
    const auto& theirs = *base.rare_;
    fill(merged.resolv_conf, theirs.resolv_conf);
    fill(merged.family, theirs.family);
    fill(merged.queries_per_second, theirs.queries_per_second);
    fill(merged.cache, theirs.cache);
    fill(merged.quota, theirs.quota);
    fill(merged.search, theirs.search);
    fill(merged.ndots, theirs.ndots);
    fill(merged.system_search, theirs.system_search);
    fill(merged.order, theirs.order);
    fill(merged.forward_confirmed, theirs.forward_confirmed);
    fill(merged.rotate, theirs.rotate);
    fill(merged.retry_elsewhere, theirs.retry_elsewhere);
    fill(merged.udp_size, theirs.udp_size);
    fill(merged.dnssec_ok, theirs.dnssec_ok);
    fill(merged.checking_disabled, theirs.checking_disabled);
    fill(merged.recursion_desired, theirs.recursion_desired);
    fill(merged.tcp_only, theirs.tcp_only);
    fill(merged.mixed_case, theirs.mixed_case);
    return both;
}

DRAGLINE_DECL bool operator==(const query_options& a, const query_options& b) noexcept {
    return a.rare() == b.rare() && a.try_timeout_ == b.try_timeout_ && a.timeout_ == b.timeout_ &&
           a.tries_ == b.tries_ && a.bypass_cache_ == b.bypass_cache_ && a.hosts_file_ == b.hosts_file_ &&
           a.important_ == b.important_ && a.trace_ == b.trace_;
}

DRAGLINE_DECL std::error_code query_options::problem() const noexcept {
    if (rare().bad_server) return errc::invalid_server;
    const auto& set = rare();
    const auto size = set.udp_size.value_or(query_form().udp_size);
    const double rate = set.queries_per_second.value_or(1);
    const bool good =
        async::valid_timeout(try_timeout()) && async::valid_timeout(timeout()) && tries() >= 1 &&
        tries() <= 100 && (size == 0 || (size >= 512 && size <= 4096)) && rate > 0 && rate < 1e9 &&
        !(size == 0 && set.dnssec_ok.value_or(false)) && cache().max_stale() >= std::chrono::seconds(0) &&
        cache().refresh_ahead() >= 0 && cache().refresh_ahead() <= 50 && set.ndots.value_or(0) <= max_ndots &&
        std::all_of(search().begin(), search().end(),
                    [](const std::string& suffix) { return normal_host_name(suffix).has_value(); });
    return good ? std::error_code() : make_error_code(dragline::errc::invalid_option);
}

}  // namespace dragline::dns

#endif
