// Codings by their names in Accept-Encoding and Content-Encoding.
#pragma once

#include <dragline/codec/brotli.hpp>
#include <dragline/codec/decoder.hpp>
#include <dragline/codec/gzip.hpp>
#include <dragline/codec/limits.hpp>
#include <dragline/codec/zstd.hpp>
#include <dragline/core/features.hpp>

#include <memory>
#include <string_view>

namespace dragline::inline v1::codec {

/// A decoder for one coding: `gzip`, `x-gzip`, `deflate`, `br`, `zstd`, `identity`, without regard to case;
/// null when it is unknown or this build does not have it.
DRAGLINE_DECL std::unique_ptr<decoder> make_decoder(std::string_view coding, decoding_limits limits = {});

/// The value of Accept-Encoding for what this build can decode, best first; empty when that is nothing.
DRAGLINE_DECL std::string_view accept_encoding() noexcept;

}  // namespace dragline::codec

#include <dragline/codec/impl/codings.ipp>
