// The coding br. The only files that know brotli are this one and its .ipp.
#pragma once

#include <dragline/codec/decoder.hpp>
#include <dragline/codec/detail/guarded_decoder.hpp>
#include <dragline/codec/error.hpp>
#include <dragline/codec/limits.hpp>
#include <dragline/core/features.hpp>

#include <memory>

namespace dragline::inline v1::codec {

/// br (RFC 7932): one stream; any byte after it is errc::trailing_garbage. Large windows, which the RFC does
/// not have, are errc::corrupt, so a decoder holds 16 MiB at most.
///
/// Of a stream that turns out to be corrupt, how much is decoded first depends on the pieces: the library
/// keeps up to a window back. Null when this build has no brotli.
DRAGLINE_DECL std::unique_ptr<decoder> make_brotli_decoder(decoding_limits limits = {});

}  // namespace dragline::codec

#include <dragline/codec/impl/brotli.ipp>
