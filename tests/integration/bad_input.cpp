// Bad input, from the caller and from the network: each gives an error that names what was wrong, spoils
// nothing that goes on beside it, and leaves the session as good as before.
#include <dragline/dragline.hpp>

#include "../support/http_client.hpp"
#include "server_process.hpp"

#include <dragline/h1/error.hpp>
#include <dragline/net/error.hpp>
#include <dragline/testing/sockets.hpp>
#include <dragline/tls/error.hpp>
#include <dragline/url/error.hpp>

#include <asio/error.hpp>
#include <asio/use_future.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::condition;
using dragline::fetch_options;
using dragline::make_timeout;
using dragline::no_limit;
using dragline::phase;
using dragline::phase_of;
using dragline::test::certificate_of;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::test::run_until;
using dragline::test::trusting_test_ca;
using dragline::test::using_dns;
using dragline::test::usual_certificate;
using dragline::testing::black_hole;
using dragline::testing::certificate_request;
using dragline::testing::dead_port;
using dragline::testing::dns_reply;
using dragline::testing::dns_server;
using dragline::testing::ending;
using dragline::testing::http_framing;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace dns = dragline::dns;
namespace h1 = dragline::h1;
namespace http = dragline::http;
namespace net = dragline::net;
namespace tls = dragline::tls;
namespace url = dragline::url;

namespace {

// One session that meets everything bad there is, with a good server beside it.
class bad_input_lab {
public:
    bad_input_lab() {
        good.on("/", http_reply().body("good"))
            .on("/slow", http_reply().body("slow").chunks({1}).drip_body(4, 5ms));
        names.host("good.test", {"127.0.0.1"});
    }

    http_server good;
    http_server bad;
    dns_server names;
    http_client client{using_dns(names).tls(trusting_test_ca())};

    /// Fetches, while a slow fetch from the good server goes on beside it; afterwards the session still
    /// works.
    fetched fetch(const std::string& what, const fetch_options& options = fetch_options()) {
        const auto beside = client.start(good.url("/slow"));
        auto got = client.fetch(what, options);
        const auto after = client.fetch("http://good.test:" + std::to_string(good.port()) + "/");
        client.wait_for(beside);
        CHECK(beside->response.body == "slow");
        CHECK(after.response.body == "good");
        CHECK(client.statistics().calls == 0);
        CHECK(client.statistics().connections == client.statistics().idle_connections);
        return got;
    }

    /// What the bad server does to a request.
    fetched meet(const http_reply& reply, const fetch_options& options = fetch_options()) {
        bad.on("/", reply);
        return fetch(bad.url("/"), options);
    }
};

template <class Kind>
void check_error(const fetched& got, std::error_code code, Kind kind, phase where) {
    INFO(got.ec.category().name() << ": " << got.ec.message());
    CHECK(got.ec == code);
    CHECK(got.ec == kind);
    CHECK(phase_of(got.ec) == where);
    CHECK(got.response.body.empty());
}

const auto invalid = std::errc::invalid_argument;

}  // namespace

TEST_CASE("an invalid URL is refused with the reason, before anything is sent", "[integration][bad_input]") {
    bad_input_lab lab;
    const std::vector<std::pair<std::string, url::errc>> texts{
        {"", url::errc::missing_scheme},
        {"good.test/path", url::errc::missing_scheme},
        {"http://", url::errc::missing_host},
        {"http://user@/", url::errc::missing_host},
        {"http://a b/", url::errc::invalid_host},
        {"http://1.2.3.4.5/", url::errc::invalid_ipv4},
        {"http://[::1/", url::errc::invalid_ipv6},
        {"http://[fe80::1%25lo]/", url::errc::ipv6_zone_id},
        {"http://good.test:99999/", url::errc::invalid_port},
        {"http://good.test:-1/", url::errc::invalid_port},
    };
    for (const auto& [text, why] : texts) {
        INFO(text);
        check_error(lab.fetch(text), make_error_code(why), invalid, phase::none);
    }
    for (const std::string text :
         {"ftp://good.test/", "file:///etc/passwd", "mailto:a@good.test", "ws://good.test/"}) {
        INFO(text);
        check_error(lab.fetch(text), make_error_code(http::errc::unsupported_scheme), invalid, phase::none);
    }
    CHECK(lab.names.query_count("good.test", dns::record_type::a) == 1);
    CHECK(lab.bad.connection_count() == 0);
}

