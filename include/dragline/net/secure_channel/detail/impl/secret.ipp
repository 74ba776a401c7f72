// Included by <dragline/net/secure_channel/detail/secret.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <openssl/crypto.h>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL void wipe(std::span<std::uint8_t> bytes) noexcept {
    OPENSSL_cleanse(bytes.data(), bytes.size());
}

}  // namespace dragline::net::detail

#endif
