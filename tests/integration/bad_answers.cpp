// Bad answers from the network: each gives an error that names what was wrong, spoils nothing that goes on
// beside it, and leaves the session as good as before.
#include <dragline/http.hpp>

#include "bad_input_lab.hpp"

#include <dragline/dns/error.hpp>
#include <dragline/h1/error.hpp>
#include <dragline/url/error.hpp>

#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using dragline::condition;
using dragline::fetch_options;
using dragline::phase;
using dragline::phase_of;
using dragline::test::bad_input_lab;
using dragline::test::check_error;
using dragline::test::fetched;
using dragline::testing::ending;
using dragline::testing::http_framing;
using dragline::testing::http_reply;

namespace dns = dragline::dns;
namespace h1 = dragline::h1;
namespace http = dragline::http;
namespace url = dragline::url;

TEST_CASE("a connection that ends too early is an error of its own at each place",
          "[integration][bad_input]") {
    bad_input_lab lab;
    const std::error_code reset = asio::error::connection_reset;
    const auto body = http_reply().body("0123456789");
    const auto chunked = http_reply().body("0123456789").chunks({5});
    const auto broken = condition::protocol_error;
    const auto truncated = make_error_code(h1::errc::truncated);
    CHECK(lab.meet(http_reply().no_answer(ending::reset)).ec == reset);
    CHECK(lab.meet(http_reply(body).cut_head(20, ending::reset)).ec == reset);
    CHECK(lab.meet(http_reply(body).cut_body(5, ending::reset)).ec == reset);
    CHECK(lab.meet(http_reply(chunked).cut_body(9, ending::reset)).ec == reset);

    check_error(lab.meet(http_reply().no_answer(ending::close)),
                make_error_code(http::errc::connection_closed), broken, phase::first_byte);
    check_error(lab.meet(http_reply(body).cut_head(20)), truncated, broken, phase::read);
    for (const std::size_t size : {0u, 5u, 9u}) {
        CHECK(lab.meet(http_reply(body).cut_body(size)).ec == truncated);
        CHECK(lab.meet(http_reply(chunked).cut_body(size)).ec == truncated);
    }
    CHECK_FALSE(lab.meet(http_reply(body).framing(http_framing::until_close)).ec);
}

