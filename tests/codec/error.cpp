#include <dragline/codec/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>

namespace codec = dragline::codec;
using dragline::condition;

TEST_CASE("every coding error has a text of its own, a condition and the read phase", "[codec][error]") {
    std::set<std::string> texts;
    const int last = static_cast<int>(codec::errc::unknown_charset);
    for (int code = 1; code <= last; ++code) {
        const std::error_code ec = static_cast<codec::errc>(code);
        CAPTURE(code, ec.message());
        texts.insert(ec.message());
        const bool known = ec == condition::limit_exceeded || ec == condition::protocol_error;
        CHECK(known);
        CHECK(dragline::phase_of(ec) == dragline::phase::read);
    }
    CHECK(texts.size() == static_cast<std::size_t>(last));
    CHECK(texts.count("unknown content coding error") == 0);
}

TEST_CASE("bombs and stacks are limits", "[codec][error]") {
    CHECK(make_error_code(codec::errc::ratio_exceeded) == condition::limit_exceeded);
    CHECK(make_error_code(codec::errc::too_many_codings) == condition::limit_exceeded);
    CHECK(make_error_code(codec::errc::too_many_members) == condition::limit_exceeded);
    CHECK(make_error_code(codec::errc::window_too_large) == condition::limit_exceeded);
    CHECK(make_error_code(codec::errc::corrupt) == condition::protocol_error);
    CHECK(std::string(codec::error_category().name()) == "dragline.codec");
}
