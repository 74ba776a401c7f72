// Content codings (RFC 9110, 8.4): gzip and deflate, decoded as they arrive, guarded against bombs.
// Start with content_decoder; decoder and make_decoder() are one coding alone.
#pragma once

#include <dragline/codec/codings.hpp>
#include <dragline/codec/content_decoder.hpp>
#include <dragline/codec/decoder.hpp>
#include <dragline/codec/error.hpp>
#include <dragline/codec/gzip.hpp>
#include <dragline/codec/limits.hpp>
