// A message body as its Content-Encoding says it is coded.
#pragma once

#include <dragline/codec/decoder.hpp>
#include <dragline/codec/error.hpp>
#include <dragline/codec/limits.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::codec {

/// Decodes a body that was coded once or several times over, and stops bombs.
///
/// The ratio holds for every coding of the stack against the bytes that were received, so stacked bombs do
/// not multiply. Default constructed it passes everything through.
class content_decoder {
public:
    /// What write() came to.
    enum class progress {
        more,     ///< All input is decoded as far as it can be.
        stopped,  ///< The sink returned false; nothing more is decoded, now or later.
    };

    content_decoder() {}

    /// For the value of Content-Encoding, all its fields joined by commas; empty means not coded.
    ///
    /// Errors: errc::unknown_coding, errc::too_many_codings.
    static result<content_decoder> make(std::string_view content_encoding, decoding_limits limits = {});

    /// Whether bytes pass through unchanged.
    bool identity() const noexcept { return stages_.empty(); }

    /// Decodes `input` and calls `sink(piece)` with each decoded piece, none of them empty, until it returns
    /// false.
    ///
    /// Pieces live during the call only. An error is final, and repeats; what was decoded before it is
    /// delivered.
    template <std::predicate<std::string_view> Sink>
    result<progress> write(std::string_view input, Sink&& sink) {
        auto call = [&sink](std::string_view piece) -> bool { return sink(piece); };
        return write_to(input, {&call, [](void* target, std::string_view piece) {
                                    return (*static_cast<decltype(call)*>(target))(piece);
                                }});
    }

    /// Decodes into `out`, which must not be empty, instead: for readers that set the pace. Takes as much of
    /// `input` as it needs for that, in step::consumed.
    ///
    /// It produces nothing only when it has taken all of the input and needs more of it; with an empty input,
    /// when nothing is left inside. The sizes are bounded by those of `out`. Use either this or write().
    result<decoder::step> read(std::string_view input, std::span<char> out);

    /// The body has ended: errc::truncated unless every coding is complete. A body of no bytes at all is
    /// complete: servers label empty bodies too.
    std::error_code finish();

private:
    struct piece_sink {
        void* target;
        bool (*call)(void*, std::string_view);
    };
    struct stage {
        std::unique_ptr<decoder> coding;
        std::vector<char> buffer;
        std::uint64_t decoded = 0;
        std::string_view unread = {};  // of what read() has in the buffer
    };

    result<progress> write_to(std::string_view input, piece_sink sink);
    result<progress> run_stage(std::size_t index, std::string_view input, piece_sink sink);
    result<std::size_t> pull(std::size_t index, std::string_view& input, std::span<char> out);

    decoding_limits limits_;
    std::vector<stage> stages_;  // in the order of decoding: the last coding named comes first
    std::uint64_t received_ = 0;
    std::error_code error_;
    bool stopped_ = false;
};

}  // namespace dragline::codec

#include <dragline/codec/impl/content_decoder.ipp>
