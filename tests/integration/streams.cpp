// Our streams with those of CPython's asyncio, openssl and socat, as client and as server; and with peers
// that are killed.
#include <dragline/net.hpp>

#include "../net/meddling_layers.hpp"
#include "server_process.hpp"

#include <dragline/net/detail/socket_layer.hpp>

#include <asio/ip/tcp.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <signal.h>

#include <chrono>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::net::connect_options;
using dragline::net::endpoint;
using dragline::net::read_options;
using dragline::net::stream;
using dragline::net::stream_options;
using dragline::test::child_process;
using dragline::test::kept_completion;
using dragline::test::need_program;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::scratch_folder;
using dragline::test::server_plan;
using dragline::test::server_process;
using dragline::test::tls_ends;

namespace {

// Echoes lines; "bulk N" N bytes; "starttls" goes on in TLS; "deaf" reads no more; "end" says bye.
constexpr auto asyncio_server = R"(
import asyncio, os, ssl, sys
port, folder, secure = int(sys.argv[1]), sys.argv[2], sys.argv[3] == "tls"
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/chain.pem", folder + "/key.pem")
async def serve(reader, writer):
    try:
        while line := await reader.readline():
            words = line.split()
            if words[:1] == [b"bulk"]:
                writer.write(await reader.readexactly(int(words[1])))
            elif words == [b"starttls"]:
                writer.write(b"go on\n")
                await writer.start_tls(context)
            elif words == [b"deaf"]:
                await asyncio.sleep(1000)
            elif words == [b"end"]:
                writer.write(b"bye")
                break
            else:
                writer.write(b"echo " + line)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", port, ssl=context if secure else None)
    open(folder + "/server.pid", "w").write(str(os.getpid()))
    await server.serve_forever()
asyncio.run(main())
)";

constexpr auto talking_client = R"(
import asyncio, ssl, sys
port, folder, secure = int(sys.argv[1]), sys.argv[2], sys.argv[3] == "tls"
context = ssl.create_default_context(cafile=folder + "/ca.pem")
async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context if secure else None,
                                                   server_hostname="a.test" if secure else None)
    async def ask(text, answer):
        writer.write(text)
        await writer.drain()
        assert await reader.readexactly(len(answer)) == answer
    await ask(b"one\r\ntwo\n", b"echo one\necho two\n")
    if not secure:
        writer.write(b"starttls\n")
        assert await reader.readline() == b"go on\n"
        await writer.start_tls(context, server_hostname="a.test")
    await ask(b"three\n", b"echo three\n")
    bulk = bytes(range(256)) * 4000
    await ask(b"bulk %d\n" % len(bulk) + bulk, bulk)
    writer.write(b"end\n")
    assert await reader.read() == b"bye"
    writer.close()
asyncio.run(main())
)";

server_plan asyncio_plan(bool secure) {
    server_plan plan;
    plan.program = "python3";
    plan.prepare = [=](const scratch_folder& folder, const std::vector<std::uint16_t>& ports) {
        const auto& options = tls_ends::get().server;
        folder.write("chain.pem", options.certificate_chain_pem());
        folder.write("key.pem", options.private_key_pem());
        return std::vector<std::string>{folder.write("server.py", asyncio_server),
                                        std::to_string(ports.at(0)), folder.path(), secure ? "tls" : "plain"};
    };
    return plan;
}

asio::awaitable<stream> to_server(std::uint16_t port, bool secure, stream_options budgets = {}) {
    auto options = connect_options().stream(budgets);
    auto trust = tls_ends::get().client;
    if (secure) options.tls(trust.server_name("a.test"));
    const endpoint target("127.0.0.1", port);
    auto opening = dragline::open_connection(target, options);
    co_return co_await std::move(opening);
}

