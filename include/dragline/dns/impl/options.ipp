// Included by <dragline/dns/options.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {

DRAGLINE_DECL query_options query_options::over(const query_options& base) const {
    query_options both = *this;
    const auto fill = [](auto& mine, const auto& theirs) {
        if (!mine) mine = theirs;
    };
    if (!both.servers_) both.bad_server_ = both.bad_server_ || base.bad_server_;
    fill(both.servers_, base.servers_);
    fill(both.try_timeout_, base.try_timeout_);
    fill(both.tries_, base.tries_);
    fill(both.timeout_, base.timeout_);
    fill(both.bypass_cache_, base.bypass_cache_);
    fill(both.hosts_file_, base.hosts_file_);
    fill(both.hosts_path_, base.hosts_path_);
    fill(both.resolv_conf_, base.resolv_conf_);
    fill(both.trace_, base.trace_);
    return both;
}

DRAGLINE_DECL std::error_code query_options::problem() const noexcept {
    if (bad_server_) return errc::invalid_server;
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
