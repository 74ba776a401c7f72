#include <dragline/h1/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>

namespace h1 = dragline::h1;
using dragline::condition;
using dragline::phase;

TEST_CASE("every HTTP/1 error has a text of its own, a condition and a phase", "[h1][error]") {
    std::set<std::string> texts;
    int count = 0;
    for (int code = 1; code <= static_cast<int>(h1::errc::invalid_field_value); ++code, ++count) {
        const std::error_code ec = static_cast<h1::errc>(code);
        CAPTURE(code, ec.message());
        texts.insert(ec.message());
        const bool known = ec == condition::limit_exceeded || ec == condition::protocol_error ||
                           ec == std::errc::invalid_argument;
        CHECK(known);
        CHECK(dragline::phase_of(ec) == (ec == std::errc::invalid_argument ? phase::write : phase::read));
    }
    CHECK(texts.size() == static_cast<std::size_t>(count));
    CHECK(texts.count("unknown HTTP/1 error") == 0);
}

TEST_CASE("limits of a head are limits, and what a peer sends wrongly is a protocol error", "[h1][error]") {
    for (const auto code :
         {h1::errc::head_too_large, h1::errc::too_many_fields, h1::errc::line_too_long,
          h1::errc::chunk_extension_too_large, h1::errc::trailer_too_large, h1::errc::too_many_trailers}) {
        CHECK(make_error_code(code) == condition::limit_exceeded);
    }
    CHECK(make_error_code(h1::errc::truncated) == condition::protocol_error);
    CHECK(make_error_code(h1::errc::chunk_too_large) == condition::protocol_error);
}

TEST_CASE("the category of HTTP/1 errors is named after the module", "[h1][error]") {
    CHECK(std::string(h1::error_category().name()) == "dragline.h1");
    CHECK(h1::error_category().message(9999) == "unknown HTTP/1 error");
}