TEST_CASE("a head beyond its limits is refused, and one at them is not", "[integration][bad_input]") {
    bad_input_lab lab;
    const auto too_much = condition::limit_exceeded;
    const auto fields = [](std::size_t count) { return http_reply().padding(count, 10).body("x"); };
    const auto limits = fetch_options().head_limits(h1::head_limits().max_fields(20));
    CHECK_FALSE(lab.meet(fields(19), limits).ec);  // and Content-Length
    check_error(lab.meet(fields(20), limits), make_error_code(h1::errc::too_many_fields), too_much,
                phase::read);
    check_error(lab.meet(fields(2000)), make_error_code(h1::errc::too_many_fields), too_much, phase::read);
    check_error(lab.meet(http_reply().padding(1, 33'000)), make_error_code(h1::errc::line_too_long), too_much,
                phase::read);
    check_error(lab.meet(http_reply().padding(20, 20'000)), make_error_code(h1::errc::head_too_large),
                too_much, phase::read);
    check_error(lab.meet(http_reply().endless_head("X-More: and more\r\n")),
                make_error_code(h1::errc::too_many_fields), too_much, phase::read);
    check_error(lab.meet(http_reply().interim(103, {}, 33).body("x")),
                make_error_code(http::errc::too_many_interim), too_much, phase::first_byte);
    CHECK_FALSE(lab.meet(http_reply().interim(103, {}, 32).body("x")).ec);
}

TEST_CASE("a body beyond max_body is refused or cut, and max_body 0 takes nothing",
          "[integration][bad_input]") {
    bad_input_lab lab;
    const std::string content(1000, 'c');
    const auto too_large = make_error_code(http::errc::body_too_large);
    const auto check_too_large = [&](const fetched& got) {
        CHECK(got.ec == too_large);
        CHECK(got.ec == condition::limit_exceeded);
        CHECK(phase_of(got.ec) == phase::read);
    };
    for (const auto framing :
         {http_framing::content_length, http_framing::chunked, http_framing::until_close}) {
        const auto reply = http_reply().body(content).framing(framing);
        CHECK(lab.meet(reply, fetch_options().max_body(1000)).response.body == content);
        check_too_large(lab.meet(reply, fetch_options().max_body(999)));
        const auto cut = lab.meet(reply, fetch_options().max_body(999).on_limit(http::on_limit::truncate));
        CHECK(cut.response.body.size() == 999);
        CHECK(cut.response.truncated);

        check_too_large(lab.meet(reply, fetch_options().max_body(0)));
        const auto none = http_reply().framing(framing);
        CHECK_FALSE(lab.meet(none, fetch_options().max_body(0)).ec);
        const auto nothing = lab.meet(reply, fetch_options().max_body(0).on_limit(http::on_limit::truncate));
        CHECK(nothing.response.truncated);
        CHECK(nothing.response.body.empty());
    }
    check_too_large(lab.meet(http_reply().endless_body("again "), fetch_options().max_body(500'000)));
    // A mebibyte in pieces of a byte to a packet, limit 500 kB: exactly that.
    const auto pieces = http_reply().body(std::string(1024 * 1024, 'x')).chunks({1, 10, 100, 1460});
    const auto exact = lab.meet(pieces, fetch_options().max_body(500'000).on_limit(http::on_limit::truncate));
    CHECK(exact.response.body.size() == 500'000);
    CHECK(exact.response.truncated);
}

TEST_CASE("a malformed answer names the line that was wrong", "[integration][bad_input]") {
    bad_input_lab lab;
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    const std::vector<std::pair<std::string, h1::errc>> answers{
        {"HTTP/1.1 OK\r\n\r\n", h1::errc::malformed_status_line},
        {"HTTP/1.1 99 Low\r\n\r\n", h1::errc::malformed_status_line},
        {"SSH-2.0-OpenSSH_9.2\r\n\r\n", h1::errc::malformed_status_line},
        {"HTTP/2.0 200 OK\r\n\r\n", h1::errc::unsupported_version},
        {ok + "Name value\r\n\r\n", h1::errc::whitespace_before_colon},
        {ok + "Name\r\n\r\n", h1::errc::malformed_field},
        {ok + ": no name\r\n\r\n", h1::errc::malformed_field},
        {ok + "Name : value\r\n\r\n", h1::errc::whitespace_before_colon},
        {ok + " Name: value\r\n\r\n", h1::errc::whitespace_before_field},
        {ok + "Name: value\r\n folded\r\n\r\n", h1::errc::folded_field},
        {ok + "Name: a\rb\r\n\r\n", h1::errc::malformed_field_value},
        {ok + "Content-Length: 5 apples\r\n\r\n", h1::errc::invalid_content_length},
        {ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", h1::errc::conflicting_content_length},
        {ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
         h1::errc::content_length_with_transfer_encoding},
        {ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", h1::errc::unsupported_transfer_encoding},
        {chunked + "xyz\r\n", h1::errc::malformed_chunk},
        {chunked + "-5\r\n", h1::errc::malformed_chunk},
        {chunked + "5\r\n1234567\r\n", h1::errc::malformed_chunk},
        {chunked + "11112222333344445\r\n", h1::errc::chunk_too_large},
    };
    for (const auto& [bytes, why] : answers) {
        INFO(bytes);
        const auto got = lab.meet(http_reply().raw(bytes).finish(ending::stall));
        INFO(got.ec.message());
        CHECK(got.ec == why);
        CHECK(got.ec == condition::protocol_error);
        CHECK(phase_of(got.ec) == phase::read);
    }
    CHECK(lab.meet(http_reply::garbage().finish(ending::close)).ec == condition::protocol_error);
}

TEST_CASE("a redirect that leads nowhere is told", "[integration][bad_input]") {
    bad_input_lab lab;
    const auto loop = lab.meet(http_reply::redirect("/"));
    CHECK(loop.ec == http::errc::too_many_redirects);
    CHECK(loop.ec == condition::limit_exceeded);
    CHECK(phase_of(loop.ec) == phase::redirect);
    CHECK(loop.trace.attempts.size() == 11);

    CHECK(lab.meet(http_reply::redirect("ftp://good.test/")).ec == http::errc::unsupported_scheme);
    CHECK(lab.meet(http_reply::redirect("http://[bad/")).ec == url::errc::invalid_ipv6);
    CHECK(lab.meet(http_reply::redirect("http://missing.test/")).ec == dns::errc::name_not_found);
    CHECK(lab.meet(http_reply(302)).response.status == 302);  // no Location: the response is the result
}
