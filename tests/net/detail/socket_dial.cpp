#include <dragline/net/detail/socket_dial.hpp>

#include "../../support/temporary_folder.hpp"

#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <system_error>
#include <vector>

using asio::ip::tcp;
using dragline::net::connect_request;
using dragline::net::endpoint;
using dragline::net::detail::socket_dial;

namespace {

struct here {
    asio::io_context loop;
    tcp::acceptor listening{loop};
    connect_request request;

    explicit here(int backlog = 8) {
        listening.open(tcp::v4());
        listening.bind({asio::ip::address_v4::loopback(), 0});
        listening.listen(backlog);
    }
    tcp::endpoint at() const { return listening.local_endpoint(); }
};

}  // namespace

TEST_CASE("a dial to this machine is over before anything is waited for", "[net][socket_dial]") {
    here machine;
    socket_dial dial(machine.loop.get_executor(), machine.at());
    CHECK(dial.start(machine.request, true) == std::error_code());
    auto client = dial.take_socket();
    auto server = machine.listening.accept();
    CHECK(client.write_some(asio::buffer("x", 1)) == 1);
    char got = 0;
    CHECK(server.read_some(asio::buffer(&got, 1)) == 1);
}

TEST_CASE("a dial to this machine where nobody listens fails before anything is waited for",
          "[net][socket_dial]") {
    here machine;
    const auto closed = machine.at();
    machine.listening.close();
    socket_dial dial(machine.loop.get_executor(), closed);
    CHECK(dial.start(machine.request, true) == std::error_code(asio::error::connection_refused));
}

TEST_CASE("a dial elsewhere is waited for, and goes on to what it came to", "[net][socket_dial]") {
    here machine;
    for (const bool listens : {true, false}) {
        const auto at = machine.at();
        if (!listens) machine.listening.close();
        socket_dial dial(machine.loop.get_executor(), at);
        REQUIRE(dial.start(machine.request, false) == std::error_code(asio::error::in_progress));
        std::error_code waited = asio::error::would_block;
        dial.wait([&](std::error_code ec) { waited = ec; });
        machine.loop.restart();
        machine.loop.run();
        REQUIRE_FALSE(waited);
        const std::error_code wanted =
            listens ? std::error_code() : std::error_code(asio::error::connection_refused);
        CHECK(dial.go_on() == wanted);
        if (listens) CHECK(dial.go_on() == std::error_code());  // it stays what it is
    }
}

TEST_CASE("a dial that the peer does not answer stays in progress", "[net][socket_dial]") {
    here machine(0);
    // Connections that nobody accepts fill the queue; the system then drops what comes.
    std::vector<std::unique_ptr<socket_dial>> dials;
    std::error_code last;
    while (!last && dials.size() < 64) {
        dials.push_back(std::make_unique<socket_dial>(machine.loop.get_executor(), machine.at()));
        last = dials.back()->start(machine.request, true);
    }
    REQUIRE(last == std::error_code(asio::error::in_progress));
    CHECK(dials.back()->go_on() == std::error_code(asio::error::in_progress));

    std::error_code waited;
    dials.back()->wait([&](std::error_code ec) { waited = ec; });
    dials.back()->close();
    machine.loop.run();
    CHECK(waited == std::error_code(asio::error::operation_aborted));
}

TEST_CASE("a Unix socket whose queue is full is no connection", "[net][socket_dial]") {
    asio::io_context loop;
    const dragline::test::temporary_folder folder;
    const auto path = folder.file("socket");
    asio::local::stream_protocol::acceptor listening(loop, asio::local::stream_protocol());
    listening.bind(path);
    listening.listen(0);
    connect_request request;
    request.target = endpoint::local_socket(path);
    std::vector<std::unique_ptr<socket_dial>> dials;
    std::error_code last;
    while (!last && dials.size() < 64) {
        dials.push_back(
            std::make_unique<socket_dial>(loop.get_executor(), asio::local::stream_protocol::endpoint(path)));
        last = dials.back()->start(request, true);
    }
    CHECK(last == std::error_code(asio::error::try_again));
}
