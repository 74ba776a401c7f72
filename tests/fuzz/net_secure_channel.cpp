// Properties: bytes of who has not the key make no session and no message, in the handshake or after; with a
// replay window, what an honest peer sends is still read, once, whatever comes between.
#include "net/secure_channel/channel_pair.hpp"

#include <dragline/net/secure_channel/secure_channel.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace net = dragline::net;
using dragline::test::channel_pair;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

net::secure_channel_options options(std::size_t window) {
    return net::secure_channel_options()
        .key(dragline::test::channel_key())
        .max_message(1000)
        .rekey_after(4, 1000)
        .replay_window(window);
}

std::size_t next(std::string_view& script) {
    if (script.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(script.front());
    script.remove_prefix(1);
    return byte;
}

// Packets of a stranger, to either end of a handshake.
void give_raw_bytes(net::channel_role role, std::string_view input) {
    net::secure_channel channel(role, options(0));
    std::string out;
    require(channel.start(out).has_value());
    while (!input.empty()) {
        const auto step = channel.packets().decode(input, 0);
        if (!step || step->size == 0) break;
        input.remove_prefix(step->size);
        require(!channel.handshake(step->frame, out));
        require(!channel.open(step->frame));
    }
    require(!channel.established());
}

// Packets of the handshake, changed on the way.
void change_handshake(std::string_view script) {
    channel_pair pair(options(0), options(0));
    const auto which = next(script) % 3;
    bool changed = false;
    pair.tamper = [&](std::size_t number, std::string& packet) {
        if (number != which) return;
        while (!script.empty()) {
            const auto at = next(script) % packet.size();
            const auto flip = static_cast<char>(next(script));
            packet[at] = static_cast<char>(packet[at] ^ flip);
        }
        changed = packet != pair.said.back();
    };
    const bool connected = pair.connect();
    require(connected == !changed);
}

// An honest client, and a network that forges, repeats, delays and loses.
void run_session(std::string_view script) {
    channel_pair pair(options(64), options(64));
    require(pair.connect());
    std::vector<std::string> sent;
    std::set<std::size_t> got;
    while (!script.empty()) {
        const auto operation = next(script) % 4;
        const auto detail = next(script);
        if (operation == 0 || sent.empty()) {
            sent.push_back(channel_pair::seal(pair.client, std::to_string(sent.size())));
            continue;
        }
        const auto which = sent.size() - 1 - detail % std::min<std::size_t>(sent.size(), 8);
        auto packet = sent[which];
        if (operation == 1) {
            const auto at = next(script) % packet.size();
            packet[at] = static_cast<char>(packet[at] ^ (1 << detail % 8));
            require(!channel_pair::open(pair.server, packet));
        } else if (operation == 2) {
            const auto opened = channel_pair::open(pair.server, packet);
            require(!opened || (opened->text == std::to_string(which) && got.insert(which).second));
        } else {
            const auto opened = channel_pair::open(pair.client, packet);
            require(opened.error() == net::errc::packet_reflected);
        }
    }
    const auto last = channel_pair::seal(pair.client, "last");
    // Epochs of which nothing arrived may be lost for good; else it goes on.
    if (sent.size() < 4) require(channel_pair::open(pair.server, last)->text == "last");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(data), size);
    switch (next(input) % 4) {
        case 0: give_raw_bytes(net::channel_role::server, input); break;
        case 1: give_raw_bytes(net::channel_role::client, input); break;
        case 2: change_handshake(input.substr(0, 64)); break;
        case 3: run_session(input.substr(0, 200)); break;
    }
    return 0;
}
