#include <dragline/dns/wire/name.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wire = dragline::dns::wire;
using dragline::dns::errc;

namespace {

using bytes = std::vector<std::uint8_t>;

bytes of(std::string_view text) { return bytes(text.begin(), text.end()); }

bytes encode(std::string_view name) {
    bytes out;
    REQUIRE_FALSE(wire::encode_name(name, out));
    return out;
}

std::error_code encode_error(std::string_view name) {
    bytes out = {1, 2, 3};
    const auto ec = wire::encode_name(name, out);
    if (ec) CHECK(out == bytes{1, 2, 3});
    return ec;
}

std::string decode(const bytes& message, std::size_t offset = 0) {
    return wire::decode_name(message, offset).value();
}

std::error_code decode_error(const bytes& message, std::size_t offset = 0) {
    return wire::decode_name(message, offset).error();
}

std::string name_of_wire_size(std::size_t size) {  // labels of 9 characters, then what is left
    std::string name;
    for (std::size_t left = size - 1; left > 0;) {
        const auto label = std::min<std::size_t>(left - 1, left == 11 ? 8 : 9);
        if (!name.empty()) name += '.';
        name.append(label, 'a');
        left -= label + 1;
    }
    return name;
}

}  // namespace

TEST_CASE("names are written as labels and read back", "[dns][wire]") {
    CHECK(encode("www.Example.org") == of(std::string_view("\3www\7Example\3org\0", 17)));
    CHECK(encode("www.Example.org.") == encode("www.Example.org"));
    CHECK(encode(".") == bytes{0});
    for (const std::string name :
         {"a", "www.Example.org", ".", "_x._tcp.a-b", "a\\.b.c", "\\000\\255\\\\x.y"}) {
        CAPTURE(name);
        CHECK(decode(encode(name)) == name);
    }
}

TEST_CASE("bytes that do not print are escaped", "[dns][wire]") {
    const auto message = of(std::string_view("\6a.b\\\0\x7f\0", 8));
    CHECK(decode(message) == "a\\.b\\\\\\000\\127");
    CHECK(encode(decode(message)) == message);
    CHECK(encode("\\065\\a") == of(std::string_view("\2Aa\0", 4)));
    CHECK(encode_error("a\\") == errc::invalid_name);
    CHECK(encode_error("a\\25") == errc::invalid_name);
    CHECK(encode_error("a\\2x5") == errc::invalid_name);
    CHECK(encode_error("a\\256") == errc::invalid_name);
}

