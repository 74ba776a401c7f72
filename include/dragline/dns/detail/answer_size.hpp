// What an answer takes of the memory.
#pragma once

#include <dragline/dns/answer.hpp>

#include <cstddef>

namespace dragline::inline v1::dns::detail {

// In bytes, close enough to bound a cache.
DRAGLINE_DECL std::size_t memory_of(const answer& value) noexcept;

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/answer_size.ipp>
