#include <dragline/net/secure_channel/secure_channel.hpp>

#include "channel_pair.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using namespace std::string_literals;
using dragline::net::channel_cipher;
using dragline::net::channel_role;
using dragline::net::errc;
using dragline::net::secure_channel;
using dragline::net::secure_channel_options;
using dragline::test::channel_key;
using dragline::test::channel_pair;

namespace {

secure_channel_options keyed() { return secure_channel_options().key(channel_key()); }

// Datagrams, of which each may be lost or come late.
secure_channel_options lossy(std::size_t window = 64) { return keyed().replay_window(window); }

std::string message_in(secure_channel& to, const std::string& packet) {
    auto opened = channel_pair::open(to, packet);
    return opened ? opened->text : opened.error().message();
}

}  // namespace

TEST_CASE("messages go both ways, with either cipher", "[net][secure_channel]") {
    const auto cipher = GENERATE(channel_cipher::chacha20_poly1305, channel_cipher::aes_256_gcm);
    channel_pair pair(keyed().cipher(cipher), keyed().cipher(cipher));
    REQUIRE(pair.connect());
    for (const auto& text : {"hello"s, ""s, std::string(100'000, 'x')}) {
        CHECK(message_in(pair.server, channel_pair::seal(pair.client, text)) == text);
        CHECK(message_in(pair.client, channel_pair::seal(pair.server, text)) == text);
    }
    const auto packet = channel_pair::seal(pair.client, "hello");
    CHECK(packet.size() == 16 + 5 + 16);
    CHECK(packet.substr(0, 8) == "\1\4\0\0\0\0\0\x15"s);
    CHECK(packet.find("hello") == packet.npos);
}

TEST_CASE("each session has keys of its own, though the pre-shared key is the same",
          "[net][secure_channel]") {
    channel_pair first(keyed(), keyed()), second(keyed(), keyed());
    REQUIRE(first.connect());
    REQUIRE(second.connect());
    const auto packet = channel_pair::seal(first.client, "once");
    CHECK(packet != channel_pair::seal(second.client, "once"));
    CHECK(channel_pair::open(second.server, packet).error() == errc::packet_not_authentic);
}

TEST_CASE("another key is told apart in the handshake, at both ends", "[net][secure_channel]") {
    channel_pair pair(keyed(), keyed().key(std::string(32, 'x')));
    CHECK(!pair.connect());
    CHECK(pair.server_error == errc::wrong_channel_key);
    CHECK(pair.client_error == errc::wrong_channel_key);
    CHECK(!pair.client.established());
    std::string out;
    CHECK(pair.server.seal("x", out).error() == errc::wrong_channel_key);
    CHECK(channel_pair::open(pair.server, pair.said.at(0)).error() == errc::wrong_channel_key);
}

TEST_CASE("another cipher is told apart in the handshake, at both ends", "[net][secure_channel]") {
    channel_pair pair(keyed(), keyed().cipher(channel_cipher::aes_256_gcm));
    CHECK(!pair.connect());
    CHECK(pair.server_error == errc::channel_cipher_mismatch);
    CHECK(pair.client_error == errc::channel_cipher_mismatch);
}

TEST_CASE("a handshake that was tampered with anywhere fails", "[net][secure_channel]") {
    channel_pair honest(keyed(), keyed());
    REQUIRE(honest.connect());
    REQUIRE(honest.said.size() == 3);
    for (std::size_t which = 0; which < 3; ++which) {
        for (std::size_t at = 0; at < honest.said[which].size(); at += at < 16 ? 1 : 7) {
            CAPTURE(which, at);
            channel_pair pair(keyed(), keyed());
            pair.tamper = [&](std::size_t number, std::string& packet) {
                if (number == which) packet[at] = static_cast<char>(packet[at] ^ 0x11);
            };
            CHECK(!pair.connect());
            CHECK((pair.client_error || pair.server_error));
        }
    }
}

TEST_CASE("a recorded hello gives no session to who has no key", "[net][secure_channel]") {
    channel_pair recorded(keyed(), keyed());
    REQUIRE(recorded.connect());
    secure_channel server(channel_role::server, keyed());
    std::string out;
    REQUIRE(server.start(out));
    REQUIRE(channel_pair::handshake(server, recorded.said[0], out));
    CHECK(channel_pair::handshake(server, recorded.said[2], out).error() == errc::wrong_channel_key);
    CHECK(!server.established());
}

TEST_CASE("every flipped bit of a packet is found", "[net][secure_channel]") {
    const auto cipher = GENERATE(channel_cipher::chacha20_poly1305, channel_cipher::aes_256_gcm);
    channel_pair pair(lossy().cipher(cipher), lossy().cipher(cipher));
    REQUIRE(pair.connect());
    const auto packet = channel_pair::seal(pair.client, "abc");
    for (std::size_t bit = 0; bit < packet.size() * 8; ++bit) {
        CAPTURE(bit);
        auto changed = packet;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
        CHECK(channel_pair::open(pair.server, changed).error());
    }
    CHECK(message_in(pair.server, packet) == "abc");
}

TEST_CASE("one packet that was tampered with ends a channel that keeps order", "[net][secure_channel]") {
    const auto cipher = GENERATE(channel_cipher::chacha20_poly1305, channel_cipher::aes_256_gcm);
    channel_pair pair(keyed().cipher(cipher), keyed().cipher(cipher));
    REQUIRE(pair.connect());
    const auto packet = channel_pair::seal(pair.client, "abc");
    auto changed = packet;
    changed[16] = static_cast<char>(changed[16] ^ 1);
    CHECK(channel_pair::open(pair.server, changed).error() == errc::packet_not_authentic);
    CHECK(channel_pair::open(pair.server, packet).error() == errc::packet_not_authentic);
    std::string out;
    CHECK(pair.server.seal("x", out).error() == errc::packet_not_authentic);
    CHECK(out.empty());
    CHECK(!pair.server.established());
}

TEST_CASE("replayed, reordered, reflected and cut packets are told apart", "[net][secure_channel]") {
    channel_pair pair(keyed(), keyed());
    REQUIRE(pair.connect());
    const auto first = channel_pair::seal(pair.client, "first");
    const auto second = channel_pair::seal(pair.client, "second");
    const auto third = channel_pair::seal(pair.client, "third");
    SECTION("replayed") {
        CHECK(message_in(pair.server, first) == "first");
        CHECK(channel_pair::open(pair.server, first).error() == errc::packet_replayed);
        CHECK(channel_pair::open(pair.server, second).error() == errc::packet_replayed);  // it has ended
    }
    SECTION("one is missing") {
        CHECK(message_in(pair.server, first) == "first");
        CHECK(channel_pair::open(pair.server, third).error() == errc::packet_out_of_order);
    }
    SECTION("reflected") { CHECK(channel_pair::open(pair.client, first).error() == errc::packet_reflected); }
    SECTION("cut: a shorter one that says so is not authentic") {
        auto cut = first.substr(0, first.size() - 1);
        cut[7] = static_cast<char>(cut[7] - 1);
        CHECK(channel_pair::open(pair.server, cut).error() == errc::packet_not_authentic);
    }
    SECTION("too short for a tag") {
        auto cut = first.substr(0, 16 + 15);
        cut[7] = 15;
        CHECK(channel_pair::open(pair.server, cut).error() == errc::packet_not_authentic);
    }
    SECTION("a packet of the handshake") {
        CHECK(channel_pair::open(pair.server, pair.said[0]).error() == errc::malformed_frame);
    }
}

TEST_CASE("the end is a packet of its own, after which nothing goes", "[net][secure_channel]") {
    channel_pair pair(keyed(), keyed());
    std::string out;
    CHECK(pair.client.seal("early", out).error() == errc::channel_not_ready);
    CHECK(pair.client.seal_end(out).error() == errc::channel_not_ready);
    REQUIRE(pair.connect());
    REQUIRE(pair.client.seal_end(out));
    CHECK(pair.client.seal("late", out).error() == errc::channel_closed);
    CHECK(pair.client.rekey().error() == errc::channel_closed);
    CHECK(channel_pair::open(pair.server, out)->end);
    CHECK(message_in(pair.client, channel_pair::seal(pair.server, "the other way")) == "the other way");
    CHECK(channel_pair::open(pair.server, out).error() == errc::malformed_frame);
}

TEST_CASE("with a replay window packets may be lost and overtaken, but come once", "[net][secure_channel]") {
    const std::size_t window = GENERATE(64, 1024);
    channel_pair pair(lossy(window), lossy(window));
    REQUIRE(pair.connect());
    std::vector<std::string> packets;
    for (std::size_t i = 0; i < window + 10; ++i) {
        packets.push_back(channel_pair::seal(pair.client, std::to_string(i)));
    }
    CHECK(message_in(pair.server, packets[5]) == "5");
    CHECK(message_in(pair.server, packets[0]) == "0");
    CHECK(channel_pair::open(pair.server, packets[5]).error() == errc::packet_replayed);
    auto forged = packets[6];
    forged.back() = static_cast<char>(forged.back() ^ 1);
    CHECK(channel_pair::open(pair.server, forged).error() == errc::packet_not_authentic);
    CHECK(message_in(pair.server, packets[6]) == "6");
    CHECK(message_in(pair.server, packets[window + 2]) == std::to_string(window + 2));
    CHECK(channel_pair::open(pair.server, packets[2]).error() == errc::packet_replayed);  // too old to tell
    CHECK(message_in(pair.server, packets[3]) == "3");                                    // just within
    CHECK(channel_pair::open(pair.server, packets[3]).error() == errc::packet_replayed);
}

TEST_CASE("each direction gets new keys after so many packets or bytes, or when asked",
          "[net][secure_channel]") {
    channel_pair pair(keyed().rekey_after(3, 1'000'000), keyed().rekey_after(1000, 10));
    REQUIRE(pair.connect());
    for (int i = 0; i < 3; ++i) message_in(pair.server, channel_pair::seal(pair.client, "x"));
    CHECK(pair.server.receiving_epoch() == 0);  // at the limit
    CHECK(message_in(pair.server, channel_pair::seal(pair.client, "y")) == "y");
    CHECK(pair.server.receiving_epoch() == 1);
    CHECK(pair.server.sending_epoch() == 0);

    message_in(pair.client, channel_pair::seal(pair.server, std::string(9, 'x')));
    message_in(pair.client, channel_pair::seal(pair.server, "x"));
    CHECK(pair.client.receiving_epoch() == 0);
    message_in(pair.client, channel_pair::seal(pair.server, ""));
    CHECK(pair.client.receiving_epoch() == 1);

    REQUIRE(pair.client.rekey());
    CHECK(message_in(pair.server, channel_pair::seal(pair.client, "z")) == "z");
    CHECK(pair.server.receiving_epoch() == 2);
    REQUIRE(pair.client.rekey());
    REQUIRE(pair.client.rekey());  // an epoch without a packet, of which the peer would never know
    CHECK(message_in(pair.server, channel_pair::seal(pair.client, "z")) == "z");
    CHECK(pair.server.receiving_epoch() == 3);
}

TEST_CASE("with a replay window, packets of the key before still come", "[net][secure_channel]") {
    channel_pair pair(lossy(), lossy());
    REQUIRE(pair.connect());
    const auto old_key = channel_pair::seal(pair.client, "old");
    REQUIRE(pair.client.rekey());
    auto forged = channel_pair::seal(pair.client, "forged");
    forged.back() = static_cast<char>(forged.back() ^ 1);
    CHECK(channel_pair::open(pair.server, forged).error() == errc::packet_not_authentic);
    CHECK(pair.server.receiving_epoch() == 0);
    CHECK(message_in(pair.server, channel_pair::seal(pair.client, "new")) == "new");
    CHECK(pair.server.receiving_epoch() == 1);
    CHECK(message_in(pair.server, old_key) == "old");
    CHECK(channel_pair::open(pair.server, old_key).error() == errc::packet_replayed);
}

TEST_CASE("with a replay window, all packets of up to 8 keys may be lost", "[net][secure_channel]") {
    for (const int lost : {1, 2, 8, 9}) {
        CAPTURE(lost);
        channel_pair pair(lossy(), lossy());
        REQUIRE(pair.connect());
        const auto first = channel_pair::seal(pair.client, "first");
        std::string late;
        for (int key = 0; key < lost; ++key) {
            REQUIRE(pair.client.rekey());
            late = channel_pair::seal(pair.client, "late");
        }
        REQUIRE(pair.client.rekey());
        auto forged = channel_pair::seal(pair.client, "forged");
        const auto good = forged;
        forged.back() = static_cast<char>(forged.back() ^ 1);
        CHECK(channel_pair::open(pair.server, forged).error() == errc::packet_not_authentic);
        CHECK(pair.server.receiving_epoch() == 0);
        if (lost == 9) {
            CHECK(channel_pair::open(pair.server, good).error() == errc::packet_not_authentic);
            CHECK(message_in(pair.server, first) == "first");
            continue;
        }
        CHECK(message_in(pair.server, good) == "forged");
        CHECK(pair.server.receiving_epoch() == lost + 1);
        CHECK(message_in(pair.server, late) == "late");  // of the key before
        CHECK(channel_pair::open(pair.server, first).error() == errc::packet_not_authentic);
        CHECK(message_in(pair.server, channel_pair::seal(pair.client, "on")) == "on");
    }
    channel_pair ordered(keyed(), keyed());
    REQUIRE(ordered.connect());
    channel_pair::seal(ordered.client, "lost");
    REQUIRE(ordered.client.rekey());
    channel_pair::seal(ordered.client, "lost");
    REQUIRE(ordered.client.rekey());
    CHECK(channel_pair::open(ordered.server, channel_pair::seal(ordered.client, "x")).error() ==
          errc::packet_not_authentic);
}

TEST_CASE("a message of max_message goes, a longer one is refused at both ends", "[net][secure_channel]") {
    channel_pair pair(keyed().max_message(200), keyed().max_message(201));
    REQUIRE(pair.connect());
    CHECK(message_in(pair.server, channel_pair::seal(pair.client, std::string(200, 'x'))).size() == 200);
    std::string out;
    CHECK(pair.client.seal(std::string(201, 'x'), out).error() == errc::frame_too_large);
    const auto packet = channel_pair::seal(pair.server, std::string(201, 'x'));
    CHECK(pair.client.packets().decode(packet.substr(0, 8)).error() == errc::frame_too_large);
}

TEST_CASE("max_message counts also where a handshake needs more", "[net][secure_channel]") {
    channel_pair pair(keyed().max_message(10), keyed().max_message(11));
    REQUIRE(pair.connect());
    CHECK(message_in(pair.client, channel_pair::seal(pair.server, std::string(10, 'x'))).size() == 10);
    CHECK(channel_pair::open(pair.client, channel_pair::seal(pair.server, std::string(11, 'x'))).error() ==
          errc::frame_too_large);
}

TEST_CASE("before it has shown the key, a peer can make no packet larger than a hello",
          "[net][secure_channel]") {
    secure_channel server(channel_role::server, keyed());
    std::string out;
    REQUIRE(server.start(out));
    CHECK(server.packets().decode("\1\1\0\0\0\0\0\x61"s).has_value());
    CHECK(server.packets().decode("\1\1\0\0\0\0\0\x62"s).error() == errc::frame_too_large);
    CHECK(server.packets().decode("\2").error() == errc::unknown_version);
}

TEST_CASE("options of a channel that cannot work are refused at the start", "[net][secure_channel]") {
    const auto started = [](const secure_channel_options& options) {
        std::string out;
        return secure_channel(channel_role::client, options).start(out).error();
    };
    CHECK(!started(keyed()));
    CHECK(started(secure_channel_options()) == errc::invalid_channel_key);
    CHECK(started(keyed().key(std::string(31, 'k'))) == errc::invalid_channel_key);
    CHECK(started(keyed().key(std::string(33, 'k'))) == errc::invalid_channel_key);
    CHECK(started(keyed().replay_window(63)) == dragline::errc::invalid_option);
    CHECK(!started(keyed().replay_window(1024)));
    CHECK(started(keyed().replay_window(1088)) == dragline::errc::invalid_option);
    CHECK(started(keyed().max_message((std::size_t{1} << 30) + 1)) == dragline::errc::invalid_option);
    CHECK(started(keyed().rekey_after(0, 1)) == dragline::errc::invalid_option);
    CHECK(started(keyed().rekey_after(1, 0)) == dragline::errc::invalid_option);
    CHECK(!started(keyed().rekey_after(std::uint64_t{1} << 32, std::uint64_t{1} << 36)));
    CHECK(started(keyed().rekey_after((std::uint64_t{1} << 32) + 1, 1)) == dragline::errc::invalid_option);
    CHECK(started(keyed().cipher(channel_cipher{9})) == dragline::errc::invalid_option);
    CHECK(started(keyed().timeout({})) == dragline::errc::invalid_option);
    STATIC_CHECK(!std::is_aggregate_v<secure_channel_options>);
    STATIC_CHECK(!std::is_copy_constructible_v<secure_channel>);
}
