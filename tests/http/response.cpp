#include <dragline/http/response.hpp>

#include <dragline/codec/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <system_error>
#include <type_traits>

namespace http = dragline::http;

TEST_CASE("a response is no error until raise_for_status makes it one", "[http][response]") {
    http::response response;
    for (const int fine : {200, 204, 304, 399}) {
        response.status = fine;
        CHECK(&response.raise_for_status() == &response);
    }
    for (const int bad : {400, 404, 500, 599}) {
        response.status = bad;
        try {
            response.raise_for_status();
            FAIL("it did not throw");
        } catch (const std::system_error& failure) {
            CHECK(failure.code() == http::errc::bad_status);
            CHECK(std::string(failure.what()).find(std::to_string(bad)) != std::string::npos);
        }
    }
}

TEST_CASE("the text of a response is in the charset of its mark, then of its type, then UTF-8",
          "[http][response]") {
    using namespace std::string_literals;
    const auto text_of = [](const std::string& type, const std::string& body) {
        http::response response;
        if (!type.empty()) response.headers.add("content-type", type);
        response.body = body;
        return response.text();
    };
    const std::string a_umlaut = "\xc3\xa4";
    CHECK(text_of("", a_umlaut).value() == a_umlaut);
    CHECK(text_of("", "\xe4").value() == "\xef\xbf\xbd");
    CHECK(text_of("text/html", a_umlaut).value() == a_umlaut);
    for (const auto* type : {"text/html; charset=ISO-8859-1", "text/html;CHARSET=\"windows-1252\"",
                             "text/html; x=\";charset=utf-8\"; charset=latin1 ; charset=utf-8",
                             "text/html; charset=; charset=latin1", "text/html;;charset = \"lati\\n1\""}) {
        CAPTURE(type);
        CHECK(text_of(type, "\xe4").value() == a_umlaut);
    }
    CHECK(text_of("text/html; charset=latin1", "\xef\xbb\xbf" + a_umlaut).value() == a_umlaut);
    CHECK(text_of("text/html; charset=latin1", "\xff\xfe\xe4\0"s).value() == a_umlaut);
    CHECK(text_of("text/html; charset=utf-16be", "\0\xe4"s).value() == a_umlaut);
    for (const auto* type : {"text/html; charset=klingon", "text/html; charset=utf-7", "; charset=\"\\"}) {
        CAPTURE(type);
        CHECK(text_of(type, "x").error() == dragline::codec::errc::unknown_charset);
    }
    for (const auto* type :
         {";", "charset=latin1", "a/b; charset", "a/b; charset=\"\"", "a/b; charset2=latin1"}) {
        CAPTURE(type);
        CHECK(text_of(type, a_umlaut).value() == a_umlaut);
    }
}

TEST_CASE("the parts of a response are no aggregates and start empty", "[http][response]") {
    STATIC_CHECK(!std::is_aggregate_v<http::response>);
    STATIC_CHECK(!std::is_aggregate_v<http::redirect_record>);
    STATIC_CHECK(!std::is_aggregate_v<http::peer_record>);
    STATIC_CHECK(!std::is_aggregate_v<http::timings_record>);
    const http::response response;
    CHECK(response.status == 0);
    CHECK(response.url.empty());
    CHECK(response.history.empty());
    CHECK(!response.truncated);
    CHECK(!response.peer.tls);
}
