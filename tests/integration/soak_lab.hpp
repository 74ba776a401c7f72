// The servers of the soak tests, and what each fetch and each look-up of them must come to.
#pragma once

#include "../support/http_client.hpp"

#include <dragline/dns/resolve.hpp>
#include <dragline/h1/error.hpp>
#include <dragline/net/error.hpp>
#include <dragline/tls/error.hpp>

#include <asio/ip/address.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace dragline::test {

/// 500 names of twelve kinds, and paths of eighteen, from good to broken in every stage.
class soak_lab {
public:
    static constexpr std::size_t names = 500;

    soak_lab() {
        set_names();
        set_paths(plain_);
        set_paths(secure_);
    }

    http::session_options session() const {
        // Patient with datagrams that get lost when the machine is busy, exact in what becomes of them.
        auto queries = dns::query_options().add_server(dns_.to_string()).hosts_file(false);
        queries.tries(5).try_timeout(std::chrono::seconds(3)).timeout(std::chrono::seconds(60));
        auto options = http::session_options().dns(std::move(queries)).tls(trusting_test_ca());
        return options;
    }

    /// Fetches number `i`; returns what it came to, as text.
    asio::awaitable<std::string> fetch(http::session session, std::size_t i) const {
        const auto kind = path_kind(i);
        auto options = fetch_options().timeout(std::chrono::seconds(120));
        if (kind == 4) options.redirects(2);
        if (kind == 9) options.max_body(1000);
        if (kind == 13) options.method("PUT").body(std::string(2048, 'p'));
        auto token = as_tuple(asio::use_awaitable);
        const auto url = url_of(i);
        const auto [ec, response] = co_await fetch_url(session, url, options, token);
        co_return ec ? ec.message() : answered(response.status, response.body.size());
    }

    std::string expected_fetch(std::size_t i) const {
        const auto kind = path_kind(i);
        if (kind == 17) return text(tls::errc::address_mismatch);
        switch (name_kind(name_of(i))) {
            case 6: return text(dns::errc::name_not_found);
            case 7: return text(dns::errc::server_failure);
            case 8: return text(dns::errc::refused);
            case 9: return text(dns::errc::no_data);
            case 10: return text(dns::errc::malformed_message);
            case 11: return text(dns::errc::cname_loop);
            default: break;
        }
        switch (kind) {
            case 2: return answered(200, large);
            case 4: return text(http::errc::too_many_redirects);
            case 5:
            case 6: return std::make_error_code(std::errc::connection_reset).message();
            case 7: return text(h1::errc::truncated);
            case 8: return text(h1::errc::malformed_status_line);
            case 9: return text(http::errc::body_too_large);
            case 10: return text(h1::errc::malformed_chunk);
            case 11: return answered(503, small);
            case 13: return answered(200, 2048);
            case 14: return text(http::errc::connection_closed);
            default: return answered(200, small);
        }
    }

    /// Looks up number `i`: IPv4 mostly, IPv6 or the name of an address.
    asio::awaitable<std::string> resolve(http::session session, std::size_t i) const {
        auto token = as_tuple(asio::use_awaitable);
        const auto name = host(name_of(i));
        if (i % 8 == 6) {
            const auto [ec, found] = co_await resolve_host6(session, name, token);
            co_return ec ? ec.message() : found.front().to_string();
        }
        if (i % 8 == 7) {
            const auto address = address_of(name_of(i));
            const auto [ec, found] = co_await reverse_resolve(session, address, token);
            co_return ec ? ec.message() : found.front();
        }
        const auto [ec, found] = co_await resolve_host(session, name, token);
        co_return ec ? ec.message() : found.front().to_string();
    }

    std::string expected_resolve(std::size_t i) const {
        const auto n = name_of(i);
        if (i % 8 == 7) return n % 2 == 0 ? host(n) : text(dns::errc::name_not_found);
        switch (name_kind(n)) {
            case 6: return text(dns::errc::name_not_found);
            case 7: return text(dns::errc::server_failure);
            case 8: return text(dns::errc::refused);
            case 9: return text(dns::errc::no_data);
            case 10: return text(dns::errc::malformed_message);
            case 11: return text(dns::errc::cname_loop);
            default: return i % 8 == 6 ? text(dns::errc::no_data) : "127.0.0.1";
        }
    }

    /// A fetch that must work, whatever was before.
    std::string good_url() const { return url_of("http", host(0), "/0"); }

    testing::http_server& plain() { return plain_; }
    testing::http_server& secure() { return secure_; }
    testing::dns_server& dns() { return dns_; }

    static std::string host(std::size_t name) { return "host-" + std::to_string(name) + ".soak.test"; }

private:
    static constexpr std::size_t small = 13;
    static constexpr std::size_t large = 40'000;

