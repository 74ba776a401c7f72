// The interface of one content coding.
#pragma once

#include <dragline/core/result.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::codec {

/// Decodes one coding, piece by piece, into buffers of the caller. Made by make_decoder().
class decoder {
public:
    /// What one call did.
    struct step {
        std::size_t consumed = 0;  ///< Bytes of the input that are done with.
        std::size_t produced = 0;  ///< Bytes written to the front of the output.
        bool finished =
            false;  ///< What was consumed so far is a complete stream; more may follow all the same.
    };

    virtual ~decoder() = default;

    /// Decodes some of `input`, which need not be consumed whole, into `out`, which must not be empty.
    ///
    /// Call again with the rest until the input is consumed and a call produces nothing. An error is final,
    /// repeats, and comes only when all that was decoded before it has been handed out.
    virtual result<step> decode(std::string_view input, std::span<char> out) = 0;

    /// The input has ended: errc::truncated unless the stream is complete.
    virtual std::error_code finish() = 0;
};

}  // namespace dragline::codec
