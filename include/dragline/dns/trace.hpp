// The record of one look-up: where the answer came from, what was asked of whom, and how long it took.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/dns/record.hpp>

#include <chrono>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::dns {

enum class answer_source {
    none,        ///< There is none: refused by a check, cancelled or timed out.
    literal,     ///< The name was an address.
    local,       ///< A name that is never asked of the DNS: localhost, .onion.
    hosts_file,  ///< The hosts file.
    cache,       ///< The cache of the loop.
    network,     ///< A server.
};

DRAGLINE_DECL const char* to_string(answer_source source) noexcept;

/// One query to one server.
struct attempt_trace {
    std::string server;  ///< "192.0.2.1:53", or what else describes the transport.
    std::error_code
        error;  ///< What this attempt came to; a timeout also when a later attempt got the answer.
    std::chrono::steady_clock::duration took{};

    attempt_trace() {}
};

/// Filled when the look-up ends, also when it fails; see query_options::trace().
struct lookup_trace {
    question asked;
    answer_source source = answer_source::none;
    bool shared = false;  ///< Joined a look-up that another caller had started; `attempts` has that one's.
    bool stale = false;   ///< From the cache, after its end, since the servers failed.
    std::vector<attempt_trace> attempts;
    std::error_code error;
    std::chrono::steady_clock::duration took{};

    lookup_trace() {}
};

}  // namespace dragline::dns

#include <dragline/dns/impl/trace.ipp>
