#include <dragline/net/datagram.hpp>

#include "../support/run.hpp"

#include <dragline/async/event_loop.hpp>
#include <dragline/net/detail/datagram_socket.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/ip/address_v6.hpp>
#include <asio/post.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

using namespace std::chrono_literals;
using dragline::make_timeout;
using dragline::phase;
using dragline::net::datagram;
using dragline::net::datagram_options;
using dragline::net::received_datagram;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::test::settle;

namespace net = dragline::net;

namespace {

const net::endpoint any_loopback_port("127.0.0.1", 0);

struct datagram_lab {
    dragline::event_loop loop;

    kept_completion<datagram> open_anyhow(const net::endpoint& local, const datagram_options& options) {
        kept_completion<datagram> opened;
        net::open_datagram(loop, local, options, opened);
        run_until(loop, [&] { return opened.done(); });
        return opened;
    }
    datagram open(const net::endpoint& local = any_loopback_port,
                  const datagram_options& options = datagram_options()) {
        auto opened = open_anyhow(local, options);
        REQUIRE(!opened.ec());
        return std::move(opened.value());
    }
    datagram connected_to(const datagram& peer, datagram_options options = datagram_options()) {
        return open(net::endpoint(),
                    options.remote({peer.local_endpoint().address(), peer.local_endpoint().port()}));
    }
    std::error_code send(const datagram& from, std::string bytes, const datagram::place& to = {}) {
        kept_completion<void> sent;
        from.send_to(std::move(bytes), to, sent);
        run_until(loop, [&] { return sent.done(); });
        return sent.ec();
    }
    kept_completion<received_datagram> receive(const datagram& from, datagram::duration limit = 10s) {
        kept_completion<received_datagram> got;
        from.receive_from(limit, got);
        run_until(loop, [&] { return got.done(); });
        return got;
    }
};

asio::awaitable<std::string> ask_by_datagram(dragline::event_loop& loop, net::endpoint server) {
    const auto options = datagram_options().remote(std::move(server));
    auto socket = co_await net::open_datagram(loop, options);
    co_await socket.send("question");
    co_return co_await socket.receive(10s);
}

}  // namespace

