// Frames with CPython's asyncio at the other end, packed by its struct module: Cipherlink's packets.
#include "../support/run.hpp"
#include "server_process.hpp"

#include <dragline/net/connect.hpp>
#include <dragline/net/detail/socket_layer.hpp>
#include <dragline/net/framing/framed_stream.hpp>
#include <dragline/net/framing/length_prefixed.hpp>

#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace net = dragline::net;
using dragline::test::run_to_end;
using dragline::test::scratch_folder;

namespace {

constexpr const char* asyncio_script = R"(
import asyncio, struct, sys

HEADER = struct.Struct("!BII")

def pack(nonce, data, version=1):
    return HEADER.pack(version, len(nonce), len(data)) + nonce + data

async def read_packet(reader):
    version, nonce_size, data_size = HEADER.unpack(await reader.readexactly(HEADER.size))
    assert version == 1
    return await reader.readexactly(nonce_size), await reader.readexactly(data_size)

async def answer(reader, writer):
    try:
        while True:
            nonce, data = await read_packet(reader)
            if data == b"version 2":
                writer.write(pack(nonce, data, 2))
            elif data == b"cut":
                writer.write(pack(nonce, data)[:12])
                break
            else:
                writer.write(pack(nonce[::-1], data[::-1]))
            await writer.drain()
    except asyncio.IncompleteReadError as end:
        assert end.partial == b""
    finally:
        writer.close()

async def serve(port):
    server = await asyncio.start_server(answer, "127.0.0.1", port)
    print("READY", flush=True)
    await server.serve_forever()

async def ask(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    packets = [(bytes([i]) * 24, bytes(i % 256 for i in range(n))) for i, n in enumerate((0, 1, 300, 70000))]
    for nonce, data in packets[:3]:
        for byte in pack(nonce, data):  # as small as pieces can be
            writer.write(bytes([byte]))
            await writer.drain()
    writer.write(b"".join(pack(nonce, data) for nonce, data in packets))  # and all at once
    for nonce, data in packets[:3] + packets:
        assert await read_packet(reader) == (nonce, data)
    writer.write(HEADER.pack(1, 24, 0xffffffff))
    assert await reader.read() == b""
    writer.close()
    print("GOOD", flush=True)

asyncio.run((serve if sys.argv[1] == "serve" else ask)(int(sys.argv[2])))
)";

struct cipherlink_header {
    std::uint8_t version = 1;
    std::uint32_t nonce_size = 0;
    std::uint32_t data_size = 0;
};

constexpr auto cipherlink = net::length_prefixed<cipherlink_header>()
                                .version<&cipherlink_header::version>(1)
                                .length<&cipherlink_header::nonce_size>()
                                .length<&cipherlink_header::data_size>();
using cipherlink_packet = net::header_frame<cipherlink_header>;
using cipherlink_stream = net::framed_stream<net::length_prefixed<cipherlink_header>>;

dragline::test::server_plan asyncio_server() {
    dragline::test::server_plan plan;
    plan.program = "python3";
    plan.proof = "output";
    plan.proof_text = "READY";
    plan.prepare = [](const scratch_folder& folder, const std::vector<std::uint16_t>& ports) {
        return std::vector<std::string>{folder.write("peer.py", asyncio_script), "serve",
                                        std::to_string(ports.at(0))};
    };
    return plan;
}

asio::awaitable<cipherlink_stream> link_to(std::uint16_t port) {
    auto stream = co_await dragline::open_connection(net::endpoint("127.0.0.1", port));
    co_return cipherlink_stream(std::move(stream), cipherlink);
}

asio::awaitable<cipherlink_stream> accepted_link(asio::ip::tcp::acceptor& listener) {
    auto socket = co_await listener.async_accept(asio::use_awaitable);
    auto layer = std::make_shared<net::detail::socket_layer>(net::detail::stream_socket(std::move(socket)));
    co_return cipherlink_stream(net::stream(std::move(layer)), cipherlink);
}

// Gives every packet back, until one cannot be taken; returns why.
asio::awaitable<std::error_code> echo_packets(cipherlink_stream& link) {
    for (;;) {
        auto [ec, packet] = co_await link.receive(dragline::as_tuple(asio::use_awaitable));
        if (ec) co_return ec;
        co_await link.send(std::move(packet));
    }
}

}  // namespace

TEST_CASE("packets of Python's struct go to and from a server of asyncio", "[integration][framing]") {
    const dragline::test::server_process server(asyncio_server());
    dragline::event_loop loop;
    auto link = run_to_end(loop, link_to(server.port()));
    for (const std::size_t size : {0u, 1u, 300u, 1'000'000u}) {
        CAPTURE(size);
        std::string nonce = "twenty-four bytes of it!", data(size, 'x');
        data.append(size > 0 ? 1 : 0, 'y');
        run_to_end(loop, link.send(cipherlink_packet(cipherlink_header(), nonce, data)));
        const auto packet = run_to_end(loop, link.receive());
        CHECK(packet.header.data_size == data.size());
        CHECK(packet.part(0) == std::string(nonce.rbegin(), nonce.rend()));
        CHECK((packet.part(1) == std::string(data.rbegin(), data.rend())));
    }
}

TEST_CASE("a packet of an unknown version, and one that is cut off, from a server of asyncio",
          "[integration][framing]") {
    const dragline::test::server_process server(asyncio_server());
    dragline::event_loop loop;
    const auto told = [&](const char* what) {
        auto link = run_to_end(loop, link_to(server.port()));
        run_to_end(loop, link.send(cipherlink_packet(cipherlink_header(), "nonce", what)));
        return std::get<0>(run_to_end(loop, link.receive(dragline::as_tuple(asio::use_awaitable))));
    };
    CHECK(told("version 2") == net::errc::unknown_version);
    CHECK(told("cut") == net::errc::incomplete_read);
}

TEST_CASE("packets of a client of asyncio come whole, byte by byte or all at once",
          "[integration][framing]") {
    const auto python = dragline::test::need_program("python3");
    dragline::event_loop loop;
    asio::ip::tcp::acceptor listener(loop.context(), {asio::ip::address_v4::loopback(), 0});
    const scratch_folder folder;
    dragline::test::child_process client({python, folder.write("peer.py", asyncio_script), "ask",
                                          std::to_string(listener.local_endpoint().port())},
                                         folder.file("output"));
    auto link = run_to_end(loop, accepted_link(listener));
    CHECK(run_to_end(loop, echo_packets(link)) == net::errc::frame_too_large);  // the last one claims 4 GiB
    run_to_end(loop, link.next_layer().close());
    CHECK(client.wait() == 0);
    CHECK(folder.read("output") == "GOOD\n");
}
