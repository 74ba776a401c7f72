// The servers that c-ares finds, where the system has no resolv.conf.
#pragma once

#include <dragline/dns/server.hpp>

#include <vector>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::vector<server> ares_system_servers();

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/ares_system_servers.ipp>
