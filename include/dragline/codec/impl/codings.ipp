// Included by <dragline/codec/codings.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::codec {
namespace detail {

class identity_decoder final : public decoder {
public:
    result<step> decode(std::string_view input, std::span<char> out) override {
        const std::size_t size = std::min(input.size(), out.size());
        std::copy_n(input.data(), size, out.data());
        return step{size, size, true};
    }
    std::error_code finish() override { return {}; }
};

}  // namespace detail

DRAGLINE_DECL std::unique_ptr<decoder> make_decoder(std::string_view coding, decoding_limits limits) {
    const auto is = [&](std::string_view name) { return ascii::equals_ignoring_case(coding, name); };
    if (is("gzip") || is("x-gzip")) return make_gzip_decoder(limits);
    if (is("deflate")) return make_deflate_decoder(limits);
    if (is("identity")) return std::make_unique<detail::identity_decoder>();
    return nullptr;
}

DRAGLINE_DECL std::string_view accept_encoding() noexcept { return features::zlib ? "gzip, deflate" : ""; }

}  // namespace dragline::codec

#endif
