// Probes a domain for wildcards: for a yes or no, or for evidence.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/dns/detail/resolver_core.hpp>
#include <dragline/dns/wildcards/wildcard_evidence.hpp>
#include <dragline/dns/wildcards/wildcard_options.hpp>

#include <asio/awaitable.hpp>

#include <memory>
#include <string>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL asio::awaitable<result<bool>> check_wildcard(std::shared_ptr<resolver_core> core,
                                                           std::string domain, wildcard_options options);

DRAGLINE_DECL asio::awaitable<result<wildcard_evidence>> collect_evidence(std::shared_ptr<resolver_core> core,
                                                                          std::string domain,
                                                                          wildcard_options options);

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/wildcard_op.ipp>