TEST_CASE("a URL is sent up to its limit of 64 KiB, and refused beyond, with 100 kB",
          "[integration][bad_input]") {
    bad_input_lab lab;
    lab.bad.on("*", http_reply(414));
    const std::size_t limit = 64 * 1024;
    const auto sized = [&](std::size_t size) {
        auto text = lab.bad.url("/");
        return text.append(size - text.size(), 'p');
    };
    // The server is free not to take so long a line: our own scripted one takes 32 KiB.
    CHECK(lab.fetch(sized(limit)).response.status == 400);
    CHECK(lab.fetch(sized(16 * 1024)).response.status == 414);
    for (const auto size : {limit + 1, std::size_t{100'000}, std::size_t{10'000'000}}) {
        check_error(lab.fetch(sized(size)), make_error_code(url::errc::too_long), condition::limit_exceeded,
                    phase::none);
    }
    check_error(lab.fetch("http://" + std::string(60'000, 'h') + ".test/"),
                make_error_code(dns::errc::name_too_long), condition::resolve_failed, phase::resolve);
}

TEST_CASE("a host that has no address names what the DNS said", "[integration][bad_input]") {
    bad_input_lab lab;
    lab.names.empty("empty.test");
    lab.names.on("broken.test", dns_reply(dns::rcode::server_failure));
    lab.names.on("refused.test", dns_reply(dns::rcode::refused));
    lab.names.on("garbage.test", dns_reply().compression_loop());
    lab.names.on("silent.test", dns_reply().silent());
    const auto unresolved = condition::resolve_failed;
    const std::vector<std::pair<std::string, dns::errc>> hosts{
        {"missing.test", dns::errc::name_not_found},    {"empty.test", dns::errc::no_data},
        {"broken.test", dns::errc::server_failure},     {"refused.test", dns::errc::refused},
        {"garbage.test", dns::errc::malformed_message},
    };
    for (const auto& [host, why] : hosts) {
        INFO(host);
        check_error(lab.fetch("http://" + host + "/"), make_error_code(why), unresolved, phase::resolve);
    }
    check_error(lab.fetch("http://silent.test/", fetch_options().resolve_timeout(50ms)),
                make_timeout(phase::resolve), condition::timeout, phase::resolve);
    check_error(lab.fetch("http://silent.test/", fetch_options().timeout(50ms)), make_timeout(phase::resolve),
                condition::timeout, phase::resolve);
}

TEST_CASE("a port that refuses, and one that swallows, are told apart", "[integration][bad_input]") {
    bad_input_lab lab;
    const dead_port dead;
    const black_hole hole;
    const auto refused = lab.fetch("http://127.0.0.1:" + std::to_string(dead.port()) + "/");
    check_error(refused, asio::error::connection_refused, condition::connect_failed, phase::none);
    const auto swallowed = "http://127.0.0.1:" + std::to_string(hole.port()) + "/";
    check_error(lab.fetch(swallowed, fetch_options().connect_timeout(50ms)), make_timeout(phase::connect),
                condition::timeout, phase::connect);
    check_error(lab.fetch(swallowed, fetch_options().timeout(50ms)), make_timeout(phase::connect),
                condition::timeout, phase::connect);
    // The first address dead, the second alive: connects all the same.
    const dead_port first(asio::ip::make_address("127.0.0.2"));
    http_server second(http_server::unbound);
    second.listen(asio::ip::address_v4::loopback(), first.port());
    second.on("/", http_reply().body("second"));
    lab.names.host("both.test", {"127.0.0.2", "127.0.0.1"});
    const auto both = lab.fetch("http://both.test:" + std::to_string(first.port()) + "/");
    CHECK(both.response.body == "second");
    CHECK(both.trace.attempts.at(0).connection.dials.size() == 2);
}

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

TEST_CASE("a certificate that does not hold is told", "[integration][bad_input]") {
    bad_input_lab lab;
    const auto issue = [](certificate_request request) { return certificate_of(request.name("good.test")); };
    const auto meet = [&](const dragline::testing::issued_certificate& certificate,
                          const tls::client_options& options) {
        http_server server(certificate);
        server.on("/", http_reply().body("good"));
        const auto got = lab.fetch("https://good.test:" + std::to_string(server.port()) + "/",
                                   fetch_options().tls(options));
        if (got.ec) CHECK(phase_of(got.ec) == phase::tls);
        CHECK((got.ec == condition::tls_failed) == bool(got.ec));
        CHECK(server.request_count() == (got.ec ? 0 : 1));
        return got.ec;
    };
    const auto trusting = trusting_test_ca();
    CHECK(meet(issue(certificate_request()), trusting) == std::error_code());
    CHECK(meet(issue(certificate_request().expired()), trusting) == tls::errc::certificate_expired);
    CHECK(meet(issue(certificate_request().self_signed()), trusting) == tls::errc::self_signed);
    CHECK(meet(usual_certificate(), trusting) == tls::errc::host_mismatch);
    CHECK(meet(issue(certificate_request()), tls::client_options().ca_pem("")) ==
          tls::errc::empty_trust_store);
    CHECK(meet(issue(certificate_request()), tls::client_options().ca_file("/nowhere/ca.pem")) ==
          tls::errc::invalid_trust);
    const dragline::test::scratch_folder empty;
    CHECK(meet(issue(certificate_request()), tls::client_options().ca_directory(empty.path())) ==
          tls::errc::empty_trust_store);
    empty.write("empty.pem", "");
    CHECK(meet(issue(certificate_request()), tls::client_options().ca_file(empty.file("empty.pem"))) ==
          tls::errc::empty_trust_store);
    CHECK(meet(issue(certificate_request().expired()), tls::client_options().verify(false)) ==
          std::error_code());
}

TEST_CASE("a timeout of zero or less is refused, each by itself", "[integration][bad_input]") {
    bad_input_lab lab;
    const auto bad_option = make_error_code(dragline::errc::invalid_option);
    for (const auto value : {0ms, -1ms, -1'000'000ms}) {
        for (const auto& options :
             {fetch_options().timeout(value), fetch_options().resolve_timeout(value),
              fetch_options().connect_timeout(value), fetch_options().tls_timeout(value),
              fetch_options().write_timeout(value), fetch_options().first_byte_timeout(value),
              fetch_options().read_timeout(value)}) {
            check_error(lab.fetch(lab.good.url(), options), bad_option, invalid, phase::none);
        }
        CHECK(lab.fetch("http://good.test/", fetch_options().timeout(value)).trace.attempts.empty());
    }
    CHECK(lab.fetch(lab.good.url(), fetch_options().timeout(no_limit).connect_timeout(no_limit))
              .response.body == "good");
}

TEST_CASE("what would break the request apart is refused and not sent", "[integration][bad_input]") {
    bad_input_lab lab;
    lab.bad.on("*", http_reply());
    const auto check_refused = [&](const fetch_options& options, h1::errc why) {
        check_error(lab.fetch(lab.bad.url(), options), make_error_code(why), invalid, phase::write);
    };
    for (const std::string value : {"a\r\nInjected: b", "a\nb", "a\rb", "\r\n", "a\n"}) {
        check_refused(fetch_options().header("X-Name", value), h1::errc::invalid_field_value);
        check_refused(fetch_options().user_agent(value), h1::errc::invalid_field_value);
        check_refused(fetch_options().body(http::body("text", value)), h1::errc::invalid_field_value);
    }
    check_refused(fetch_options().header("X-Name", std::string("a\0b", 3)), h1::errc::invalid_field_value);
    for (const std::string name : {"", "a b", "a:", "a\r\nb", "\xc3\xa4"}) {
        check_refused(fetch_options().header(name, "value"), h1::errc::invalid_field_name);
    }
    for (const std::string method : {"GET /", "G\r\nET", " GET"}) {
        check_refused(fetch_options().method(method), h1::errc::invalid_method);
    }
    const auto framing = lab.fetch(lab.bad.url(), fetch_options().header("Content-Length", "5"));
    CHECK(framing.ec == dragline::errc::invalid_option);
    // Line breaks inside a URL go, as WHATWG says; what else is no URL character is escaped.
    CHECK(lab.fetch(lab.bad.url("/a\r\nb c")).response.status == 200);
    CHECK(lab.bad.requests().back().target == "/ab%20c");
    CHECK(lab.bad.request_count() == 1);
    CHECK(lab.bad.malformed_requests() == 0);
}

TEST_CASE("a blocking handler that never ends costs its caller the deadline, and the loop nothing",
          "[integration][bad_input]") {
    bad_input_lab lab;
    dragline::blocking_pool pool(dragline::blocking_pool_options().threads(1));
    dragline::dispatcher dispatcher(lab.client.loop, pool, dragline::dispatcher_options().deadline(50ms));
    std::promise<void> released;
    std::stop_token stop;
    const auto never_ends = [&](std::stop_token asked) {
        stop = asked;
        released.get_future().wait();
        return 1;
    };
    std::optional<std::error_code> ended;
    dispatcher.dispatch(never_ends, [&](std::exception_ptr thrown, int) {
        try {
            if (thrown) std::rethrow_exception(thrown);
        } catch (const std::system_error& failure) {
            ended = failure.code();
        }
    });
    CHECK(lab.fetch(lab.good.url()).response.body == "good");
    run_until(lab.client.loop, [&] { return ended.has_value(); });
    CHECK(*ended == make_timeout(phase::total));
    CHECK(stop.stop_requested());
    CHECK(dispatcher.blocking() == 1);  // it still holds its thread
    CHECK(lab.fetch(lab.good.url()).response.body == "good");
    released.set_value();
    run_until(lab.client.loop, [&] { return dispatcher.blocking() == 0; });
}
