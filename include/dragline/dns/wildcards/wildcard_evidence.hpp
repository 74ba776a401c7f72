// What a probe for wildcards found, and what follows for names that exist. No I/O. Start with
// wildcard_evidence, which probe_wildcard() gives.
#pragma once

#include <dragline/dns/answer.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/response.hpp>

#include <asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::dns::detail {
class wildcard_machine;
}

namespace dragline::inline v1::dns {

/// What is known: a failure to find out is never a no.
enum class wildcard_verdict { yes, no, unknown };

DRAGLINE_DECL std::string to_string(wildcard_verdict verdict);

/// One question about a name that nobody made, and what came of it.
class wildcard_probe {
public:
    question asked;
    std::string below;     ///< The domain whose wildcard it would show, or the control under which it stands.
    bool control = false;  ///< Asked to find a resolver that answers what does not exist.
    std::error_code error;  ///< As answer::error; a timeout, say, where no server said anything.
    rcode code = rcode::no_error;
    bool exists = false;     ///< There were records of that type, or an alias, wherever it leads.
    bool authentic = false;  ///< The server says that it validated the data (AD).
    std::string server;      ///< "192.0.2.1:53"; empty where none answered.
    std::string wildcard;    ///< "*.example.com", where a signature proves that this made the answer.
    std::vector<std::string> aliases;
    std::vector<record> records;  ///< At the end of the aliases; the first 64.

    wildcard_probe() {}
};

/// What random names below one domain resolve to.
class wildcard_pool {
public:
    std::set<asio::ip::address> addresses;
    /// The first alias of each name, in lower case. One that begins with the labels of its name stands as
    /// "*.cdn.example", and means the same of every name.
    std::set<std::string> targets;
    std::vector<record> others;  ///< Records of other types, under the names of the probes.

    wildcard_pool() {}

    std::size_t size() const noexcept { return addresses.size() + targets.size() + others.size(); }

    /// Adds what an answer about a name below `domain` holds; how many things that was not here before.
    DRAGLINE_DECL std::size_t learn(const answer& from, std::string_view domain, std::size_t max_size);

    /// The alias of the name, or all of its records, are here; no for an answer without either.
    DRAGLINE_DECL bool covers(const answer& from, std::string_view domain) const;
    DRAGLINE_DECL bool covers(std::span<const asio::ip::address> all) const;

private:
    bool has(const record& entry) const;
};

/// One domain, and what its probes came to.
class wildcard_level {
public:
    std::string domain;

    /// Whether names below `domain` exist that nobody made. Unknown when no probe was answered and some had
    /// no clear answer; and when the resolver rewrites, unless signatures prove a wildcard.
    wildcard_verdict verdict = wildcard_verdict::unknown;

    /// "*.example.com", when signatures show that this made the answers (RFC 4035, 5.3.4): `domain` may well
    /// not exist itself. They are not validated here.
    std::string wildcard;
    bool proven() const noexcept { return !wildcard.empty(); }

    wildcard_pool pool;
    bool settled = false;   ///< The last rounds found nothing new: the pool is thought to be whole.
    std::size_t quiet = 0;  ///< So many rounds, or canaries since then, in a row.

    // Probes, by what came of them. One type that is answered makes the name exist.
    std::size_t answered = 0;
    std::size_t denied = 0;   ///< NXDOMAIN, or no data of that type: a wildcard of other types looks alike.
    std::size_t unclear = 0;  ///< Anything else: SERVFAIL, REFUSED, a timeout.

    wildcard_level() {}
};

/// The result of probe_wildcard(), and a filter for names that brute force found.
class wildcard_evidence {
public:
    /// The domain that was asked for, then those above it.
    std::vector<wildcard_level> levels;

    /// Every question, in the order of asking.
    std::vector<wildcard_probe> probes;

    /// Whether the resolver answers what does not exist, and with what; unknown without a control.
    wildcard_verdict rewriting = wildcard_verdict::unknown;
    wildcard_pool rewritten;

    bool is_signed = false;  ///< Answers came with signatures.
    bool complete = false;   ///< The time was enough for all rounds.
    std::size_t max_pool = 10'000;

    wildcard_evidence() {}

    /// That of the domain itself.
    wildcard_verdict verdict() const noexcept {
        return levels.empty() ? wildcard_verdict::unknown : levels.front().verdict;
    }

    /// The level that decides about a name: the nearest domain above it. What stands further up does not: a
    /// wildcard does not reach below a name that exists (RFC 4592, 2.2.1), and where none does, the level
    /// below shows the same answers. nullptr for a name that no level is above.
    DRAGLINE_DECL const wildcard_level* level_above(std::string_view name) const noexcept;

    /// Whether a wildcard, or a rewriting resolver, made what a look-up of a name found.
    ///
    /// Yes: its alias or all of its addresses are in the pool of its level, or its signature says so. No: its
    /// level has no wildcard, or a settled pool without them; or, where the wildcard is proven by signatures,
    /// the answer has one of its own (ask with query_options::dnssec_ok()). An answer that denies the name is
    /// a no too. Unknown: the evidence does not tell.
    DRAGLINE_DECL wildcard_verdict synthesis(const answer& found) const;
    DRAGLINE_DECL wildcard_verdict synthesis(const response& found) const;
    DRAGLINE_DECL wildcard_verdict synthesis(std::string_view name,
                                             std::span<const asio::ip::address> found) const;

    /// False only for what is known to be real: a filter keeps it.
    bool is_synthesised(const answer& found) const { return synthesis(found) != wildcard_verdict::no; }
    bool is_synthesised(const response& found) const { return synthesis(found) != wildcard_verdict::no; }
    bool is_synthesised(std::string_view name, std::span<const asio::ip::address> found) const {
        return synthesis(name, found) != wildcard_verdict::no;
    }

    /// Takes in what came of one more random name, as those of wildcard_canary: a pool may grow, a verdict
    /// turn into a yes. True when something is new: what was found before deserves another look, and
    /// the pool counts as whole only after three canaries that bring nothing new.
    DRAGLINE_DECL bool learn(const answer& of_random_name);
    DRAGLINE_DECL bool learn(const response& of_random_name);

private:
    wildcard_level* level_above(std::string_view name) noexcept;
    void judge(wildcard_level& level) const noexcept;
    friend class detail::wildcard_machine;
};

}  // namespace dragline::dns

#include <dragline/dns/wildcards/impl/wildcard_evidence.ipp>
