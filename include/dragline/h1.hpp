// HTTP/1.x syntax (RFC 9112), strict and without I/O: heads, chunked bodies, message framing, writing.
// Start with response_head_parser (head_parser.hpp), then response_framing() says how the body ends.
#pragma once

#include <dragline/h1/chunked.hpp>
#include <dragline/h1/error.hpp>
#include <dragline/h1/field.hpp>
#include <dragline/h1/framing.hpp>
#include <dragline/h1/head_parser.hpp>
#include <dragline/h1/head_writer.hpp>
#include <dragline/h1/limits.hpp>
