#include <dragline/net/detail/socket_dial.hpp>

#include "../../support/temporary_folder.hpp"

#include <dragline/core/platform/sockets.hpp>
#include <dragline/testing/sockets.hpp>

#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstdint>
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

    here() {
        listening.open(tcp::v4());
        listening.bind({asio::ip::address_v4::loopback(), 0});
        listening.listen();
    }
    dragline::async::loop_state& state() { return dragline::async::loop_state::of(loop.get_executor()); }
    tcp::endpoint at() const { return listening.local_endpoint(); }
    static tcp::endpoint at(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

    std::error_code finish(socket_dial& dial, std::error_code ec) {
        while (ec == asio::error::in_progress) {
            dial.wait([&](std::error_code waited) { ec = waited ? waited : dial.go_on(); });
            loop.restart();
            loop.run();
        }
        return ec;
    }
};

}  // namespace

TEST_CASE("a dial to this machine needs no wait, where the system answers at once", "[net][socket_dial]") {
    here machine;
    socket_dial dial(machine.state(), machine.at());
    CHECK(machine.finish(dial, dial.start(machine.request, true)) == std::error_code());
    const auto layer = dial.take_layer();
    auto& client = *layer->socket();
    auto server = machine.listening.accept();
    CHECK(client.write_some(asio::buffer("x", 1)) == 1);
    char got = 0;
    CHECK(server.read_some(asio::buffer(&got, 1)) == 1);

    const dragline::testing::dead_port closed;
    socket_dial refused(dragline::async::loop_state::of(machine.loop.get_executor()),
                        machine.at(closed.port()));
    CHECK(machine.finish(refused, refused.start(machine.request, true)) ==
          std::error_code(asio::error::connection_refused));
}

TEST_CASE("a dial elsewhere is waited for, and goes on to what it came to", "[net][socket_dial]") {
    if (!dragline::platform::socket_calls) SKIP("Asio dials here");
    here machine;
    const dragline::testing::dead_port closed;
    for (const bool listens : {true, false}) {
        socket_dial dial(dragline::async::loop_state::of(machine.loop.get_executor()),
                         listens ? machine.at() : machine.at(closed.port()));
        const auto begun = dial.start(machine.request, false);
        REQUIRE(begun == std::error_code(asio::error::in_progress));
        const std::error_code wanted =
            listens ? std::error_code() : std::error_code(asio::error::connection_refused);
        CHECK(machine.finish(dial, begun) == wanted);
        if (listens) CHECK(dial.go_on() == std::error_code());  // it stays what it is
    }
}

TEST_CASE("a dial that the peer does not answer stays in progress", "[net][socket_dial]") {
    here machine;
    const dragline::testing::black_hole hole;
    socket_dial dial(machine.state(), machine.at(hole.port()));
    REQUIRE(dial.start(machine.request, true) == std::error_code(asio::error::in_progress));
    std::error_code waited;
    dial.wait([&](std::error_code ec) { waited = ec; });
    dial.close();
    machine.loop.run();
    CHECK(waited == std::error_code(asio::error::operation_aborted));
}

TEST_CASE("a Unix socket whose queue is full is no connection", "[net][socket_dial]") {
    if (!dragline::platform::socket_calls) SKIP("Asio dials here");
    const dragline::test::temporary_folder folder;
    const auto path = folder.file("socket");
    here machine;
    asio::local::stream_protocol::acceptor listening(machine.loop, asio::local::stream_protocol());
    listening.bind(path);
    listening.listen(0);
    machine.request.target = endpoint::local_socket(path);
    std::vector<std::unique_ptr<socket_dial>> dials;
    std::error_code last;
    while (!last && dials.size() < 64) {
        dials.push_back(
            std::make_unique<socket_dial>(machine.state(), asio::local::stream_protocol::endpoint(path)));
        last = dials.back()->start(machine.request, true);
    }
    CHECK(last == std::error_code(asio::error::no_buffer_space));
}
