// Our servers with the clients of others: CPython's asyncio, openssl s_client, socat; and many at once.
#include <dragline/net/server.hpp>

#include "server_process.hpp"

#include <dragline/async/loop_group.hpp>
#include <dragline/testing/certificate_authority.hpp>

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <asio/use_future.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using dragline::net::endpoint;
using dragline::net::server_options;
using dragline::test::child_process;
using dragline::test::need_program;
using dragline::test::scratch_folder;

namespace net = dragline::net;
namespace tls = dragline::tls;

namespace {

asio::awaitable<void> echo_to_foreigners(net::stream client) {
    for (;;) {
        auto [ec, line] = co_await client.read_line(dragline::as_tuple(asio::use_awaitable));
        if (ec) break;
        line += '\n';
        co_await client.write(line);
    }
    co_await client.close();
}

const dragline::testing::certificate_authority& foreigners_authority() {
    static const dragline::testing::certificate_authority made;
    return made;
}

const dragline::testing::issued_certificate& foreigners_certificate() {
    static const auto issued =
        foreigners_authority().issue(dragline::testing::certificate_request().name("a.test"));
    return issued;
}

class foreign_lab {
public:
    net::server start(const endpoint& at, const server_options& options = server_options()) {
        return net::start_server(group_, at, &echo_to_foreigners, options, asio::use_future).get();
    }
    net::server start_tls(bool client_certificates = false) {
        const auto& issued = foreigners_certificate();
        auto options = tls::server_options().certificate(
            tls::server_certificate::pem(issued.chain_pem, issued.private_key_pem));
        if (client_certificates) options.client_ca_pem(foreigners_authority().certificate_pem());
        return start({"127.0.0.1", 0}, server_options().tls(options));
    }

    /// What a program prints that was given the text; it must succeed.
    std::string run(std::vector<std::string> arguments, std::string_view input = {}) {
        arguments.front() = need_program(arguments.front());
        const auto number = std::to_string(++runs_);
        const auto output = "output" + number;
        child_process child(std::move(arguments), folder.file(output), folder.write("input" + number, input));
        const int status = child.wait(30s).value_or(-1);
        INFO(folder.read(output));
        CHECK(status == 0);
        return folder.read(output);
    }

    scratch_folder folder;

private:
    dragline::loop_group group_{2};
    int runs_ = 0;
};

std::string address_of(const net::server& server) {
    return "127.0.0.1:" + std::to_string(server.local_endpoint().port());
}

// Two connections at once, lines in pieces, a half-close, and the server's end.
constexpr std::string_view asyncio_client = R"(
import asyncio, ssl, sys
async def talk(name, **how):
    reader, writer = await asyncio.open_connection('127.0.0.1', int(sys.argv[1]), **how)
    for piece in (b'first ', b'line\nsecond li', b'ne\n'):
        writer.write(piece)
        await writer.drain()
    assert await reader.readline() == b'first line\n'
    assert await reader.readuntil(b'\n') == b'second line\n'
    writer.write(b'x' * 60000 + b'\n')
    assert await reader.readexactly(60001) == b'x' * 60000 + b'\n'
    if writer.can_write_eof():
        writer.write_eof()
        assert await reader.read() == b''
    writer.close()
    await writer.wait_closed()
async def main():
    how = {}
    if len(sys.argv) > 2:
        how = dict(ssl=ssl.create_default_context(cafile=sys.argv[2]), server_hostname='a.test')
    await asyncio.wait_for(asyncio.gather(*(talk(i, **how) for i in range(20))), 25)
    print('all talked')
asyncio.run(main())
)";

}  // namespace

TEST_CASE("CPython's asyncio talks to our server, plain and over TLS", "[integration][server]") {
    foreign_lab lab;
    const auto script = lab.folder.write("client.py", asyncio_client);
    const auto plain = lab.start({"127.0.0.1", 0}), secure = lab.start_tls();
    const auto port = [](const net::server& of) { return std::to_string(of.local_endpoint().port()); };
    CHECK(lab.run({"python3", script, port(plain)}) == "all talked\n");
    const auto authority = lab.folder.write("ca.pem", foreigners_authority().certificate_pem());
    CHECK(lab.run({"python3", script, port(secure), authority}) == "all talked\n");
    CHECK(plain.counters().accepted == 20);
    CHECK(secure.counters().handshake_failures == 0);
    plain.stop(5s, asio::use_future).get();
    secure.stop(5s, asio::use_future).get();
    CHECK(plain.counters().active == 0);
}

