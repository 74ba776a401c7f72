// What c-ares says went wrong, as an error of ours.
#pragma once

#include <dragline/core/features.hpp>

#include <system_error>

namespace dragline::inline v1::dns::detail {

// `status`: ARES_E..., which is not ARES_SUCCESS.
DRAGLINE_DECL std::error_code error_of_ares(int status) noexcept;

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/ares_error.ipp>
