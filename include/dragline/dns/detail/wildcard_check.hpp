// Probes a domain for a wildcard.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/dns/detail/resolver_core.hpp>
#include <dragline/dns/wildcard_options.hpp>

#include <asio/awaitable.hpp>

#include <memory>
#include <string>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL asio::awaitable<result<bool>> check_wildcard(std::shared_ptr<resolver_core> core,
                                                           std::string domain, wildcard_options options);

// What the outcome of one probe tells of a wildcard.
enum class probe_verdict { answered, denied, unclear };
DRAGLINE_DECL probe_verdict verdict_of(const answer& outcome) noexcept;

// A label that nobody has: 12 to 24 letters and digits, a letter first.
DRAGLINE_DECL std::string random_label(async::random_source& random);

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/wildcard_check.ipp>
