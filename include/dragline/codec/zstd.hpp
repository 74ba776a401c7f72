// The coding zstd. The only files that know libzstd are this one and its .ipp.
#pragma once

#include <dragline/codec/decoder.hpp>
#include <dragline/codec/detail/guarded_decoder.hpp>
#include <dragline/codec/error.hpp>
#include <dragline/codec/limits.hpp>
#include <dragline/core/features.hpp>

#include <memory>

namespace dragline::inline v1::codec {

/// zstd (RFC 8878, with the window of RFC 9659): any number of frames up to the limit, skippable ones
/// included, lengths and checksums verified where a frame has them.
///
/// What begins no frame is errc::corrupt, after a frame errc::trailing_garbage. Dictionaries and the formats
/// from before the RFC are errc::corrupt. Of a corrupt block, how much is handed out first depends on the
/// pieces. Null when this build has no libzstd.
DRAGLINE_DECL std::unique_ptr<decoder> make_zstd_decoder(decoding_limits limits = {});

}  // namespace dragline::codec

#include <dragline/codec/impl/zstd.ipp>
