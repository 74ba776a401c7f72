// What a scripted DNS server receives and what it answers. Start with dns_reply: data with chainable setters,
// from the plain truth to a forged answer that comes before it.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/wire/message.hpp>
#include <dragline/testing/script.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::testing {

enum class dns_transport { udp, tcp };

/// A query as it arrived.
struct dns_query {
    dns::wire::message message;
    std::vector<std::uint8_t> bytes;
    dns_transport transport = dns_transport::udp;
    std::string peer_address;   ///< "127.0.0.1:5353"
    std::uint64_t attempt = 0;  ///< How often this name and type have been asked for: 1, 2, ...

    dns_query() {}

    /// In the case it was sent in.
    const std::string& name() const { return message.questions.front().name; }
    dns::record_type type() const { return message.questions.front().type; }
};

/// A record whose data is given as text, as dns::parse_record_data() reads it: an address, "10 mail.example"
/// (MX),
/// "\# 2 ABCD" (any type). But the value of TXT is one string as it is, and that of CNAME, NS, PTR and DNAME
/// one name, whatever characters it has.
///
/// Throws std::invalid_argument when the text does not fit the type or a name cannot exist.
DRAGLINE_DECL dns::record make_record(std::string_view owner, dns::record_type type, std::string_view value,
                                      std::chrono::seconds ttl = std::chrono::seconds(60));

/// One answer of a dns_server, faults included. Without a setter it is the truth: what the records say.
///
///     The order of events: delay, forged answer, genuine_after, answer, duplicates.
///
/// An answer with a wrong id, question or port is forged: it claims the address 192.0.2.66 or 2001:db8::66,
/// and is the only one unless genuine_after() is given. Durations are real time.
class dns_reply {
public:
    using duration = std::chrono::milliseconds;
    enum class damage {
        none,
        garbage,           ///< The right id, then noise.
        compression_loop,  ///< A name that points to itself.
    };

    dns_reply() {}
    explicit dns_reply(dns::rcode code) : code_(code) {}

    /// SERVFAIL, with the text in a TXT record beside it.
    static dns_reply failure(const std::string& text);

    /// Records instead of the truth, for the name that is asked for.
    dns_reply& answer(dns::record_type type, const std::vector<std::string>& values,
                      std::chrono::seconds ttl = std::chrono::seconds(60));
    /// One more record, of whatever owner.
    dns_reply& answer(dns::record entry);

    /// This verdict, and no records but those of answer().
    dns_reply& code(dns::rcode value) { return code_ = value, *this; }

    /// The TTL and minimum of the SOA in a negative answer; by default those of the server.
    dns_reply& negative_ttl(std::chrono::seconds time) { return negative_ttl_ = time, *this; }
    dns_reply& no_soa() { return no_soa_ = true, *this; }

    dns_reply& silent() { return silent_ = true, *this; }
    /// Silent for the first `count` queries for a name and type.
    dns_reply& after_tries(std::uint64_t count) { return after_tries_ = count, *this; }
    /// Over TCP, closes instead of answering.
    dns_reply& close_tcp() { return close_tcp_ = true, *this; }
    dns_reply& delay(duration time) { return delay_ = time, *this; }
    /// So many copies besides the first.
    dns_reply& duplicates(std::size_t count) { return duplicates_ = count, *this; }

    dns_reply& wrong_id() { return wrong_id_ = true, *this; }
    dns_reply& wrong_question() { return wrong_question_ = true, *this; }
    /// Over UDP, from another source port.
    dns_reply& other_port() { return other_port_ = true, *this; }
    dns_reply& genuine_after(duration time) { return genuine_after_ = time, *this; }

    /// Over UDP, TC and no records; over TCP, whole.
    dns_reply& truncated() { return truncated_ = true, *this; }
    /// No OPT record, as from a server that knows no EDNS.
    dns_reply& no_extension() { return no_extension_ = true, *this; }
    /// The message breaks off after so many bytes.
    dns_reply& cut(std::size_t size) { return cut_ = size, *this; }
    dns_reply& garbage(std::size_t size = 64) { return damage_ = damage::garbage, cut(size); }
    dns_reply& compression_loop() { return damage_ = damage::compression_loop, *this; }
    dns_reply& raw(std::vector<std::uint8_t> bytes) { return raw_ = std::move(bytes), *this; }

    const std::vector<dns::record>& records() const noexcept { return records_; }
    const std::optional<dns::rcode>& code() const noexcept { return code_; }
    const std::optional<std::chrono::seconds>& negative_ttl() const noexcept { return negative_ttl_; }
    bool has_soa() const noexcept { return !no_soa_; }
    bool is_silent() const noexcept { return silent_; }
    std::uint64_t after_tries() const noexcept { return after_tries_; }
    bool closes_tcp() const noexcept { return close_tcp_; }
    duration delay() const noexcept { return delay_; }
    std::size_t duplicates() const noexcept { return duplicates_; }
    bool has_wrong_id() const noexcept { return wrong_id_; }
    bool has_wrong_question() const noexcept { return wrong_question_; }
    bool is_from_other_port() const noexcept { return other_port_; }
    bool is_forged() const noexcept { return wrong_id_ || wrong_question_ || other_port_; }
    const std::optional<duration>& genuine_after() const noexcept { return genuine_after_; }
    bool is_truncated() const noexcept { return truncated_; }
    bool has_extension() const noexcept { return !no_extension_; }
    const std::optional<std::size_t>& cut() const noexcept { return cut_; }
    damage damaged() const noexcept { return damage_; }
    const std::optional<std::vector<std::uint8_t>>& raw() const noexcept { return raw_; }

private:
    std::vector<dns::record> records_;
    std::optional<dns::rcode> code_;
    std::optional<std::chrono::seconds> negative_ttl_;
    bool no_soa_ = false;
    bool silent_ = false;
    std::uint64_t after_tries_ = 0;
    bool close_tcp_ = false;
    duration delay_{0};
    std::size_t duplicates_ = 0;
    bool wrong_id_ = false;
    bool wrong_question_ = false;
    bool other_port_ = false;
    std::optional<duration> genuine_after_;
    bool truncated_ = false;
    bool no_extension_ = false;
    std::optional<std::size_t> cut_;
    damage damage_ = damage::none;
    std::optional<std::vector<std::uint8_t>> raw_;
};

/// What a dns_server does about a name: a dns_reply, a std::vector of them, or a function of the query.
using dns_script = script<dns_query, dns_reply>;

}  // namespace dragline::testing

#include <dragline/testing/impl/dns_message.ipp>
