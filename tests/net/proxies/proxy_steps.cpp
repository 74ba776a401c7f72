// A proxy that is killed at each step of the way: after each byte of what it says, in either direction.
#include <dragline/net/connect.hpp>

#include "../../support/tcp_peer.hpp"
#include "lab_proxy.hpp"

#include <dragline/net/error.hpp>

#include <asio/buffer.hpp>
#include <asio/redirect_error.hpp>
#include <asio/write.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

using namespace std::chrono_literals;
using dragline::condition;
using dragline::connect_options;
using dragline::net::connect_trace;
using dragline::net::proxy;
using dragline::net::proxy_scheme;
using dragline::net::stream;
using dragline::test::kept_completion;
using dragline::test::lab_proxy;
using dragline::test::quiet_target;
using dragline::test::run_until;

namespace {

constexpr auto all = std::numeric_limits<std::size_t>::max();

// Stands before a proxy, passes on so many bytes each way, and then is gone with all its connections, as a
// process is that was killed.
class mortal_relay {
public:
    struct limits {
        std::size_t down = all;  // from the proxy
        std::size_t up = all;
        bool resets = true;
    };

    mortal_relay(dragline::event_loop& loop, std::uint16_t to, const limits& until)
        : state_(std::make_shared<state>(loop, to, until)) {
        asio::co_spawn(loop.get_executor(), accept(state_), asio::detached);
    }
    ~mortal_relay() { end(*state_); }

    std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }
    std::size_t down() const { return state_->down; }
    std::size_t up() const { return state_->up; }

private:
    struct state {
        state(dragline::event_loop& loop, std::uint16_t port, const limits& until)
            : acceptor(loop.get_executor(), {asio::ip::address_v4::loopback(), 0}),
              client(loop.get_executor()),
              server(loop.get_executor()),
              to(port),
              most(until) {}
        asio::ip::tcp::acceptor acceptor;
        asio::ip::tcp::socket client, server;
        std::uint16_t to;
        limits most;
        std::size_t down = 0, up = 0;
    };
    using pointer = std::shared_ptr<state>;

    static void end(state& self) {
        std::error_code ignored;
        for (auto* each : {&self.client, &self.server}) {
            if (self.most.resets) each->set_option(asio::socket_base::linger(true, 0), ignored);
            each->close(ignored);
        }
        self.acceptor.close(ignored);
    }

    static asio::awaitable<void> accept(pointer self) {
        std::error_code ec;
        co_await self->acceptor.async_accept(self->client, asio::redirect_error(asio::use_awaitable, ec));
        if (ec) co_return;
        const asio::ip::tcp::endpoint where(asio::ip::address_v4::loopback(), self->to);
        co_await self->server.async_connect(where, asio::redirect_error(asio::use_awaitable, ec));
        if (self->most.down == 0 || self->most.up == 0) co_return end(*self);
        const auto loop = self->acceptor.get_executor();
        asio::co_spawn(loop, pump(self, self->client, self->server, self->up, self->most.up), asio::detached);
        asio::co_spawn(loop, pump(self, self->server, self->client, self->down, self->most.down),
                       asio::detached);
    }

    static asio::awaitable<void> pump(pointer self, asio::ip::tcp::socket& from, asio::ip::tcp::socket& to,
                                      std::size_t& passed, std::size_t most) {
        std::array<char, 16 * 1024> bytes;
        for (;;) {
            std::error_code ec;
            const auto part = std::min(bytes.size(), most - passed);
            const auto size = co_await from.async_read_some(asio::buffer(bytes, part),
                                                            asio::redirect_error(asio::use_awaitable, ec));
            if (ec) co_return end(*self);
            co_await asio::async_write(to, asio::buffer(bytes, size),
                                       asio::redirect_error(asio::use_awaitable, ec));
            passed += size;
            if (ec || passed == most) co_return end(*self);
        }
    }

    pointer state_;
};

struct outcome {
    std::error_code ec;
    std::size_t down = 0, up = 0;
};

// Connects through a proxy that dies, and makes sure that nobody went around it.
outcome connect_until(proxy_scheme scheme, const mortal_relay::limits& limits) {
    dragline::event_loop loop;
    const lab_proxy lab(loop, scheme);
    quiet_target target(loop);
    const mortal_relay relay(loop, lab.port(), limits);
    const auto port = relay.port();
    const auto by = proxy(scheme, "127.0.0.1", port).tls(lab.as_proxy().tls());
    const std::string host = scheme == proxy_scheme::socks5 ? "127.0.0.1" : "a.test";
    kept_completion<stream> opened;
    connect_trace trace;
    const auto options = connect_options().proxy(by).proxy_timeout(10s).trace(&trace);
    open_connection(loop, dragline::net::endpoint(host, target.port()), options, opened);
    run_until(loop, [&] { return opened.done(); });
    CHECK(opened.calls() == 1);
    CHECK(trace.dials.size() == 1);  // the proxy's: nothing goes direct
    CHECK(trace.dials.at(0).port == port);
    REQUIRE(trace.proxies.size() == 1);
    CHECK(trace.proxies.at(0).ec == opened.ec());
    return {opened.ec(), relay.down(), relay.up()};
}

}  // namespace

TEST_CASE("a proxy that is killed at any byte fails the connection, and nothing hangs", "[net][proxies]") {
    for (const auto scheme : {proxy_scheme::http, proxy_scheme::https, proxy_scheme::socks4a,
                              proxy_scheme::socks5, proxy_scheme::socks5h}) {
        const auto whole = connect_until(scheme, {});
        REQUIRE(!whole.ec);
        // A handshake of TLS is long, and each of its steps has many bytes.
        const std::size_t stride = scheme == proxy_scheme::https ? 61 : 1;
        for (const bool resets : {true, false}) {
            for (std::size_t size = 0; size < whole.down; size += stride) {
                CAPTURE(dragline::net::to_string(scheme), resets, size, whole.down);
                mortal_relay::limits limits;
                limits.resets = resets;
                limits.down = size;
                const auto got = connect_until(scheme, limits);
                // The tickets of TLS 1.3 come after it, so that the answer may be whole before the last byte.
                if (scheme == proxy_scheme::https && !got.ec) continue;
                CHECK(got.ec == condition::proxy_failed);
            }
            for (std::size_t size = 0; size < whole.up; size += stride) {
                CAPTURE(dragline::net::to_string(scheme), resets, size, whole.up);
                mortal_relay::limits limits;
                limits.resets = resets;
                limits.up = size;
                CHECK(connect_until(scheme, limits).ec == condition::proxy_failed);
            }
        }
    }
}
