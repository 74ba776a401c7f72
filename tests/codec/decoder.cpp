#include <dragline/codec/decoder.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace codec = dragline::codec;

namespace {

// A coding of one's own: every byte stands twice.
class halving_decoder final : public codec::decoder {
public:
    dragline::result<step> decode(std::string_view input, std::span<char> out) override {
        const std::size_t pairs = std::min(input.size() / 2, out.size());
        for (std::size_t i = 0; i < pairs; ++i) out[i] = input[2 * i];
        return step{2 * pairs, pairs, true};
    }
    std::error_code finish() override { return {}; }
};

}  // namespace

TEST_CASE("a coding of one's own fits the decoder interface", "[codec][decoder]") {
    const std::unique_ptr<codec::decoder> coding = std::make_unique<halving_decoder>();
    std::array<char, 2> out{};
    const auto step = coding->decode("aabbcc", out).value();
    CHECK(step.consumed == 4);
    CHECK(step.produced == 2);
    CHECK(std::string(out.data(), 2) == "ab");
    CHECK_FALSE(coding->finish());
}

TEST_CASE("a step of a decoder begins as nothing", "[codec][decoder]") {
    const codec::decoder::step none;
    CHECK(none.consumed == 0);
    CHECK(none.produced == 0);
    CHECK_FALSE(none.finished);
}