// What asyncio_server does, over our streams.
asio::awaitable<void> serve_lines(asio::ip::tcp::acceptor& acceptor, bool secure) {
    auto socket = co_await acceptor.async_accept(asio::use_awaitable);
    stream peer(std::make_shared<dragline::net::detail::socket_layer>(
        dragline::net::detail::stream_socket(std::move(socket))));
    const auto& options = tls_ends::get().server;
    if (secure) co_await peer.start_tls(options);
    for (;;) {
        const auto line = co_await peer.read_line();
        if (line == "end") break;
        if (line == "starttls") {
            co_await peer.write("go on\n");
            co_await peer.start_tls(options);
        } else if (line.starts_with("bulk ")) {
            auto bulk = co_await peer.read_exactly(std::stoul(line.substr(5)));
            co_await peer.write(std::move(bulk));
        } else {
            peer.queue("echo " + line + "\n").value();
            co_await peer.drain();
        }
    }
    co_await peer.write("bye");
    co_await peer.close();
}

}  // namespace

TEST_CASE("our stream talks with a server of asyncio", "[integration][streams]") {
    const bool secure = GENERATE(false, true);
    const server_process server(asyncio_plan(secure));
    dragline::event_loop loop;
    auto made = run_to_end(loop, to_server(server.port(), secure));
    run_to_end(loop, made.write("one\ntwo\n"));
    CHECK(run_to_end(loop, made.read_line()) == "echo one");
    CHECK(run_to_end(loop, made.read_line(read_options().keep_delimiter(true))) == "echo two\n");
    if (!secure) {
        run_to_end(loop, made.write("starttls\n"));
        CHECK(run_to_end(loop, made.read_line()) == "go on");
        auto trust = tls_ends::get().client;
        run_to_end(loop, made.start_tls(trust.server_name("a.test")));
    }
    const std::string bulk(3'000'000, 'b');
    CHECK(!made.queue("bulk 3000000\n" + bulk).error());
    CHECK((run_to_end(loop, made.read_exactly(bulk.size())) == bulk));
    run_to_end(loop, made.write("end\n"));
    CHECK(run_to_end(loop, made.read_to_end()) == "bye");
    run_to_end(loop, made.close());
}

TEST_CASE("a client of asyncio talks with our stream", "[integration][streams]") {
    const bool secure = GENERATE(false, true);
    dragline::event_loop loop;
    asio::ip::tcp::acceptor acceptor(loop.context(), {asio::ip::address_v4::loopback(), 0});
    const scratch_folder folder;
    folder.write("ca.pem", *tls_ends::get().client.ca_pem());
    child_process client(
        {need_program("python3"), folder.write("client.py", talking_client),
         std::to_string(acceptor.local_endpoint().port()), folder.path(), secure ? "tls" : "plain"},
        folder.file("output"));
    run_to_end(loop, serve_lines(acceptor, secure));
    CHECK(client.wait() == 0);
    CHECK(folder.read("output").empty());
}

