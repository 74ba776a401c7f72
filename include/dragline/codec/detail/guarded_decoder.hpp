// What the decoders of every library have in common: the loop, the ratio, the end.
#pragma once

#include <dragline/codec/decoder.hpp>
#include <dragline/codec/error.hpp>
#include <dragline/codec/limits.hpp>
#include <dragline/core/features.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::codec::detail {

class guarded_decoder : public decoder {
public:
    explicit guarded_decoder(decoding_limits limits) : limits_(limits) {}

    result<step> decode(std::string_view input, std::span<char> out) final;
    std::error_code finish() final;

protected:
    /// Decodes what it can with one call of the library; neither consumes nor produces when it needs more.
    /// What was produced beside an error counts.
    virtual std::error_code advance(std::string_view input, std::span<char> out, step& done) = 0;

    const decoding_limits& limits() const noexcept { return limits_; }

private:
    decoding_limits limits_;
    std::uint64_t coded_ = 0, decoded_ = 0;
    bool complete_ = false;
    std::error_code error_;
};

}  // namespace dragline::codec::detail

#include <dragline/codec/detail/impl/guarded_decoder.ipp>
