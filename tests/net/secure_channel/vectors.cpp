// The published vectors of what a secure channel is made of, through our own functions.
#include <dragline/net/secure_channel/secure_channel.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace detail = dragline::net::detail;
using dragline::net::channel_cipher;

namespace {

std::string from_hex(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
    }
    return bytes;
}

std::string expanded(std::string_view key, std::string_view info, std::size_t size) {
    std::vector<std::uint8_t> out(size);
    detail::expand_key(detail::bytes_of(key), info, out).value();
    return std::string(detail::text_of(out));
}

struct key_vector {
    std::string input, salt, info, key, out;
};

struct cipher_vector {
    channel_cipher cipher;
    std::string key, nonce, header, plain, sealed;
};

std::string sequence(int from, int to) {
    std::string bytes;
    for (int i = from; i <= to; ++i) bytes += static_cast<char>(i);
    return bytes;
}

void check_cipher(const cipher_vector& vector) {
    detail::packet_cipher::nonce nonce;
    std::copy(vector.nonce.begin(), vector.nonce.end(), nonce.begin());
    detail::packet_cipher sealing, opening;
    const auto key = detail::bytes_of(vector.key);
    REQUIRE(sealing.start(detail::packet_cipher::use::sealing, vector.cipher, key, nonce));
    REQUIRE(opening.start(detail::packet_cipher::use::opening, vector.cipher, key, nonce));
    std::string sealed;
    REQUIRE(sealing.seal(0, vector.header, vector.plain, sealed));
    CHECK(sealed == vector.sealed);
    REQUIRE(opening.open(0, vector.header, sealed));
    CHECK(sealed == vector.plain);

    std::string other;
    REQUIRE(sealing.seal(1, vector.header, vector.plain, other));
    CHECK(other != vector.sealed);
    auto wrong_number = other, wrong_header = other;
    CHECK(opening.open(0, vector.header, wrong_number).error() == dragline::net::errc::packet_not_authentic);
    CHECK(wrong_number.empty());
    CHECK(opening.open(1, vector.header + "x", wrong_header).error() ==
          dragline::net::errc::packet_not_authentic);
    REQUIRE(opening.open(1, vector.header, other));
}

}  // namespace

