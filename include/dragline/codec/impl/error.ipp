// Included by <dragline/codec/error.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::codec {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct codec_category final : category {
        const char* name() const noexcept override { return "dragline.codec"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::unknown_coding: return "unknown content coding";
                case errc::too_many_codings: return "too many content codings";
                case errc::corrupt: return "compressed data is corrupt";
                case errc::truncated: return "compressed data is truncated";
                case errc::trailing_garbage: return "garbage after the end of compressed data";
                case errc::ratio_exceeded: return "compressed data expands too much";
                case errc::too_many_members: return "too many gzip members or zstd frames";
                case errc::window_too_large: return "zstd window is too large";
                case errc::unknown_charset: return "unknown charset";
            }
            return "unknown content coding error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::too_many_codings:
                case errc::ratio_exceeded:
                case errc::too_many_members:
                case errc::window_too_large: return condition::limit_exceeded;
                case errc::unknown_coding:
                case errc::unknown_charset:
                case errc::corrupt:
                case errc::truncated:
                case errc::trailing_garbage: return condition::protocol_error;
            }
            return {code, *this};
        }

        phase phase_of(int) const noexcept override { return phase::read; }
    };
    static const codec_category instance;
    return instance;
}

}  // namespace dragline::codec

#endif
