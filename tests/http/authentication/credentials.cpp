#include <dragline/http/authentication/credentials.hpp>

#include <dragline/http/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

using dragline::http::basic_authorization;
using dragline::http::bearer_authorization;
using dragline::http::credentials;
using dragline::http::credentials_kind;
using dragline::http::errc;

namespace {

template <class T>
concept printable = requires(std::ostream& out, const T& value) {
    out << value;
};

}  // namespace

TEST_CASE("Basic is user and password in base64", "[http][credentials]") {
    // RFC 7617, 2 and 2.1
    CHECK(basic_authorization(credentials::basic("Aladdin", "open sesame")) ==
          "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    CHECK(basic_authorization(credentials::basic("test", "123\xc2\xa3")) == "Basic dGVzdDoxMjPCow==");
    CHECK(basic_authorization(credentials::basic("", "")) == "Basic Og==");
    CHECK(basic_authorization(credentials::basic("a", "b:c")) == "Basic YTpiOmM=");
    CHECK(basic_authorization(credentials::basic("a", "bc")) == "Basic YTpiYw==");
    CHECK(basic_authorization(credentials::basic("ab", "bcd")) == "Basic YWI6YmNk");
    CHECK(basic_authorization(credentials::basic("", std::string(60'000, '\xff'))).size() ==
          6 + (60'001 + 2) / 3 * 4);
}

TEST_CASE("Bearer is the token as it is", "[http][credentials]") {
    CHECK(bearer_authorization(credentials::bearer("mF_9.B5f-4.1JqM")) == "Bearer mF_9.B5f-4.1JqM");
    CHECK(!credentials::bearer("1|abc:def==").check());
}

TEST_CASE("credentials know what they are", "[http][credentials]") {
    CHECK(credentials().kind() == credentials_kind::none);
    CHECK(!credentials().check());
    const auto digest = credentials::digest("me", "secret");
    CHECK(digest.kind() == credentials_kind::digest);
    CHECK(digest.user() == "me");
    CHECK(digest.secret() == "secret");
    CHECK(digest == credentials::digest("me", "secret"));
    CHECK(!(digest == credentials::any("me", "secret")));
    CHECK(!(digest == credentials::digest("me", "Secret")));
    CHECK(!(digest == credentials::digest("Me", "secret")));
    CHECK(!(digest == credentials()));
    CHECK(credentials::bearer("t").user().empty());
    STATIC_CHECK(!std::is_aggregate_v<credentials>);
}

TEST_CASE("nothing can be smuggled in through user name, password or token", "[http][credentials]") {
    using namespace std::string_view_literals;
    for (const auto make : {&credentials::basic, &credentials::digest, &credentials::any}) {
        for (const auto bad :
             {"a\rb"sv, "a\nb"sv, "a\r\nX-Evil: 1"sv, "\0"sv, "a\tb"sv, "\x1f"sv, "\x7f"sv}) {
            CHECK(make(bad, "p").check() == errc::invalid_credentials);
            CHECK(make("u", bad).check() == errc::invalid_credentials);
        }
        CHECK(make("a:b", "p").check() == errc::invalid_credentials);
        CHECK(make(":", "").check() == errc::invalid_credentials);
        CHECK(!make("", "").check());
        CHECK(!make("a@b\"\\,", "p:q").check());
        CHECK(!make("J\xc3\xa4s\xc3\xb8n Doe", "\xe2\x82\xac").check());
    }
    for (const auto bad : {""sv, "a b"sv, "a\r\nb"sv, "a\0b"sv, "a\tb"sv, "caf\xc3\xa9"sv, "\x7f"sv})
        CHECK(credentials::bearer(bad).check() == errc::invalid_credentials);
    CHECK(credentials::bearer("a\nb").check() == std::errc::invalid_argument);
}

TEST_CASE("credentials have a size that can be sent", "[http][credentials]") {
    const std::string most(credentials::max_size, 'x');
    CHECK(!credentials::bearer(most).check());
    CHECK(credentials::bearer(most + "x").check() == errc::invalid_credentials);
    CHECK(!credentials::basic("u", most.substr(1)).check());
    CHECK(credentials::basic("u", most).check() == errc::invalid_credentials);
    CHECK(credentials::basic(most + "x", "").check() == errc::invalid_credentials);
}

TEST_CASE("credentials cannot be printed, and an error does not show them", "[http][credentials]") {
    STATIC_CHECK(printable<std::string>);
    STATIC_CHECK(!printable<credentials>);
    const auto ec = credentials::basic("user\n", "hunter2\n").check();
    CHECK(ec.message().find("hunter2") == std::string::npos);
}