TEST_CASE("names that cannot be written are told apart", "[dns][wire]") {
    CHECK(encode_error("") == errc::empty_name);
    CHECK(encode_error("..") == errc::empty_label);
    CHECK(encode_error(".a") == errc::empty_label);
    CHECK(encode_error("a..b") == errc::empty_label);
    CHECK(encode_error(std::string(100'000, 'a')) == errc::label_too_long);
}

TEST_CASE("a label has 63 bytes at most, a name 255", "[dns][wire]") {
    CHECK(encode(std::string(63, 'a')).size() == 65);
    CHECK(encode_error(std::string(64, 'a')) == errc::label_too_long);
    CHECK(encode(name_of_wire_size(255)).size() == 255);
    CHECK(decode(encode(name_of_wire_size(255))) == name_of_wire_size(255));
    CHECK(encode_error(name_of_wire_size(256)) == errc::name_too_long);

    bytes long_name = encode(name_of_wire_size(255));
    long_name.insert(long_name.begin(), {1, 'x'});
    CHECK(decode_error(long_name) == errc::malformed_message);
    CHECK_FALSE(decode_error(long_name, 2));
}

TEST_CASE("pointers are followed backwards, and the offset moves past the first", "[dns][wire]") {
    auto message = encode("example.org");              // at 0
    message.insert(message.end(), {1, 'a', 0xc0, 0});  // at 13
    message.insert(message.end(), {0xc0, 13, 99});     // at 17
    std::size_t offset = 13;
    CHECK(wire::decode_name(message, offset).value() == "a.example.org");
    CHECK(offset == 17);
    CHECK(wire::decode_name(message, offset).value() == "a.example.org");
    CHECK(offset == 19);
}

TEST_CASE("a name of 100 pointers ends, and one of a thousand is refused", "[dns][wire]") {
    bytes message = {1, 'a', 0};
    const auto chain = [&message](std::size_t count) {
        message.resize(3);
        for (std::size_t i = 0; i < count; ++i) {
            const auto target = i == 0 ? 0 : message.size() - 2;
            message.push_back(static_cast<std::uint8_t>(0xc0 | target >> 8));
            message.push_back(static_cast<std::uint8_t>(target));
        }
        return message.size() - 2;
    };
    auto start = chain(100);
    CHECK(decode(message, start) == "a");
    start = chain(1000);
    CHECK(decode_error(message, start) == errc::malformed_message);
}

TEST_CASE("loops, forward pointers and unknown labels are refused", "[dns][wire]") {
    CHECK(decode_error({0xc0, 0}) == errc::malformed_message);
    CHECK(decode_error({1, 'a', 0xc0, 0}, 0) == errc::malformed_message);
    CHECK(decode_error({1, 'a', 0xc0, 0}, 2) == errc::malformed_message);
    CHECK(decode_error({0xc0, 2, 0}) == errc::malformed_message);
    CHECK(decode_error({0x40, 0}) == errc::malformed_message);
    CHECK(decode_error({0x80, 0}) == errc::malformed_message);
}

TEST_CASE("a name that is cut anywhere is refused", "[dns][wire]") {
    auto message = encode("www.example.org");
    message.insert(message.end(), {3, 'f', 't', 'p', 0xc0, 4});
    for (std::size_t size = 0; size < message.size(); ++size) {
        const bytes cut(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size));
        const std::size_t start = size < 17 ? 0 : 17;
        CAPTURE(size);
        CHECK(decode_error(cut, start) == errc::malformed_message);
    }
}

TEST_CASE("names compare without case and without a dot at the end", "[dns][wire]") {
    CHECK(wire::equal_names("A.example", "a.EXAMPLE."));
    CHECK(wire::equal_names(".", "."));
    CHECK_FALSE(wire::equal_names("a.example", "a.exampl"));
    CHECK_FALSE(wire::equal_names("a\\.", "a\\"));
    CHECK(wire::is_at_or_below("a.b.c", "B.C"));
    CHECK(wire::is_at_or_below("b.c", "b.c"));
    CHECK(wire::is_at_or_below("b.c", "."));
    CHECK_FALSE(wire::is_at_or_below("ab.c", "b.c"));
    CHECK_FALSE(wire::is_at_or_below("a\\.b.c", "b.c"));
    CHECK(wire::is_at_or_below("a\\\\.b.c", "b.c"));
    CHECK_FALSE(wire::is_at_or_below("c", "b.c"));
}

TEST_CASE("a compressor points to suffixes, in their own case", "[dns][wire]") {
    wire::name_compressor names;
    bytes message;
    for (const char* name : {"www.example.org", "example.org", "ftp.example.org", "www.EXAMPLE.org", "."}) {
        REQUIRE_FALSE(names.encode(name, message));
    }
    CHECK(message.size() == 17 + 2 + 6 + (4 + 8 + 2) + 1);
    std::size_t at = 0;
    for (const char* name : {"www.example.org", "example.org", "ftp.example.org", "www.EXAMPLE.org", "."}) {
        CHECK(wire::decode_name(message, at).value() == name);
    }
    CHECK(at == message.size());
    CHECK(names.encode("a..b", message) == errc::empty_label);
    CHECK(at == message.size());
}

TEST_CASE("a compressor does not point beyond what a pointer can reach", "[dns][wire]") {
    wire::name_compressor names;
    bytes message(0x4000);
    REQUIRE_FALSE(names.encode("far.example", message));
    REQUIRE_FALSE(names.encode("far.example", message));
    CHECK(message.size() == 0x4000 + 26);
}

TEST_CASE("a name is skipped as it is read, from every offset of a message", "[dns][name]") {
    const std::vector<std::uint8_t> message{1, 'a', 0xc0, 0,   3,   'b',  0, 'c', 0,  0xc0,
                                            4, 64,  2,    'd', 'e', 0xc0, 4, 5,   'x'};
    for (std::size_t start = 0; start <= message.size(); ++start) {
        std::size_t read = start, skipped = start;
        const auto name = wire::decode_name(message, read);
        const auto gone = wire::skip_name(message, skipped);
        CHECK(name.error() == gone.error());
        CHECK(read == skipped);
    }
}
