// The knobs of a wildcard check.
#pragma once

#include <dragline/dns/options.hpp>

#include <system_error>
#include <utility>

namespace dragline::inline v1::dns {

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

#include <dragline/dns/impl/wildcard_options.ipp>
