// What differs between the releases of c-ares: that which is loaded counts, not the header.
#pragma once

#include <dragline/core/features.hpp>

namespace dragline::inline v1::dns::detail {

// Whether it reads every message into records and writes it anew, as from 1.28 on: it may fail at one that is
// none of its business; see direct_query. Before, it compares questions as they stand; see ares_sockets.
DRAGLINE_DECL bool ares_rewrites_messages() noexcept;

// How often it may send a query. From 1.32 on it waits as long as a server took lately, with 250 ms as the
// least: it gives up early unless it may send again by itself.
DRAGLINE_DECL int ares_tries() noexcept;

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/ares_release.ipp>
