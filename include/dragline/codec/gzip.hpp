// The codings that zlib decodes. The only files that know zlib are this one and its .ipp.
#pragma once

#include <dragline/codec/decoder.hpp>
#include <dragline/codec/error.hpp>
#include <dragline/codec/limits.hpp>
#include <dragline/core/features.hpp>

#include <memory>

namespace dragline::inline v1::codec {

/// gzip (RFC 1952): any number of members up to the limit, checksums and lengths verified, the header's own
/// included.
///
/// Zeros after the last member are padding, as gzip itself treats them; anything else is
/// errc::trailing_garbage. Null when this build has no zlib.
DRAGLINE_DECL std::unique_ptr<decoder> make_gzip_decoder(decoding_limits limits = {});

/// deflate: zlib streams (RFC 1950), as the standard says, or raw ones (RFC 1951), as some servers send; the
/// first two bytes tell. Zeros may follow the end here too. Null when this build has no zlib.
DRAGLINE_DECL std::unique_ptr<decoder> make_deflate_decoder(decoding_limits limits = {});

}  // namespace dragline::codec

#include <dragline/codec/impl/gzip.ipp>