    template <class Code>
    static std::string text(Code code) {
        return make_error_code(code).message();
    }
    static std::string answered(int status, std::size_t size) {
        return std::to_string(status) + " with " + std::to_string(size) + " B";
    }

    // Every kind of path meets every kind of name, in no regular order.
    static std::size_t mixed(std::size_t i) {
        return static_cast<std::size_t>((i + 1) * 0x9e3779b97f4a7c15u >> 17);
    }
    static std::size_t name_of(std::size_t i) { return mixed(i) % names; }
    static std::size_t path_kind(std::size_t i) { return mixed(i) / names % 18; }

    // Nearly two of three are good, so that most fetches come beyond their look-up.
    static std::size_t name_kind(std::size_t name) { return name % 20 < 12 ? name % 20 : name % 4; }
    static asio::ip::address address_of(std::size_t name) {
        const auto low = static_cast<unsigned char>(name % 250);
        const auto high = static_cast<unsigned char>(name / 250);
        return asio::ip::address_v4({198, 51, high, low});
    }

    std::string url_of(const char* scheme, const std::string& at, const std::string& path) const {
        const auto port = scheme[4] == 's' ? secure_.port() : plain_.port();
        return std::string(scheme) + "://" + at + ':' + std::to_string(port) + path;
    }
    std::string url_of(std::size_t i) const {
        const auto kind = path_kind(i);
        const auto path = '/' + std::to_string(kind);
        if (kind == 17) return url_of("https", "127.0.0.1", path);
        return url_of(kind == 16 ? "https" : "http", host(name_of(i)), path);
    }

    void set_names() {
        using testing::dns_reply;
        using seconds = std::chrono::seconds;
        dns_.negative_ttl(seconds(0));  // so that most look-ups reach the server
        for (std::size_t n = 0; n < names; ++n) {
            const auto name = host(n);
            if (n % 2 == 0) dns_.pointer(address_of(n), {name}, seconds(0));
            const auto a = dns::record_type::a;
            switch (name_kind(n)) {
                case 0: dns_.answer(name, a, {"127.0.0.1"}, seconds(3600)); break;
                case 4: dns_.alias(name, host(0), seconds(0)); break;
                case 6: break;
                case 7: dns_.on(name, dns_reply(dns::rcode::server_failure)); break;
                case 8: dns_.on(name, dns_reply(dns::rcode::refused)); break;
                case 9: dns_.empty(name); break;
                case 10: dns_.on(name, dns_reply().compression_loop()); break;
                case 11: dns_.alias(name, name, seconds(0)); break;
                default: dns_.answer(name, a, {"127.0.0.1"}, seconds(0)); break;
            }
            if (name_kind(n) == 2) dns_.on(name, dns_reply().delay(std::chrono::milliseconds(2)));
            if (name_kind(n) == 3) dns_.on(name, dns_reply().truncated());
            if (name_kind(n) == 5) dns_.on(name, dns_reply().duplicates(2));
        }
    }

    static void set_paths(testing::http_server& server) {
        using testing::ending;
        using testing::http_reply;
        const std::string body(small, 'b');
        const auto good = http_reply().body(body);
        server.on("/0", good).on("/16", good).on("/17", good);
        server.on("/1", http_reply().body(body).chunks({5, 1, 3}).trailer("X-End", "1"));
        server.on("/2", http_reply().body(std::string(large, 'l')));
        server.on("/3", http_reply().body(body).delay(std::chrono::milliseconds(2)));
        server.on("/4", http_reply::redirect("/4"));
        server.on("/5", http_reply().no_answer(ending::reset));
        server.on("/6", http_reply().body(body).cut_body(5, ending::reset));
        server.on("/7", http_reply().body(body).cut_body(5, ending::close));
        server.on("/8",
                  http_reply().raw("HTTP/1.1 OK 200\r\nContent-Length: 0\r\n\r\n").finish(ending::close));
        server.on("/9", http_reply().body(std::string(large, 'o')).chunks({500}));
        server.on("/10", http_reply()
                             .header("Transfer-Encoding", "chunked")
                             .framing(testing::http_framing::none)
                             .body("5\r\n12345\r\nnonsense\r\n"));
        server.on("/11", http_reply(503).body(body));
        server.on("/12", http_reply().body(body).close());
        server.on("/13",
                  [](const testing::http_request& request) { return http_reply().body(request.body); });
        server.on("/14", http_reply().no_answer(ending::close));
        server.on("/15", http_reply().body(body).next_request(ending::reset));
    }

    testing::http_server plain_;
    testing::http_server secure_{certificate_of(testing::certificate_request().name("*.soak.test"))};
    testing::dns_server dns_;
};

}  // namespace dragline::test
