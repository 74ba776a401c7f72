#include <dragline/http/body.hpp>

#include "../support/request_body.hpp"

#include <dragline/codec/content_decoder.hpp>
#include <dragline/core/error.hpp>
#include <dragline/http/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

using dragline::http::body;
using dragline::http::errc;
using dragline::http::file_range;
using dragline::test::content_of;
using dragline::test::slow_text_reading;
using dragline::test::temporary_folder;
using dragline::test::text_reading;

namespace {

const std::string differs = "[" + make_error_code(errc::body_size_differs).message() + "]";

[[maybe_unused]] std::string gunzip(std::string_view coded) {
    std::string text;
    auto decoder = dragline::codec::content_decoder::make("gzip");
    REQUIRE(decoder);
    const auto decoded = decoder->write(coded, [&](std::string_view piece) {
        text += piece;
        return true;
    });
    CHECK(!decoded.error());
    CHECK(!decoder->finish());
    return text;
}

}  // namespace

TEST_CASE("no body is not an empty body", "[http][body]") {
    CHECK(!body().has_value());
    CHECK(body().bytes().empty());
    CHECK(body().content_type().empty());
    CHECK(body().replayable());
    CHECK(body("").has_value());
    CHECK(body("").bytes().empty());
    STATIC_CHECK(!std::is_aggregate_v<body>);
    STATIC_CHECK(!std::is_aggregate_v<file_range>);
}

TEST_CASE("a body holds any bytes, and its type where it has one", "[http][body]") {
    const std::string bytes("a\0b", 3);
    CHECK(body(bytes).bytes() == bytes);
    CHECK(body(bytes).content_type().empty());
    CHECK(body(bytes).size().value() == 3u);
    CHECK(body("x", "text/plain").content_type() == "text/plain");
    CHECK(body::json("{}").bytes() == "{}");
    CHECK(body::json("{}").content_type() == "application/json");
}

