// Content codings (RFC 9110, 8.4): gzip, deflate, br and zstd, decoded as they arrive, guarded against bombs;
// gzip is encoded, too. Start with content_decoder; decoder and make_decoder() are one coding alone, and
// gzip_encoder is the way back.
#pragma once

#include <dragline/codec/brotli.hpp>
#include <dragline/codec/charset.hpp>
#include <dragline/codec/codings.hpp>
#include <dragline/codec/content_decoder.hpp>
#include <dragline/codec/decoder.hpp>
#include <dragline/codec/error.hpp>
#include <dragline/codec/gzip.hpp>
#include <dragline/codec/limits.hpp>
#include <dragline/codec/zstd.hpp>