TEST_CASE("HKDF with SHA-256 as in RFC 5869, appendix A", "[net][secure_channel]") {
    const std::vector<key_vector> vectors{
        {std::string(22, '\x0b'), sequence(0, 12), sequence(0xf0, 0xf9),
         "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
         "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
        {sequence(0, 0x4f), sequence(0x60, 0xaf), sequence(0xb0, 0xff),
         "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
         "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
         "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
        {std::string(22, '\x0b'), "", "", "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
         "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"}};
    for (const auto& vector : vectors) {
        detail::secret key;
        REQUIRE(detail::extract_key(detail::bytes_of(vector.salt), detail::bytes_of(vector.input), key));
        CHECK(detail::text_of(key.view()) == from_hex(vector.key));
        const auto out = from_hex(vector.out);
        CHECK(expanded(from_hex(vector.key), vector.info, out.size()) == out);
    }
}

TEST_CASE("ChaCha20-Poly1305 as in RFC 8439, 2.8.2", "[net][secure_channel]") {
    cipher_vector vector{
        channel_cipher::chacha20_poly1305,
        sequence(0x80, 0x9f),
        from_hex("070000004041424344454647"),
        from_hex("50515253c0c1c2c3c4c5c6c7"),
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        "future, sunscreen would be it.",
        {}};
    vector.sealed = from_hex(
        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b"
        "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
        "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691");
    check_cipher(vector);
}

TEST_CASE("AES-256-GCM as in the vectors of McGrew and Viega, 13 and 16", "[net][secure_channel]") {
    const std::string zeros(32, '\0');
    check_cipher({channel_cipher::aes_256_gcm, zeros, zeros.substr(0, 12), "", "",
                  from_hex("530f8afbc74536b9a963b4f1c4cb738b")});
    cipher_vector vector{channel_cipher::aes_256_gcm,
                         from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
                         from_hex("cafebabefacedbaddecaf888"),
                         from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
                         {},
                         {}};
    vector.plain = from_hex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
        "b16aedf5aa0de657ba637b39");
    vector.sealed = from_hex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
        "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
    check_cipher(vector);
}

TEST_CASE("X25519 as in RFC 7748, 6.1, and nothing with a public key of a small group",
          "[net][secure_channel]") {
    detail::agreement_key alice, bob;
    REQUIRE(alice.assign(
        detail::bytes_of(from_hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"))));
    REQUIRE(bob.assign(
        detail::bytes_of(from_hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))));
    const auto alice_public = alice.public_key().value(), bob_public = bob.public_key().value();
    CHECK(detail::text_of(alice_public) ==
          from_hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
    detail::secret near, far;
    REQUIRE(alice.agree(bob_public, near));
    REQUIRE(bob.agree(alice_public, far));
    CHECK(detail::text_of(near.view()) ==
          from_hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"));
    CHECK(detail::same_bytes(near.view(), far.view()));
    const detail::hash_value small{};
    CHECK(alice.agree(small, near).error() == dragline::net::errc::packet_not_authentic);
}

// What another program (Python: hmac, hashlib, cryptography) made of the same keys, so that the protocol
// stays what it is.
TEST_CASE("a handshake and the first packet, byte by byte", "[net][secure_channel]") {
    using detail::handshake_machine;
    using dragline::net::channel_role;
    const auto entropy = [](char salt, std::string_view ephemeral) {
        detail::handshake_entropy made;
        made.salt.fill(static_cast<std::uint8_t>(salt));
        made.ephemeral.assign(detail::bytes_of(from_hex(ephemeral))).value();
        return made;
    };
    const auto packet_of = [](std::string_view bytes) {
        return dragline::net::decode_packet(dragline::net::packet_codec(), bytes).value();
    };
    const auto key = sequence(0, 31);
    handshake_machine client(channel_role::client, channel_cipher::chacha20_poly1305);
    handshake_machine server(channel_role::server, channel_cipher::chacha20_poly1305);
    std::string hello, answer, confirm, none;
    REQUIRE(client.start(detail::bytes_of(key),
                         entropy('\x11', "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"),
                         hello));
    REQUIRE(server.start(detail::bytes_of(key),
                         entropy('\x22', "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"),
                         none));
    CHECK(hello == from_hex("01010000000000610000000000000000"
                            "01") +
                       std::string(32, '\x11') +
                       from_hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
                                "dd1bd4d070a25965990f867d01784bc6305e5f3f02fedf73cdf567044de3e7c0"));
    const auto first = packet_of(hello);
    REQUIRE(server.on_packet(first.header, first.payload, answer));
    CHECK(answer == from_hex("01810000000000610000000000000000"
                             "01") +
                        std::string(32, '\x22') +
                        from_hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
                                 "3d0f0981806e909dd50e998b61e72cd73a6f426b85a042aa1f02469c903008e7"));
    const auto second = packet_of(answer);
    REQUIRE(client.on_packet(second.header, second.payload, confirm));
    CHECK(confirm == from_hex("01020000000000200000000000000000"
                              "052a40a4c4aaa618a3bf87ab97ed488c8f1c5f705efee3fa06a61774cf928322"));
    const auto third = packet_of(confirm);
    REQUIRE(server.on_packet(third.header, third.payload, none));
    REQUIRE((client.done() && server.done() && none.empty()));

    auto near = client.take_secrets(), far = server.take_secrets();
    CHECK(detail::text_of(far.sending.view()) ==
          from_hex("d5ad3402d4bf7672a33e879e63b437f113100aba35d669309cfab6e7f67e870f"));
    CHECK(detail::same_bytes(near.receiving.view(), far.sending.view()));
    CHECK(expanded(detail::text_of(near.sending.view()), "dragline channel 1 next", 32) ==
          from_hex("b941d68a8b625b43b2172053acdc0779eeb60610a524f87951c8f1093eb41cb6"));
    detail::sealing_direction sealing;
    REQUIRE(sealing.start(channel_cipher::chacha20_poly1305, std::move(near.sending), {}));
    std::string packet;
    REQUIRE(sealing.seal(4, "hello", packet));
    CHECK(packet == from_hex("0104000000000015000000000000000015aed95bfd8d1e86a77db082e1709cb1dc7e1fb1b3"));
}

TEST_CASE("keys of a direction run out", "[net][secure_channel]") {
    detail::rekey_limits limits;
    limits.last_epoch = 2;
    limits.packets = 1;
    detail::sealing_direction direction;
    REQUIRE(direction.start(channel_cipher::aes_256_gcm, detail::secret(), limits));
    std::string out;
    for (int i = 0; i < 3; ++i) CHECK(direction.seal(4, "x", out));
    const auto size = out.size();
    CHECK(direction.seal(4, "x", out).error() == dragline::net::errc::channel_exhausted);
    CHECK(direction.rekey().error() == dragline::net::errc::channel_exhausted);
    CHECK(out.size() == size);
    CHECK(direction.epoch() == 2);
    CHECK(direction.sequence() == 3);
}