TEST_CASE("datagrams go to places, and arrive whole with their sender", "[net][datagram]") {
    datagram_lab lab;
    const auto one = lab.open(), other = lab.open();
    CHECK(!lab.send(one, "first", other.local_endpoint()));
    CHECK(!lab.send(one, "", other.local_endpoint()));
    CHECK(!lab.send(one, std::string(65'507, 'x'), other.local_endpoint()));
    const auto first = lab.receive(other), empty = lab.receive(other), largest = lab.receive(other);
    CHECK(first.value().bytes == "first");
    CHECK(first.value().sender == one.local_endpoint());
    CHECK(!empty.ec());
    CHECK(empty.value().bytes.empty());
    CHECK(largest.value().bytes.size() == 65'507);
    CHECK(lab.send(one, std::string(65'508, 'x'), other.local_endpoint()) == asio::error::message_size);
}

TEST_CASE("a coroutine asks a server of datagrams by its name", "[net][datagram]") {
    datagram_lab lab;
    const auto server = lab.open();
    kept_completion<received_datagram> question;
    server.receive_from(question);
    kept_completion<std::string> answer;
    asio::co_spawn(lab.loop.get_executor(),
                   ask_by_datagram(lab.loop, {"localhost", server.local_endpoint().port()}),
                   [answer](std::exception_ptr failed, std::string text) mutable {
                       CHECK(!failed);
                       answer({}, std::move(text));
                   });
    run_until(lab.loop, [&] { return question.done(); });
    CHECK(question.value().bytes == "question");
    CHECK(!lab.send(server, "answer", question.value().sender));
    run_until(lab.loop, [&] { return answer.done(); });
    CHECK(answer.value() == "answer");
}

TEST_CASE("a datagram that does not fit is a typed error, and the next one is whole", "[net][datagram]") {
    datagram_lab lab;
    const auto small = lab.open(any_loopback_port, datagram_options().max_size(4));
    const auto sender = lab.open();
    for (const auto* text : {"1234", "12345", "next"}) lab.send(sender, text, small.local_endpoint());
    CHECK(lab.receive(small).value().bytes == "1234");
    const auto cut = lab.receive(small);
    CHECK(cut.ec() == net::errc::datagram_truncated);
    CHECK(cut.ec() == dragline::condition::limit_exceeded);
    CHECK(lab.receive(small).value().bytes == "next");

    std::array<char, 4> buffer{};
    for (const auto* text : {"abcd", "abcde"}) lab.send(sender, text, small.local_endpoint());
    datagram::place from;
    kept_completion<std::size_t> whole, truncated;
    small.receive_into(asio::buffer(buffer), &from, whole);
    run_until(lab.loop, [&] { return whole.done(); });
    CHECK(whole.value() == 4);
    CHECK(from == sender.local_endpoint());
    small.receive_into(asio::buffer(buffer), nullptr, truncated);
    run_until(lab.loop, [&] { return truncated.done(); });
    CHECK(truncated.ec() == net::errc::datagram_truncated);
}

TEST_CASE("a connected socket hears its peer alone, and that nobody is there", "[net][datagram]") {
    datagram_lab lab;
    auto peer = lab.open();
    const auto stranger = lab.open(), connected = lab.connected_to(peer);
    CHECK(connected.remote_endpoint() == peer.local_endpoint());
    CHECK(!lab.send(stranger, "not for you", connected.local_endpoint()));
    CHECK(!lab.send(peer, "for you", connected.local_endpoint()));
    CHECK(lab.receive(connected).value().bytes == "for you");
    CHECK(lab.send(connected, "elsewhere", stranger.local_endpoint()) == asio::error::already_connected);
    CHECK(lab.send(stranger, "to nobody") == asio::error::not_connected);

    peer.close();
    CHECK(!lab.send(connected, "is anybody there?"));
    CHECK(lab.receive(connected).ec() == asio::error::connection_refused);
}

TEST_CASE("a connected socket takes nothing that a stranger sent before it was connected",
          "[net][datagram]") {
    datagram_lab lab;
    const auto peer = lab.open(), stranger = lab.open();
    auto made = std::make_shared<net::detail::datagram_socket>(lab.loop.get_executor());
    made->max_size = 100;
    made->socket.open(asio::ip::udp::v4());
    made->socket.bind({asio::ip::address_v4::loopback(), 0});
    CHECK(!lab.send(stranger, "forged", made->socket.local_endpoint()));
    made->remote = peer.local_endpoint();
    made->socket.connect(*made->remote);
    made->socket.non_blocking(true);
    const datagram connected(made);
    CHECK(!lab.send(peer, "true", connected.local_endpoint()));
    kept_completion<std::string> got;
    connected.receive(5s, got);
    run_until(lab.loop, [&] { return got.done(); });
    CHECK(got.value() == "true");
}

TEST_CASE("a receive has a deadline and can be cancelled, and nothing is lost", "[net][datagram]") {
    datagram_lab lab;
    auto one = lab.open();
    const auto other = lab.open();
    CHECK(lab.receive(one, 10ms).ec() == make_timeout(phase::read));
    CHECK(lab.receive(one, 0s).ec() == dragline::errc::invalid_option);

    kept_completion<std::string> cancelled;
    asio::cancellation_signal ending;
    one.receive(asio::bind_cancellation_slot(ending.slot(), cancelled));
    settle(lab.loop);
    ending.emit(asio::cancellation_type::total);
    run_until(lab.loop, [&] { return cancelled.done(); });
    CHECK(cancelled.ec() == asio::error::operation_aborted);
    lab.send(other, "later", one.local_endpoint());
    CHECK(lab.receive(one).value().bytes == "later");

    kept_completion<std::string> pending;
    one.receive(pending);
    settle(lab.loop);
    CHECK(lab.receive(one).ec() == net::errc::busy);
    SECTION("moved: it goes on") {
        const auto elsewhere = std::move(one);
        lab.send(other, "moved", elsewhere.local_endpoint());
        run_until(lab.loop, [&] { return pending.done(); });
        CHECK(pending.value() == "moved");
    }
    SECTION("closed, or assigned to: it ends") {
        one = datagram();
        CHECK(!one.is_open());
        run_until(lab.loop, [&] { return pending.done(); });
        CHECK(pending.ec() == asio::error::operation_aborted);
    }
}

TEST_CASE("a socket on every address serves both families", "[net][datagram]") {
    datagram_lab lab;
    const auto both = lab.open(net::endpoint());
    const auto port = both.local_endpoint().port();
    const auto one = lab.open();
    CHECK(!lab.send(one, "v4", {asio::ip::make_address("127.0.0.1"), port}));
    CHECK(lab.receive(both).value().bytes == "v4");
    auto six = lab.open_anyhow({"::1", 0}, datagram_options());
    if (six.ec()) return;  // a machine without IPv6
    CHECK(!lab.send(six.value(), "v6", {asio::ip::address_v6::loopback(), port}));
    const auto of_six = lab.receive(both);
    CHECK(of_six.ec() == std::error_code());
    CHECK(of_six.value().bytes == "v6");
}

TEST_CASE("what cannot be opened is a typed error", "[net][datagram]") {
    datagram_lab lab;
    const auto taken = lab.open();
    const net::endpoint there("127.0.0.1", taken.local_endpoint().port());
    CHECK(lab.open_anyhow(there, datagram_options()).ec() == asio::error::address_in_use);
    CHECK(lab.open_anyhow(net::endpoint::local_socket("/nowhere"), datagram_options()).ec() ==
          net::errc::invalid_endpoint);
    for (const auto& bad : {datagram_options().timeout(0s), datagram_options().max_size(0)})
        CHECK(lab.open_anyhow(any_loopback_port, bad).ec() == dragline::errc::invalid_option);
    CHECK(lab.open_anyhow(any_loopback_port, datagram_options().remote({"127.0.0.1", 0})).ec() ==
          net::errc::invalid_endpoint);
    const auto sized =
        datagram_options().receive_buffer(8192).send_buffer(8192).broadcast(true).reuse_address(true);
    CHECK(!lab.open_anyhow(any_loopback_port, sized).ec());
}

TEST_CASE("a flood of datagrams keeps no one else waiting", "[net][datagram]") {
    datagram_lab lab;
    constexpr int many = 150;
    auto flooded = lab.open();
    auto peer = lab.connected_to(flooded);
    for (int i = 0; i < many; ++i) REQUIRE(!lab.send(peer, "x"));
    int received = 0;
    int before = 0;
    const auto receive_all = [&]() -> asio::awaitable<void> {
        asio::post(lab.loop.get_executor(), [&] { before = received; });
        for (; received < many; ++received) co_await flooded.receive(10s);
    };
    dragline::test::run_to_end(lab.loop, receive_all());
    CHECK(received == many);
    CHECK(before < many);
}
