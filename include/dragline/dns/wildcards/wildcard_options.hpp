// The knobs of a wildcard check, and of a probe that collects evidence.
#pragma once

#include <dragline/dns/options.hpp>
#include <dragline/dns/record.hpp>

#include <cstddef>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

/// How check_dns_wildcard() and probe_wildcard() look for a wildcard. The check goes by query() and probes()
/// alone. A value that cannot work is kept, and the call gives errc::invalid_option.
class wildcard_options {
public:
    wildcard_options() {}

    /// How each probe is asked; it goes past the cache and the hosts file in any case. Its timeout is that of
    /// the whole call.
    wildcard_options& query(query_options value) { return query_ = std::move(value), *this; }
    const query_options& query() const noexcept { return query_; }

    /// Random names to ask for, 1 to 100, each for A, AAAA and CNAME; 3. For each depth, level and round.
    wildcard_options& probes(int value) { return probes_ = value, *this; }
    int probes() const noexcept { return probes_; }

    /// Labels that probes put below a domain, 1 to 4; 2: names one label deep, and as many two deep.
    wildcard_options& depth(int value) { return depth_ = value, *this; }
    int depth() const noexcept { return depth_; }

    /// Domains that are probed, 1 to 127; 8: the one that is asked for and those above it, up to its
    /// registrable domain.
    wildcard_options& levels(int value) { return levels_ = value, *this; }
    int levels() const noexcept { return levels_; }

    /// Types to ask for beside A, AAAA and CNAME, at most 16; none.
    wildcard_options& types(std::vector<record_type> value) { return types_ = std::move(value), *this; }
    const std::vector<record_type>& types() const noexcept { return types_; }

    /// A wildcard is probed again until so many rounds in a row found nothing new, 1 to 1,000; 3.
    wildcard_options& quiet_rounds(int value) { return quiet_rounds_ = value, *this; }
    int quiet_rounds() const noexcept { return quiet_rounds_; }

    /// Rounds at most, 1 to 1,000; 20.
    wildcard_options& max_rounds(int value) { return max_rounds_ = value, *this; }
    int max_rounds() const noexcept { return max_rounds_; }

    /// Addresses, targets and other records that are kept of each level, in all; 10,000.
    wildcard_options& max_pool(std::size_t value) { return max_pool_ = value, *this; }
    std::size_t max_pool() const noexcept { return max_pool_; }

    /// Queries that are on their way at the same time, 1 to 10,000; 64.
    wildcard_options& at_once(int value) { return at_once_ = value, *this; }
    int at_once() const noexcept { return at_once_; }

    /// Ask for signatures, which can prove a wildcard (DO, RFC 4035); on. A server that does not understand
    /// is asked without.
    wildcard_options& signatures(bool value) { return signatures_ = value, *this; }
    bool signatures() const noexcept { return signatures_; }

    /// Where names cannot exist: one below each, "www." and a random label, is asked for to find a resolver
    /// that answers what does not exist, at most 8; the root and "com". Empty: no such control.
    ///
    /// Neither has a wildcard, by the root zone's content and by contract of the registry, while a public
    /// suffix may well have one. "invalid" would not do: recursors answer for it themselves (RFC 6761, 6.4),
    /// before whoever rewrites sees it. Some rewrite only what looks like a web site below a known suffix.
    wildcard_options& controls(std::vector<std::string> value) { return controls_ = std::move(value), *this; }
    const std::vector<std::string>& controls() const noexcept { return controls_; }

    /// Why these options cannot work, or nothing.
    DRAGLINE_DECL std::error_code problem() const noexcept;

private:
    query_options query_;
    int probes_ = 3;
    int depth_ = 2;
    int levels_ = 8;
    int quiet_rounds_ = 3;
    int max_rounds_ = 20;
    int at_once_ = 64;
    bool signatures_ = true;
    std::size_t max_pool_ = 10'000;
    std::vector<record_type> types_;
    std::vector<std::string> controls_{".", "com"};
};

}  // namespace dragline::dns

#include <dragline/dns/wildcards/impl/wildcard_options.ipp>
