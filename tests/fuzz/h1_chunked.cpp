// Properties: pieces of any size give the answer of the unsplit input; no more is consumed than there is; a
// decoded body that is written again decodes to the same. Input: one byte of limits, one that is the size of
// the pieces, then the body.
#include <dragline/h1.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace h1 = dragline::h1;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct outcome {
    std::error_code error;
    std::string data, trailers;
    std::size_t consumed = 0;
    bool finished = false;
    bool operator==(const outcome&) const = default;
};

outcome decode(std::string_view input, std::size_t piece, h1::chunked_limits limits) {
    h1::chunked_decoder decoder(limits);
    outcome out;
    while (!input.empty() && !out.error && !out.finished) {
        const std::vector<char> memory(
            input.begin(), input.begin() + static_cast<std::ptrdiff_t>(std::min(piece, input.size())));
        std::string_view rest(memory.data(), memory.size());
        input.remove_prefix(rest.size());
        while (!rest.empty() && !out.error && !out.finished) {
            const auto step = decoder.next(rest);
            out.error = step.error();
            require(step->consumed <= rest.size() && (step->consumed != 0 || !step || step->finished));
            out.data += step->data;
            out.consumed += step->consumed;
            out.finished = step->finished;
            rest.remove_prefix(step->consumed);
        }
    }
    require(out.finished == decoder.finished() && out.finished == !decoder.finish());
    for (const auto& one : decoder.trailers()) h1::append_field(out.trailers, one.name, one.value);
    if (out.error) out.consumed = 0;
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
    h1::chunked_limits limits;
    if (data[0] & 1) limits.max_extension(data[0] / 16u);
    if (data[0] & 2) limits.max_extension_total(data[0] / 8u);
    if (data[0] & 4) limits.max_trailer_size(data[0] / 4u);
    if (data[0] & 8) limits.max_trailers(data[0] / 64u);

    const auto whole = decode(input, input.size(), limits);
    require(decode(input, data[1] + std::size_t{1}, limits) == whole);
    require(whole.data.size() + whole.trailers.size() <= 2 * input.size());
    if (!whole.finished) return 0;

    std::string written;
    if (!whole.data.empty()) {
        h1::append_chunk_size(written, whole.data.size());
        written.append(whole.data).append(h1::line_end);
    }
    written.append("0\r\n").append(whole.trailers).append(h1::line_end);
    const auto again = decode(written, 7, h1::chunked_limits().max_trailer_size(2 * size));
    require(again.finished && again.consumed == written.size());
    require(again.data == whole.data && again.trailers == whole.trailers);
    return 0;
}