TEST_CASE("openssl s_client verifies our server, and shows it a certificate", "[integration][server]") {
    foreign_lab lab;
    const auto server = lab.start_tls(true);
    const auto& issued = foreigners_certificate();
    const std::vector<std::string> common{
        "openssl",
        "s_client",
        "-connect",
        address_of(server),
        "-CAfile",
        lab.folder.write("ca.pem", foreigners_authority().certificate_pem()),
        "-servername",
        "a.test",
        "-verify_hostname",
        "a.test",
        "-verify_return_error",
        "-quiet",
        "-no_ign_eof"};
    for (const auto* version : {"-tls1_2", "-tls1_3"}) {
        auto arguments = common;
        arguments.insert(arguments.end(), {version, "-cert", lab.folder.write("chain.pem", issued.chain_pem),
                                           "-key", lab.folder.write("key.pem", issued.private_key_pem)});
        // It leaves at the end of its input, which stays open until the answer is there.
        const auto script = lab.folder.write("talk.sh", R"(
rm -f "$0.answered"; mkfifo "$0.answered"
{ echo hello; cat "$0.answered"; } | "$@" | { read -r answer; echo "$answer" | tee "$0.answered"; }
)");
        arguments.front() = need_program("openssl");
        arguments.insert(arguments.begin(), {"sh", script});
        CHECK(lab.run(arguments).find("hello\n") != std::string::npos);
    }
}

TEST_CASE("socat reaches our servers by TCP, a Unix socket and TLS", "[integration][server]") {
    foreign_lab lab;
    const auto tcp = lab.start({"127.0.0.1", 0});
    CHECK(lab.run({"socat", "-t5", "-", "TCP:" + address_of(tcp)}, "one\ntwo\n") == "one\ntwo\n");
    const auto path = lab.folder.file("socket");
    const auto local = lab.start(endpoint::local_socket(path));
    CHECK(lab.run({"socat", "-t5", "-", "UNIX-CONNECT:" + path}, "one\ntwo\n") == "one\ntwo\n");
    const auto secure = lab.start_tls();
    const auto authority = lab.folder.write("ca.pem", foreigners_authority().certificate_pem());
    // In TLS 1.3 socat may block in a read that only tickets have come for.
    const auto how = ",cafile=" + authority + ",commonname=a.test,openssl-max-proto-version=TLS1.2";
    const auto said = lab.run({"socat", "-t5", "-", "OPENSSL:" + address_of(secure) + how}, "one\ntwo\n");
    CHECK(said.ends_with("one\ntwo\n"));  // socat 1.8 warns before
}

TEST_CASE("ten thousand idle connections are held, and each is answered", "[integration][server]") {
    ::rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    // Both ends are in this process.
    const auto count = std::min<std::size_t>(10'000, (limit.rlim_cur - 200) / 2);
    foreign_lab lab;
    const auto server = lab.start({"127.0.0.1", 0}, server_options().max_connections(count));
    ::sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(server.local_endpoint().port());
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct descriptors : std::vector<int> {
        ~descriptors() {
            for (const int each : *this) ::close(each);
        }
    } clients;
    for (std::size_t i = 0; i < count; ++i) {
        clients.push_back(::socket(AF_INET, SOCK_STREAM, 0));
        REQUIRE(::connect(clients.back(), reinterpret_cast<const ::sockaddr*>(&at), sizeof at) == 0);
    }
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (server.counters().active < count && std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
    REQUIRE(server.counters().active == count);
    std::size_t answered = 0;
    for (const int each : clients) {
        char answer[8];
        if (::send(each, "idle\n", 5, MSG_NOSIGNAL) == 5 && ::recv(each, answer, 8, 0) == 5) ++answered;
    }
    CHECK(answered == count);
    server.stop(50ms, asio::use_future).get();
    CHECK(server.counters().active == 0);
}
