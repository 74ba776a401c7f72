// What a message says about a question: records or the reason why there are none, with the aliases followed.
// No I/O. Start with interpret().
#pragma once

#include <dragline/dns/error.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/wire/message.hpp>

#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

inline constexpr std::size_t max_aliases = 16;  ///< CNAME records followed in one answer.

/// What a server said, word for word.
struct server_reply {
    wire::message message;
    std::string server;  ///< "192.0.2.1:53", or what else describes the transport.
    std::chrono::steady_clock::duration took{};

    server_reply() {}
    explicit server_reply(wire::message m) : message(std::move(m)) {}
};

struct answer {
    question asked;

    /// Nothing wrong: `records` holds at least one. Else why not: errc::name_not_found, no_data,
    /// server_failure, refused, format_error, not_implemented, unexpected_rcode or cname_loop.
    std::error_code error;

    rcode code = rcode::no_error;
    bool authoritative = false;
    bool authentic = false;  ///< The server says that it validated the data (AD).

    /// Where the asked name leads, one alias after the other; often none.
    std::vector<std::string> aliases;

    std::vector<record> records;  ///< Those of the asked type, in the order of the message.

    /// Seconds for which this holds: the least TTL of records and aliases, or, when the name or the data do
    /// not exist, that of the SOA record (RFC 2308, 5). 0: not to be kept.
    std::uint32_t ttl = 0;

    /// Only when it was asked for, as query() does.
    std::shared_ptr<const server_reply> reply;

    answer() {}

    /// The name that has, or lacks, the records.
    const std::string& canonical_name() const noexcept {
        return aliases.empty() ? asked.name : aliases.back();
    }

    /// The name, or an alias of it, has something of its own: any record, or an alias that leads anywhere.
    bool exists() const noexcept { return !records.empty() || !aliases.empty(); }

    /// `seconds` later: every TTL is that much less, but never below 0.
    DRAGLINE_DECL answer aged(std::uint32_t seconds) const;
};

/// What `reply`, which answers `asked`, says; a failure is told in answer::error.
///
/// Records that belong to other names than the asked one and its aliases are ignored.
DRAGLINE_DECL answer interpret(wire::message reply, question asked);

/// An answer that comes from no message.
DRAGLINE_DECL answer make_answer(question asked, std::error_code error);

DRAGLINE_DECL std::vector<asio::ip::address_v4> addresses_v4(const answer& from);
DRAGLINE_DECL std::vector<asio::ip::address_v6> addresses_v6(const answer& from);

/// The names that PTR records hold. Hostile text: whoever owns the address chose them.
DRAGLINE_DECL std::vector<std::string> pointer_names(const answer& from);

}  // namespace dragline::dns

#include <dragline/dns/impl/answer.ipp>
