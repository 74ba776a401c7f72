// Included by <dragline/net/proxies/detail/proxy_handshake.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL result<std::size_t> socks_handshake::receive(std::string_view input) {
    std::size_t used = 0;
    while (!error_ && wanted() > 0) {
        const auto size = std::min(wanted(), input.size() - used);
        held_.append(input.substr(used, size));
        used += size;
        if (wanted() > 0) break;
        error_ = step();
    }
    if (error_) return error_;
    return used;
}

}  // namespace dragline::net::detail

#endif
