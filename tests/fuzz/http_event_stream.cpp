// Properties: however a stream is cut into pieces, its events are the same; all their text is valid UTF-8, no
// field is longer than the limits allow, and none has what its line could not have.
#include <dragline/codec/charset.hpp>
#include <dragline/http/events/event_stream_parser.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace http = dragline::http;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct outcome {
    std::vector<http::server_event> events;
    std::string last_id;
    std::error_code ec;
    bool operator==(const outcome&) const = default;
};

outcome read(std::string_view stream, std::size_t piece_size) {
    http::event_stream_parser parser(http::event_stream_limits().max_line(64).max_data(100));
    outcome out;
    while (!stream.empty() && !out.ec) {
        auto piece = stream.substr(0, piece_size);
        stream.remove_prefix(piece.size());
        while (!piece.empty() && !out.ec) {
            const auto step = parser.next(piece);
            out.ec = step.error();
            if (out.ec) break;
            require(step->complete || step->consumed == piece.size());
            piece.remove_prefix(step->consumed);
            if (step->complete) out.events.push_back(parser.event());
        }
    }
    out.last_id = parser.last_event_id();
    return out;
}

void check_text(std::string_view text, std::size_t most) {
    require(text.size() <= most && text.find('\r') == text.npos);
    require(dragline::codec::to_valid_utf8(text) == text);
}

}  // namespace

// The first byte is the size of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = read(stream, std::max<std::size_t>(stream.size(), 1));
    require(whole == read(stream, 1 + data[0] % 32));
    for (const auto& event : whole.events) {
        check_text(event.type, 3 * 64);
        check_text(event.data, 100);
        check_text(event.id, 3 * 64);
        require(!event.type.empty() && event.type.find('\n') == event.type.npos);
        require(event.id.find('\0') == event.id.npos && event.id.find('\n') == event.id.npos);
    }
    return 0;
}
