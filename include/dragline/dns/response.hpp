// What a server said to a query, word for word, and what that comes to.
#pragma once

#include <dragline/dns/answer.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/trace.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::dns {

/// The result of query(): also NXDOMAIN is an answer, as a 404 is one of HTTP.
class response {
public:
    question asked;

    /// Nothing when there are records of the asked type; else why there are none, as answer::error.
    std::error_code error;

    rcode code = rcode::no_error;
    bool authoritative = false;        ///< AA
    bool truncated = false;            ///< TC, and TCP did not help.
    bool recursion_available = false;  ///< RA
    bool authentic = false;            ///< AD: the server says that it validated the data.
    bool checking_disabled = false;    ///< CD

    // The sections of the message; TTLs are those that hold now.
    std::vector<record> answers;
    std::vector<record> authorities;
    std::vector<record> additionals;  ///< Without OPT.

    std::vector<std::string> aliases;  ///< Where the asked name leads, one after the other.
    std::uint32_t ttl = 0;             ///< Seconds for which the answer, or the absence, still holds.

    answer_source source = answer_source::none;  ///< The network, or the cache.
    std::string server;                          ///< "192.0.2.1:53"; of a cached answer the one that gave it.
    std::chrono::steady_clock::duration took{};  ///< That server's time to answer.

    response() {}

    /// The name that has, or lacks, the records.
    const std::string& canonical_name() const noexcept {
        return aliases.empty() ? asked.name : aliases.back();
    }

    /// The data of the answers of one kind, in their order: records<mx_record>().
    template <class Data>
    std::vector<Data> records() const {
        std::vector<Data> found;
        for (const auto& each : answers) {
            if (const auto* data = each.template get<Data>()) found.push_back(*data);
        }
        return found;
    }

    /// Throws std::system_error with `error`, if there is one.
    void raise_for_error() const {
        if (error) throw std::system_error(error);
    }
};

}  // namespace dragline::dns
