// The knobs of a look-up. Every one has a default; start with query_options.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/error.hpp>
#include <dragline/core/platform.hpp>
#include <dragline/dns/error.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/dns/trace.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

/// How a name is looked up. What is not set here comes from the resolver or session that is asked, then from
/// the defaults. A value that cannot work is kept, and the call gives errc::invalid_option or
/// dns::errc::invalid_server.
class query_options {
public:
    using duration = async::duration;

    query_options() {}

    /// The servers to ask, in this order; an empty list means those of the system, which is the default.
    query_options& servers(std::vector<server> value) {
        edit().servers = std::move(value);
        return *this;
    }
    const std::vector<server>& servers() const noexcept {
        return rare().servers ? *rare().servers : no_servers();
    }

    /// Appends a server, written as for server::parse().
    DRAGLINE_DECL query_options& add_server(std::string_view text);

    /// The wait for one server's answer before the next is asked; 1.5 s. An answer that comes later still
    /// counts.
    query_options& try_timeout(duration value) {
        try_timeout_ = value;
        return *this;
    }
    duration try_timeout() const noexcept { return try_timeout_.value_or(std::chrono::milliseconds(1500)); }

    /// Queries that are sent at most, to all servers together, 1 to 100; 3.
    query_options& tries(int value) {
        tries_ = value;
        return *this;
    }
    int tries() const noexcept { return tries_.value_or(3); }

    /// The limit for the whole look-up, or no_limit; 5 s, or the deadline of the operation that it is a part
    /// of.
    query_options& timeout(duration value) {
        timeout_ = value;
        return *this;
    }
    duration timeout() const noexcept { return timeout_.value_or(std::chrono::seconds(5)); }
    bool has_timeout() const noexcept { return timeout_.has_value(); }

    /// Ask a server even when the answer is known, and do not keep what it says; off.
    query_options& bypass_cache(bool value) {
        bypass_cache_ = value;
        return *this;
    }
    bool bypass_cache() const noexcept { return bypass_cache_.value_or(false); }

    /// Look into the hosts file first; on. What it says about a name of only one address family goes for
    /// both.
    query_options& hosts_file(bool value) {
        hosts_file_ = value;
        return *this;
    }
    bool hosts_file() const noexcept { return hosts_file_.value_or(true); }

    /// Where the hosts file is.
    query_options& hosts_path(std::string value) {
        edit().hosts_path = std::move(value);
        return *this;
    }
    std::string_view hosts_path() const noexcept {
        return rare().hosts_path ? std::string_view(*rare().hosts_path) : platform::hosts_file;
    }

    /// Where the servers of the system are named, in the format of resolv.conf(5), whose other lines play no
    /// part. It is read again when it changes.
    query_options& resolv_conf(std::string value) {
        edit().resolv_conf = std::move(value);
        return *this;
    }
    std::string_view resolv_conf() const noexcept {
        return rare().resolv_conf ? std::string_view(*rare().resolv_conf) : default_resolv_conf;
    }

    /// Filled when the look-up ends. `record` must outlive it.
    query_options& trace(lookup_trace* record) {
        trace_ = record;
        return *this;
    }
    lookup_trace* trace() const noexcept { return trace_; }

    /// These options, and where they say nothing, those of `base`.
    DRAGLINE_DECL query_options over(const query_options& base) const;

    /// Why these options cannot work, or nothing.
    DRAGLINE_DECL std::error_code problem() const noexcept;

    DRAGLINE_DECL friend bool operator==(const query_options& a, const query_options& b) noexcept;

    static constexpr const char* default_resolv_conf = "/etc/resolv.conf";

private:
    // What few callers set; shared by copies, since every look-up copies its options.
    struct rare_options {
        std::optional<std::vector<server>> servers;
        std::optional<std::string> hosts_path;
        std::optional<std::string> resolv_conf;
        bool bad_server = false;

        bool operator==(const rare_options&) const = default;
    };
    DRAGLINE_DECL static const std::vector<server>& no_servers() noexcept;
    DRAGLINE_DECL static const rare_options& no_rare_options() noexcept;
    DRAGLINE_DECL rare_options& edit();
    const rare_options& rare() const noexcept { return rare_ ? *rare_ : no_rare_options(); }

    std::shared_ptr<const rare_options> rare_;
    std::optional<duration> try_timeout_;
    std::optional<duration> timeout_;
    std::optional<int> tries_;
    std::optional<bool> bypass_cache_;
    std::optional<bool> hosts_file_;
    lookup_trace* trace_ = nullptr;
};

/// How check_dns_wildcard() looks for a wildcard.
class wildcard_options {
public:
    wildcard_options() {}

    /// How each probe is asked; it goes past the cache and the hosts file in any case.
    wildcard_options& query(query_options value) {
        query_ = std::move(value);
        return *this;
    }
    const query_options& query() const noexcept { return query_; }

    /// Random names to ask for, 1 to 100, each for A, AAAA and CNAME; 3.
    wildcard_options& probes(int value) {
        probes_ = value;
        return *this;
    }
    int probes() const noexcept { return probes_; }

    /// Why these options cannot work, or nothing.
    DRAGLINE_DECL std::error_code problem() const noexcept;

private:
    query_options query_;
    int probes_ = 3;
};

}  // namespace dragline::dns

#include <dragline/dns/impl/options.ipp>
