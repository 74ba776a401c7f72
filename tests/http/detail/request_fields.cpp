#include <dragline/http/detail/request_fields.hpp>

#include <dragline/core/error.hpp>
#include <dragline/h1/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace http = dragline::http;

using http::body;
using http::fetch_options;
using http::session_options;
using http::detail::common_fields;
using http::detail::request_fields;

namespace {

std::string text_of(const http::fields& fields) {
    std::string text;
    for (const auto& [name, value] : fields) ((text += name) += ": ") += std::string(value) + "\n";
    return text;
}

// The fields of a request, and whether they are the session's own.
struct prepared {
    prepared(const fetch_options& options, const session_options& shared, std::string_view method = "GET")
        : common(common_fields(shared)),
          ec(with.prepare(options, shared, common, method, options.body())),
          ec_without(without.prepare(options, shared, std::nullopt, method, options.body())) {}

    bool shares() const { return common && &*with == &*common; }

    std::optional<http::fields> common;
    request_fields with, without;
    std::error_code ec, ec_without;
};

}  // namespace

TEST_CASE("a request that brings no fields shares those of its session", "[http][request_fields]") {
    const fetch_options plain;
    const prepared run(plain, session_options().user_agent("a/1"));
    CHECK(!run.ec);
    CHECK(run.shares());
    CHECK(run.with->find("User-Agent") == "a/1");
    CHECK(text_of(*run.with) == text_of(*run.without));
}

TEST_CASE("what a request changes in its fields concerns no other", "[http][request_fields]") {
    const fetch_options plain;
    prepared run(plain, session_options());
    request_fields other;
    CHECK(!other.prepare(plain, session_options(), run.common, "GET", body()));
    const auto before = text_of(*other);
    run.with.own().set("Cookie", "a=b").remove("Accept");
    CHECK(text_of(*other) == before);
    CHECK(run.with->get("Cookie") == "a=b");
    CHECK(!run.with->contains("Accept"));
    CHECK(run.with->contains("User-Agent"));
    run.with.own().set("Cookie", "c=d");
    CHECK(run.with->get("Cookie") == "c=d");
    CHECK(!run.with->contains("Accept"));
}

TEST_CASE("a request that brings anything of its own shares none", "[http][request_fields]") {
    const session_options shared;
    const auto check = [&](const fetch_options& options, std::string_view method = "GET") {
        const prepared run(options, shared, method);
        CHECK(!run.ec);
        CHECK(!run.shares());
        CHECK(text_of(*run.with) == text_of(*run.without));
        return text_of(*run.with);
    };
    CHECK(check(fetch_options().header("A", "b")).ends_with("A: b\n"));
    CHECK(check(fetch_options().header("accept", "b")).ends_with("accept: b\n"));
    CHECK(check(fetch_options().user_agent("own/2")).starts_with("User-Agent: own/2\n"));
    CHECK(check(fetch_options().user_agent("")).starts_with("Accept: "));
    CHECK(check(fetch_options().decompress(false)).ends_with("Accept: */*\n"));
    CHECK(check(fetch_options().body("abc"), "PUT").ends_with("Content-Length: 3\n"));
    CHECK(check(fetch_options().body("abc")).ends_with("Content-Length: 3\n"));
    CHECK(check(fetch_options(), "POST").ends_with("Content-Length: 0\n"));
}

TEST_CASE("fields that may not be sent are shared by nobody, and told to each", "[http][request_fields]") {
    const auto shared = session_options().user_agent("a\r\nB: c");
    CHECK(!common_fields(shared));
    const fetch_options plain;
    const prepared run(plain, shared);
    CHECK(run.ec == dragline::h1::errc::invalid_field_value);
    const auto good = fetch_options().user_agent("good");
    CHECK(!prepared(good, shared).ec);
    const auto bad = fetch_options().header("Content-Length", "1");
    CHECK(prepared(bad, session_options()).ec == dragline::errc::invalid_option);
}
