// Names that nobody made, for a run of brute force: one that exists shows that a wildcard grew meanwhile.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/dns/detail/probe_names.hpp>
#include <dragline/dns/record.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace dragline::inline v1::dns {

/// Puts a random name between the names of a run now and then. Ask for it as for the others, and give what
/// came of it to wildcard_evidence::learn():
///
///     if (const auto name = canary.next()) evidence.learn(co_await query(*name, record_type::a, how));
///
/// Threads: one at a time.
class wildcard_canary {
public:
    /// Names below `domain`, one for `every` names of the run, the first one after them; 0 counts as 1. Of no
    /// other domain: nested wildcards need a canary each.
    DRAGLINE_DECL explicit wildcard_canary(std::string domain, std::size_t every = 1000,
                                           async::random_source& random = async::system_random());

    /// Counts one name of the run; the canary that is due after it, if one is.
    DRAGLINE_DECL std::optional<std::string> next();

    /// A canary now.
    DRAGLINE_DECL std::string fresh();

private:
    std::string domain_;
    std::size_t every_;
    std::size_t counted_ = 0;
    unsigned shape_ = 0;
    detail::probe_names names_;
};

}  // namespace dragline::dns

#include <dragline/dns/wildcards/impl/wildcard_canary.ipp>
