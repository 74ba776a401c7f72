// Included by <dragline/codec/codings.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <system_error>

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

// A list, joined by commas when it is compiled.
class coding_list {
public:
    constexpr coding_list& add(std::string_view name, bool built_in) {
        if (!built_in) return *this;
        if (size_ != 0) append(", ");
        return append(name);
    }
    constexpr std::string_view text() const noexcept { return {text_.data(), size_}; }

private:
    constexpr coding_list& append(std::string_view text) {
        for (const char c : text) text_[size_++] = c;
        return *this;
    }

    std::array<char, 32> text_{};
    std::size_t size_ = 0;
};

// zstd and br make less of a text than gzip does, and zstd decodes faster.
inline constexpr coding_list decodable = coding_list()
                                             .add("zstd", features::zstd)
                                             .add("br", features::brotli)
                                             .add("gzip", features::zlib)
                                             .add("deflate", features::zlib);

}  // namespace detail

DRAGLINE_DECL std::unique_ptr<decoder> make_decoder(std::string_view coding, decoding_limits limits) {
    const auto is = [&](std::string_view name) { return ascii::equals_ignoring_case(coding, name); };
    if (is("gzip") || is("x-gzip")) return make_gzip_decoder(limits);
    if (is("deflate")) return make_deflate_decoder(limits);
    if (is("br")) return make_brotli_decoder(limits);
    if (is("zstd")) return make_zstd_decoder(limits);
    if (is("identity")) return std::make_unique<detail::identity_decoder>();
    return nullptr;
}

DRAGLINE_DECL std::string_view accept_encoding() noexcept { return detail::decodable.text(); }

}  // namespace dragline::codec

#endif