TEST_CASE("openssl's client upgrades our stream in the manner of SMTP", "[integration][streams]") {
    dragline::event_loop loop;
    asio::ip::tcp::acceptor acceptor(loop.context(), {asio::ip::address_v4::loopback(), 0});
    const scratch_folder folder;
    child_process client(
        {need_program("openssl"), "s_client", "-starttls", "smtp", "-quiet", "-verify_return_error",
         "-verify_hostname", "a.test", "-CAfile", folder.write("ca.pem", *tls_ends::get().client.ca_pem()),
         "-connect", "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port())},
        folder.file("output"), folder.write("input", "over TLS\n"));
    const auto dialogue = [](asio::ip::tcp::acceptor& from) -> asio::awaitable<std::string> {
        auto socket = co_await from.async_accept(asio::use_awaitable);
        stream peer(std::make_shared<dragline::net::detail::socket_layer>(
            dragline::net::detail::stream_socket(std::move(socket))));
        co_await peer.write("220 a.test ESMTP\r\n");
        co_await peer.read_line();
        co_await peer.write("250-a.test\r\n250 STARTTLS\r\n");
        co_await peer.read_line();
        co_await peer.write("220 go ahead\r\n");
        const auto& options = tls_ends::get().server;
        co_await peer.start_tls(options);
        auto said = co_await peer.read_line();
        co_await peer.write("heard\n");
        co_await peer.close();
        co_return said;
    };
    CHECK(run_to_end(loop, dialogue(acceptor)) == "over TLS");
    client.wait();
    CHECK(folder.read("output").find("heard") != std::string::npos);
}

TEST_CASE("socat echoes over TCP and over a Unix socket, and heeds the half-close",
          "[integration][streams]") {
    const bool local = GENERATE(false, true);
    server_plan plan;
    plan.program = "socat";
    plan.proof = "output";
    plan.proof_text = "listening on";
    plan.ports = 2;
    plan.prepare = [=](const scratch_folder& folder, const std::vector<std::uint16_t>& ports) {
        const auto place = "TCP-LISTEN:" + std::to_string(ports.at(1)) + ",bind=127.0.0.1,fork";
        return std::vector<std::string>{
            "-d", "-d", "-t", "20", place, local ? "UNIX-CONNECT:" + folder.file("none") : "EXEC:cat"};
    };
    const server_process server(plan);
    const auto path = server.folder().file("socket");
    child_process unix_server(
        {need_program("socat"), "-d", "-d", "-t", "20", "UNIX-LISTEN:" + path + ",fork", "EXEC:cat"},
        server.folder().file("output2"));
    while (server.folder().read("output2").find("listening on") == std::string::npos) child_process::nap();
    dragline::event_loop loop;
    const auto target = local ? endpoint::local_socket(path) : endpoint("127.0.0.1", server.port(1));
    auto made = run_to_end(loop, open_connection(loop, target, asio::use_awaitable));
    const std::string bulk(1'000'000, 'x');
    CHECK(!made.queue(bulk + "\n").error());
    kept_completion<void> shut;
    made.shutdown(shut);
    const auto all = run_to_end(loop, made.read_to_end(read_options().limit(2'000'000)));
    CHECK((all == bulk + "\n"));
    CHECK(!shut.ec());
    CHECK(made.remote_endpoint()->is_local_socket() == local);
}

TEST_CASE("a peer that is killed is an error wherever the dialogue stands", "[integration][streams]") {
    const bool secure = GENERATE(false, true);
    const int stage = GENERATE(0, 1, 2, 3);
    CAPTURE(secure, stage);
    server_process server(asyncio_plan(secure));
    dragline::event_loop loop;
    auto made = run_to_end(loop, to_server(server.port(), secure));
    run_to_end(loop, made.write("hello\nagain\n"));
    CHECK(run_to_end(loop, made.read_line()) == "echo hello");
    if (stage == 1) run_to_end(loop, made.read_exactly(std::size_t{3}));  // in the middle of an answer
    if (stage >= 2) run_to_end(loop, made.write("deaf\n"));
    if (stage >= 2) CHECK(run_to_end(loop, made.read_line()) == "echo again");
    if (stage == 2) CHECK(!made.queue(std::string(10'000'000, 'x')).error());
    kept_completion<std::size_t> written;
    if (stage == 3) made.write(std::string(20'000'000, 'x'), written);
    if (stage == 0) run_to_end(loop, made.read_line());
    kept_completion<std::string> answer;
    made.read_exactly(std::size_t{1'000'000}, answer);
    dragline::test::settle(loop);
    CHECK(!answer.done());
    CHECK(!made.is_closing());
    ::kill(server.process().pid(), SIGKILL);
    run_until(loop, [&] { return answer.done() && (stage != 3 || written.done()); });
    CHECK(answer.ec());
    if (!secure && stage == 0) CHECK(answer.ec() == asio::error::eof);
    if (!secure && stage == 1) CHECK(answer.ec() == dragline::net::errc::incomplete_read);
    if (secure && stage < 2) CHECK(answer.ec() == dragline::tls::errc::truncated);
    if (stage == 3) CHECK(written.ec());
    kept_completion<void> closed;
    made.close(closed);
    run_until(loop, [&] { return closed.done(); });
    if (stage == 2) CHECK(closed.ec());  // what was queued is lost, and that is told
    CHECK(!made.is_open());
}
