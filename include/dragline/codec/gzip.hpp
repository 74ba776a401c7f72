// The codings of zlib, decoded, and gzip, encoded. The only files that know zlib are this one and its .ipp.
#pragma once

#include <dragline/codec/decoder.hpp>
#include <dragline/codec/detail/guarded_decoder.hpp>
#include <dragline/codec/error.hpp>
#include <dragline/codec/limits.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

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

namespace detail {
class deflate_stream;
}

/// Encodes content as one gzip member, piece by piece, into buffers of the caller: a request, say.
///
///     gzip_encoder coder;
///     for each piece: until it is consumed: coder.encode(piece, out)
///     until finished: coder.finish(out)
///
/// Equal content gives equal bytes: the header has neither time nor name. Holds 256 KiB from the first call
/// on.
class gzip_encoder {
public:
    /// What one call did.
    struct step {
        std::size_t consumed = 0;  ///< Bytes of the input that are done with.
        std::size_t produced = 0;  ///< Bytes written to the front of the output.
        bool finished = false;     ///< The coded stream is complete.
    };

    /// `level` is 1, the fastest, to 9, the smallest; 0 does not compress.
    explicit gzip_encoder(int level = default_level);
    gzip_encoder(gzip_encoder&&) noexcept;
    gzip_encoder& operator=(gzip_encoder&&) noexcept;
    ~gzip_encoder();

    static constexpr int default_level = 6;

    /// Encodes some of `input`, which need not be consumed whole, into `out`, which must not be empty. Often
    /// it produces nothing: the coder gathers input.
    ///
    /// Errors: dragline::errc::not_supported without zlib, invalid_option for a level that does not exist.
    /// Throws std::logic_error after finish().
    result<step> encode(std::string_view input, std::span<char> out);

    /// The content has ended: gives the rest, in as many calls as it takes until step::finished.
    result<step> finish(std::span<char> out);

private:
    result<step> run(std::string_view input, std::span<char> out);

    int level_;
    bool finishing_ = false;
    std::unique_ptr<detail::deflate_stream> stream_;
};

/// The whole of `content` as gzip; the errors are those of gzip_encoder.
DRAGLINE_DECL result<std::string> encode_gzip(std::string_view content,
                                              int level = gzip_encoder::default_level);

}  // namespace dragline::codec

#include <dragline/codec/impl/gzip.ipp>