TEST_CASE("copies of a body share their bytes", "[http][body]") {
    const body original(std::string(100'000, 'x'));
    const body copy = original;
    CHECK(copy.bytes().data() == original.bytes().data());
}

TEST_CASE("a file is sent whole or in part, as often as needed", "[http][body]") {
    const temporary_folder folder;
    const auto path = folder.file("ten", "0123456789");
    const auto whole = body::file(path, "text/plain");
    CHECK(!whole.in_memory());
    CHECK(whole.replayable());
    CHECK(whole.size().value() == 10u);
    for (int round = 0; round < 2; ++round) CHECK(content_of(whole, 3) == "0123456789");
    const auto part = [&](std::uint64_t from, std::optional<std::uint64_t> size = std::nullopt) {
        return content_of(body::file(path, "", file_range(from, size)), 4);
    };
    CHECK(part(4) == "456789");
    CHECK(part(4, 3) == "456");
    CHECK(part(0, 10) == "0123456789");
    CHECK(part(10).empty());
    CHECK(part(3, 0).empty());
    CHECK(part(11) == differs);
    CHECK(part(5, 6) == differs);
    CHECK(part(~std::uint64_t{0}, 1) == differs);
    CHECK(part(1, ~std::uint64_t{0}) == differs);
    CHECK(content_of(body::file(folder.file("empty", ""))).empty());
}

TEST_CASE("a file that shrinks or grows while it is sent is an error", "[http][body]") {
    const temporary_folder folder;
    dragline::event_loop loop;
    std::string piece(4, '\0');
    for (const std::size_t size : {6u, 14u}) {
        const auto path = folder.file("file", "0123456789");
        const auto sent = body::file(path);
        const auto source = dragline::http::body_access::open(sent);
        REQUIRE(source);
        const auto read = [&] {
            return dragline::test::run_to_end(loop, (*source)->read(asio::buffer(piece)));
        };
        CHECK(*read() == 4);
        std::filesystem::resize_file(path, size);
        std::error_code ec;
        for (int round = 0; round < 4 && !ec; ++round) ec = read().error();
        CHECK(ec == errc::body_size_differs);
    }
}

TEST_CASE("what is no readable file is an error that says why", "[http][body]") {
    const temporary_folder folder;
    CHECK(body::file(folder.path() + "/none").size().error() == std::errc::no_such_file_or_directory);
    CHECK(body::file(folder.path()).size().error() == std::errc::is_a_directory);
    CHECK(body::file("/dev/null").size().error() == std::errc::not_supported);
    const auto opened = [](const body& what) { return dragline::http::body_access::open(what).error(); };
    CHECK(opened(body::file(folder.path() + "/none")) == std::errc::no_such_file_or_directory);
    CHECK(opened(body::file("/dev/zero")) == std::errc::not_supported);
    const auto pipe = folder.path() + "/pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(opened(body::file(pipe)) == std::errc::not_supported);  // and not waited for
    CHECK(opened(body::file(folder.path())) == std::errc::is_a_directory);
}

TEST_CASE("a file that is sent is not inherited by programs that are started meanwhile", "[http][body]") {
    const temporary_folder folder;
    const auto path = folder.file("file", "0123456789");
    const auto sent = body::file(path);
    const auto source = dragline::http::body_access::open(sent);
    REQUIRE(source);
    int found = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code ec;
        if (std::filesystem::read_symlink(entry.path(), ec) != path) continue;
        ++found;
        CHECK((::fcntl(std::stoi(entry.path().filename()), F_GETFD) & FD_CLOEXEC) != 0);
    }
    CHECK(found == 1);
}

TEST_CASE("a source gives itself once, one from a factory again and again", "[http][body]") {
    const auto once = body::from_source(text_reading("abcdef", 2), 6, "text/plain");
    CHECK(once.content_type() == "text/plain");
    CHECK(once.size().value() == 6u);
    CHECK(once.replayable());
    const body copy = once;
    CHECK(content_of(once) == "abcdef");
    CHECK(!copy.replayable());
    CHECK(content_of(copy) == "[" + make_error_code(errc::body_not_replayable).message() + "]");

    const auto again = body::from_factory([] { return slow_text_reading("abcdef", 2); });
    CHECK(!again.size().value());
    for (int round = 0; round < 2; ++round) CHECK(content_of(again) == "abcdef");
    CHECK(again.replayable());

    const auto liar = body::from_factory([] { return [](asio::mutable_buffer b) { return b.size() + 1; }; });
    CHECK(content_of(liar) == differs);
}

#if DRAGLINE_WITH_ZLIB

TEST_CASE("a body is coded as gzip at once, or as it is sent", "[http][body]") {
    std::string text;
    for (int i = 0; i < 30'000; ++i) text += std::to_string(i);
    const auto coded = body(text, "text/plain").gzip();
    CHECK(coded.in_memory());
    CHECK(coded.content_coding() == "gzip");
    CHECK(coded.content_type() == "text/plain");
    CHECK((gunzip(coded.bytes()) == text));
    CHECK(coded.gzip().bytes().data() == coded.bytes().data());
    CHECK(gunzip(body("").gzip().bytes()).empty());

    const auto pulled = body::from_factory([text] { return text_reading(text, 700); }, text.size()).gzip();
    CHECK(!pulled.size().value());
    for (const std::size_t step : {1u, 100u, 100'000u}) CHECK((gunzip(content_of(pulled, step)) == text));
    const auto once = body::from_source(slow_text_reading(text)).gzip();
    CHECK((gunzip(content_of(once)) == text));
    CHECK(!once.replayable());
    for (const std::size_t size : {0u, 5u, 7u}) {
        CHECK(content_of(body::from_source(text_reading("123456"), size).gzip()).ends_with(differs));
    }
}

TEST_CASE("a level that gzip does not have is kept as an error", "[http][body]") {
    for (const int level : {-1, 10}) {
        CHECK(body("x").gzip(level).error() == dragline::errc::invalid_option);
        CHECK(body::file("x").gzip(level).error() == dragline::errc::invalid_option);
    }
    CHECK(!body().gzip().has_value());
}

#else

TEST_CASE("without zlib there is no gzip", "[http][body]") {
    CHECK(body("x").gzip().error() == dragline::errc::not_supported);
    CHECK(body::file("x").gzip().error() == dragline::errc::not_supported);
}

#endif
