// Bad input, from the caller and from the network: each gives an error that names what was wrong, spoils
// nothing that goes on beside it, and leaves the session as good as before.
#include <dragline/dragline.hpp>

#include "bad_input_lab.hpp"
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
using dragline::test::bad_input_lab;
using dragline::test::certificate_of;
using dragline::test::check_error;
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
