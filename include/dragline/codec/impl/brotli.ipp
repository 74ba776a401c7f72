// Included by <dragline/codec/brotli.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#if DRAGLINE_WITH_BROTLI

#include <brotli/decode.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::codec::detail {

struct destroy_brotli {
    void operator()(BrotliDecoderState* state) const noexcept { BrotliDecoderDestroyInstance(state); }
};

class brotli_decoder final : public guarded_decoder {
public:
    explicit brotli_decoder(decoding_limits limits)
        : guarded_decoder(limits), state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {
        if (!state_) throw std::bad_alloc();
        BrotliDecoderSetParameter(state_.get(), BROTLI_DECODER_PARAM_LARGE_WINDOW, BROTLI_FALSE);
    }

private:
    std::error_code advance(std::string_view input, std::span<char> out, step& done) override {
        if (ended_) {
            done.finished = true;
            return input.empty() ? std::error_code() : errc::trailing_garbage;
        }
        const auto* next = reinterpret_cast<const std::uint8_t*>(input.data());
        auto* to = reinterpret_cast<std::uint8_t*>(out.data());
        std::size_t left = input.size(), room = out.size();
        const auto status = BrotliDecoderDecompressStream(state_.get(), &left, &next, &room, &to, nullptr);
        ended_ = status == BROTLI_DECODER_RESULT_SUCCESS;
        done = {input.size() - left, out.size() - room, ended_};
        return status == BROTLI_DECODER_RESULT_ERROR ? failure() : std::error_code();
    }

    std::error_code failure() const {
        const auto code =
            BrotliDecoderGetErrorCode(state_.get());  // negative; those of memory stand together
        const bool memory = code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
                            code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
        return memory ? std::make_error_code(std::errc::not_enough_memory) : errc::corrupt;
    }

    std::unique_ptr<BrotliDecoderState, destroy_brotli> state_;
    bool ended_ = false;  // and all that was decoded is handed out
};

}  // namespace dragline::codec::detail

#endif

namespace dragline::inline v1::codec {

DRAGLINE_DECL std::unique_ptr<decoder> make_brotli_decoder([[maybe_unused]] decoding_limits limits) {
#if DRAGLINE_WITH_BROTLI
    return std::make_unique<detail::brotli_decoder>(limits);
#else
    return nullptr;
#endif
}

}  // namespace dragline::codec

#endif
