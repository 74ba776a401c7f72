// Included by <dragline/dns/options.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::dns {

DRAGLINE_DECL const std::vector<server>& query_options::no_servers() noexcept {
    static const std::vector<server> none;
    return none;
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

DRAGLINE_DECL query_options query_options::over(const query_options& base) const {
    query_options both = *this;
    const auto fill = [](auto& mine, const auto& theirs) {
        if (!mine) mine = theirs;
    };
    fill(both.try_timeout_, base.try_timeout_);
    fill(both.timeout_, base.timeout_);
    fill(both.tries_, base.tries_);
    fill(both.bypass_cache_, base.bypass_cache_);
    fill(both.hosts_file_, base.hosts_file_);
    fill(both.trace_, base.trace_);
    if (!rare_ || !base.rare_) {
        fill(both.rare_, base.rare_);
        return both;
    }
    auto& merged = both.edit();
    if (!merged.servers) merged.bad_server = base.rare_->bad_server;
    fill(merged.servers, base.rare_->servers);
    fill(merged.hosts_path, base.rare_->hosts_path);
    fill(merged.resolv_conf, base.rare_->resolv_conf);
    return both;
}

DRAGLINE_DECL bool operator==(const query_options& a, const query_options& b) noexcept {
    return a.rare() == b.rare() && a.try_timeout_ == b.try_timeout_ && a.timeout_ == b.timeout_ &&
           a.tries_ == b.tries_ && a.bypass_cache_ == b.bypass_cache_ && a.hosts_file_ == b.hosts_file_ &&
           a.trace_ == b.trace_;
}

DRAGLINE_DECL std::error_code query_options::problem() const noexcept {
    if (rare().bad_server) return errc::invalid_server;
    const bool good = async::valid_timeout(try_timeout()) && async::valid_timeout(timeout()) &&
                      tries() >= 1 && tries() <= 100;
    return good ? std::error_code() : make_error_code(dragline::errc::invalid_option);
}

DRAGLINE_DECL std::error_code wildcard_options::problem() const noexcept {
    if (const auto ec = query_.problem()) return ec;
    const bool good = probes_ >= 1 && probes_ <= 100;
    return good ? std::error_code() : make_error_code(dragline::errc::invalid_option);
}

}  // namespace dragline::dns

#endif
