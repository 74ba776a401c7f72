// How far an attempt at a request has come, and so where it failed.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/core/features.hpp>
#include <dragline/net/connect_trace.hpp>

#include <cstdint>
#include <exception>
#include <system_error>

namespace dragline::inline v1::http::detail {

enum class attempt_stage : std::uint8_t { queue, connecting, writing, waiting, reading };

/// What the code says, else what the stage does; phase::none without an error.
phase attempt_failed_in(std::error_code ec, attempt_stage at, const net::connect_trace& connection) noexcept;

/// The code of what ends a fetch; `thrown` becomes what a callback of the user threw, if it was one.
std::error_code unwrap(std::exception_ptr& thrown) noexcept;

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/attempt_stage.ipp>
