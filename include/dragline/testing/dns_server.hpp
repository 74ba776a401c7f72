// A scripted DNS server on loopback, UDP and TCP, on a thread of its own. Start with dns_server.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/testing/dns_message.hpp>

#include <asio/ip/address.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/udp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::testing {

namespace detail {
class dns_server_state;
}

/// Answers queries from its records, or as a script says, and keeps a log of them.
///
///     dns_server server;
///     server.host("a.test", {"127.0.0.2", "::1"}).alias("www.a.test", "a.test");
///     server.on("a.test", record_type::aaaa, dns_reply().silent());
///
/// It speaks for every name there is: one without records is NXDOMAIN, with SOA. Wildcards follow RFC 4592.
/// UDP answers larger than the client takes are truncated. Runs until it is destroyed.
///
/// Threads: every member function may be called on any thread, at any time.
class dns_server {
public:
    using duration = std::chrono::milliseconds;
    using seconds = std::chrono::seconds;

    /// Takes a port of `where` for both UDP and TCP; 0 is a free one. Throws std::system_error.
    explicit dns_server(const asio::ip::address& where = asio::ip::address_v4::loopback(),
                        std::uint16_t port = 0);
    ~dns_server();
    dns_server(const dns_server&) = delete;
    dns_server& operator=(const dns_server&) = delete;

    /// Listens on one more address and returns the place.
    asio::ip::udp::endpoint listen(const asio::ip::address& where, std::uint16_t port = 0);

    /// The first place, and how a resolver is told of it: "127.0.0.1:5353", "[::1]:5353".
    asio::ip::udp::endpoint endpoint() const;
    std::uint16_t port() const { return endpoint().port(); }
    std::string to_string() const;

    /// Records of one name and type, in place of those it had; values as make_record() reads them.
    dns_server& answer(std::string_view name, dns::record_type type, const std::vector<std::string>& values,
                       seconds ttl = seconds(60));
    dns_server& answer(dns::record entry);  ///< Adds one record.

    /// A and AAAA records; where none of a kind is given, there is none of it.
    dns_server& host(std::string_view name, const std::vector<std::string>& addresses,
                     seconds ttl = seconds(60));
    dns_server& alias(std::string_view name, std::string_view target, seconds ttl = seconds(60));

    /// PTR records of an address.
    dns_server& pointer(const asio::ip::address& address, const std::vector<std::string>& names,
                        seconds ttl = seconds(60));

    /// A name that exists and has no records: NOERROR without data.
    dns_server& empty(std::string_view name);

    /// How queries for a name are answered, whatever its records say; for one type, or for all.
    ///
    /// "*.test" stands for all names below test that have no script of their own, "*" for all names.
    dns_server& on(std::string_view name, dns_script script);
    dns_server& on(std::string_view name, dns::record_type type, dns_script script);

    /// As on("*", ...): a function of the query, say, that returns dns_reply() for the truth.
    dns_server& on_query(dns_script script);

    /// The TTL and minimum of the SOA in negative answers; 60 s.
    dns_server& negative_ttl(seconds ttl);

    std::vector<dns_query> queries() const;
    std::size_t query_count() const;
    std::size_t query_count(std::string_view name) const;
    std::size_t query_count(std::string_view name, dns::record_type type) const;
    std::size_t query_count(dns_transport transport) const;
    std::size_t malformed_queries() const;  ///< What was no query; not answered.
    void clear_queries();                   ///< The counts of malformed ones and of attempts stay.

    /// False when fewer queries have come at the end of the time.
    bool wait_for_queries(std::size_t count, duration limit = std::chrono::seconds(10)) const;

private:
    std::unique_ptr<detail::dns_server_state> state_;
};

}  // namespace dragline::testing

#include <dragline/testing/impl/dns_server.ipp>
