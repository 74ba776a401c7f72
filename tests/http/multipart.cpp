#include <dragline/http/multipart.hpp>

#include "../support/request_body.hpp"

#include <dragline/core/error.hpp>
#include <dragline/h1/error.hpp>
#include <dragline/http/error.hpp>
#include <dragline/http/form.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>

using dragline::http::body;
using dragline::http::errc;
using dragline::http::multipart;
using dragline::test::content_of;
using dragline::test::slow_text_reading;
using dragline::test::temporary_folder;
using dragline::test::text_reading;

namespace h1 = dragline::h1;

namespace {

// Gives 1, 1, 2, 2, 3, 3, ...: a boundary is made of two.
class counting final : public dragline::async::random_source {
public:
    std::uint64_t operator()() override { return (++calls_ + 1) / 2; }

private:
    std::uint64_t calls_ = 0;
};

std::string boundary(char last) {
    std::string half = "0000000000000000";
    half[0] = last;
    return "dragline-" + half + half;
}

body made(const multipart& from) {
    counting random;
    return from.to_body(random);
}

// With B for the boundary.
std::string text_of(const multipart& from, std::size_t step = 1000) {
    auto text = content_of(made(from), step);
    for (std::size_t at = 0; (at = text.find(boundary('1'))) != text.npos;) {
        text.replace(at, boundary('1').size(), "B");
    }
    return text;
}

}  // namespace

TEST_CASE("parts stand between boundaries, in their order", "[http][multipart]") {
    const auto parts = multipart()
                           .field("a", "1")
                           .part("b", body("x\r\n--y", "text/plain; charset=utf-8"), "f.txt")
                           .field("a", "");
    CHECK(text_of(parts) ==
          "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
          "--B\r\nContent-Disposition: form-data; name=\"b\"; filename=\"f.txt\"\r\n"
          "Content-Type: text/plain; charset=utf-8\r\n\r\nx\r\n--y\r\n"
          "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--B--\r\n");
    CHECK(made(parts).content_type() == "multipart/form-data; boundary=" + boundary('1'));
    CHECK(made(parts).in_memory());
    CHECK(text_of(multipart()) == "--B--\r\n");
    CHECK(parts.size() == 3);
    STATIC_CHECK(!std::is_aggregate_v<multipart>);
}

TEST_CASE("quotes and line ends in names are sent as browsers do it", "[http][multipart]") {
    const auto text = text_of(multipart().part("a\"\r\nX: y", body("1"), "\"f\"\n;\\ \xc3\xa4.txt"));
    CHECK(text.find("; name=\"a%22%0D%0AX: y\"; filename=\"%22f%22%0A;\\ \xc3\xa4.txt\"\r\n") != text.npos);
}

TEST_CASE("what would break a part is refused", "[http][multipart]") {
    const auto error = [](const multipart& from) {
        CHECK(made(from).has_value());
        return made(from).error();
    };
    for (const auto name :
         {std::string_view("a\0b", 3), std::string_view("\x01"), std::string_view("\x7f")}) {
        CHECK(error(multipart().field(name, "x")) == h1::errc::invalid_field_value);
        CHECK(error(multipart().part("x", body("y"), name)) == h1::errc::invalid_field_value);
    }
    for (const auto* type : {"text/plain\r\nX: y", "a\nb"}) {
        CHECK(error(multipart().part("x", body("y", type))) == h1::errc::invalid_field_value);
        CHECK(error(multipart().field("a", "b").file("x", "y", type)) == h1::errc::invalid_field_value);
    }
    CHECK(error(multipart().part("x", body())) == dragline::errc::invalid_option);
    CHECK(error(multipart().part("x", body("y").gzip())));
    CHECK(error(multipart().part("x", multipart().field("\x01", "y"))) == h1::errc::invalid_field_value);
}

TEST_CASE("a boundary occurs in no part that is in memory", "[http][multipart]") {
    const auto parts = multipart()
                           .field("a", "x" + boundary('1') + "y")
                           .field(boundary('2'), "z")
                           .part("b", body("", "text/" + boundary('3')))
                           .part("c", body("d"), boundary('4'));
    CHECK(made(parts).content_type().ends_with(boundary('5')));
    const auto usual = [&] { return std::string(parts.to_body().content_type()); };
    CHECK(usual() != usual());
}

TEST_CASE("files and sources are streamed, however they are read", "[http][multipart]") {
    const temporary_folder folder;
    const auto big = std::string(70'000, 'x') + "end";
    const auto parts = multipart()
                           .field("a", "1")
                           .file("f", folder.file("name \"1\".txt", "0123456789"))
                           .file("empty", folder.file("empty", ""), "text/plain")
                           .part("s", body::from_factory([] { return slow_text_reading("slow", 3); }, 4))
                           .part("form", dragline::http::form().add("k", "v"))
                           .part("big", body(big));
    const auto whole = made(parts);
    CHECK(!whole.in_memory());
    CHECK(whole.replayable());
    const auto text = text_of(parts);
    CHECK(text.find("filename=\"name %221%22.txt\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                    "0123456789\r\n--B\r\n") != text.npos);
    CHECK(text.find("name=\"s\"\r\n\r\nslow\r\n--B") != text.npos);
    CHECK(text.find("application/x-www-form-urlencoded\r\n\r\nk=v\r\n--B") != text.npos);
    CHECK(text.ends_with("xxend\r\n--B--\r\n"));
    CHECK(whole.size().value() == content_of(whole).size());
    for (const std::size_t step : {1u, 7u, 100'000u}) CHECK((text_of(parts, step) == text));
}

TEST_CASE("the length is not known when that of a part is not", "[http][multipart]") {
    const auto parts = multipart().field("a", "1").part("s", body::from_source(text_reading("text")));
    const auto whole = made(parts);
    CHECK(!whole.size().value());
    CHECK(whole.replayable());
    CHECK(content_of(whole).find("\r\n\r\ntext\r\n") != std::string::npos);
    CHECK(!whole.replayable());
}

TEST_CASE("a part that does not keep its size, or is not there, is an error", "[http][multipart]") {
    const auto error = [](const std::string& text) { return text.substr(text.rfind('[')); };
    const auto differs = "[" + make_error_code(errc::body_size_differs).message() + "]";
    for (const std::size_t size : {3u, 5u}) {
        CHECK(error(text_of(multipart().part("s", body::from_source(text_reading("text"), size)))) ==
              differs);
    }
    const temporary_folder folder;
    CHECK(made(multipart().file("f", folder.path() + "/none")).size().error() ==
          std::errc::no_such_file_or_directory);
    CHECK(dragline::http::body_access::open(made(multipart().file("f", folder.path()))).error() ==
          std::errc::is_a_directory);
    const auto path = folder.file("f", "12345");
    const auto whole = made(multipart().file("f", path));
    dragline::event_loop loop;
    const auto source = dragline::http::body_access::open(whole);
    REQUIRE(source);
    std::filesystem::resize_file(path, 4);  // after its size was announced
    std::string piece(1000, '\0');
    const auto read = dragline::test::run_to_end(loop, (*source)->read(asio::buffer(piece)));
    CHECK(read.error() == errc::body_size_differs);
}
