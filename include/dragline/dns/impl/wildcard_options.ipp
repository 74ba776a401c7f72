// Included by <dragline/dns/wildcard_options.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {

DRAGLINE_DECL std::error_code wildcard_options::problem() const noexcept {
    if (const auto ec = query_.problem()) return ec;
    const bool good = probes_ >= 1 && probes_ <= 100;
    return good ? std::error_code() : make_error_code(dragline::errc::invalid_option);
}

}  // namespace dragline::dns

#endif
