// What must hold for every codec, whatever the bytes.
#pragma once

#include <dragline/net/framing/frame_codec.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::test {

/// What a stream of bytes held.
struct frame_list {
    std::vector<std::string> frames;  // each encoded again
    std::string left;
    std::error_code ec;

    bool operator==(const frame_list&) const = default;
};

/// Gives the input to the codec in two pieces, as a stream would: it asks again only when there are as many
/// bytes as it was told to wait for. False in `honest` when that would have missed a frame.
template <class Codec>
frame_list decode_split(const Codec& codec, std::string_view input, std::size_t split, bool& honest) {
    frame_list list;
    std::string buffer;
    const auto take = [&] {
        for (std::size_t seen = 0; !list.ec;) {
            auto step = codec.decode(buffer, seen);
            if (!step) return void(list.ec = step.error());
            if (step->size == 0) {
                honest = honest && step->needed > buffer.size();
                return;
            }
            std::string again;
            list.ec = codec.encode(step->frame, again).error();
            honest = honest && again == buffer.substr(0, step->size);
            list.frames.push_back(std::move(again));
            buffer.erase(0, step->size);
        }
    };
    for (const auto piece : {input.substr(0, split), input.substr(split)}) {
        buffer += piece;
        take();
    }
    if (!list.ec) list.left = buffer;
    return list;
}

/// Every split of the input gives what the whole gives, and what is decoded is encoded as it was.
template <class Codec>
bool same_for_every_split(const Codec& codec, std::string_view input) {
    bool honest = true;
    const auto whole = decode_split(codec, input, input.size(), honest);
    for (std::size_t split = 0; split < input.size(); ++split) {
        if (decode_split(codec, input, split, honest) != whole) return false;
    }
    return honest;
}

}  // namespace dragline::test
