// Included by <dragline/net/connected.hpp> only.
#pragma once

#include <dragline/net/detail/socket_setup.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net {

DRAGLINE_DECL result<endpoint> connected::local_endpoint() const { return detail::local_endpoint_of(*layer); }

}  // namespace dragline::net

#endif
