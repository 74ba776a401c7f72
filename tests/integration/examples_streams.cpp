// The examples expect and secure_proxy with the programs of others at their other end: a mail server, curl.
#include "probe_process.hpp"

#include <dragline/net/endpoint.hpp>
#include <dragline/testing/certificate_authority.hpp>
#include <dragline/testing/http_server.hpp>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <catch2/catch_test_macros.hpp>

#include <poll.h>
#include <signal.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

using dragline::test::child_process;
using dragline::test::need_program;
using dragline::test::probe_process;
using dragline::test::scratch_folder;
using dragline::test::server_plan;
using dragline::test::server_process;

namespace {

using words = std::vector<std::string>;

server_plan mail_server(const dragline::testing::issued_certificate& certificate) {
    server_plan plan;
    plan.program = "aiosmtpd";
    plan.proof = "output";
    plan.proof_text = "Server is listening";
    plan.prepare = [=](const scratch_folder& folder, const std::vector<std::uint16_t>& ports) {
        return words{"-n",
                     "-d",
                     "-l",
                     "127.0.0.1:" + std::to_string(ports.at(0)),
                     "--tlscert",
                     folder.write("chain.pem", certificate.chain_pem),
                     "--tlskey",
                     folder.write("key.pem", certificate.private_key_pem),
                     "-c",
                     "aiosmtpd.handlers.Mailbox",
                     folder.file("mail")};
    };
    return plan;
}

// One half of the proxy, and where it listens.
struct half {
    half(words arguments)
        : process(std::move(arguments), {}, probe_process::error_to::file, {}, "secure_proxy") {
        const auto line = process.read_line();
        REQUIRE(line.starts_with("listening at "));
        at = line.substr(13);
    }
    probe_process process;
    std::string at;
};

// An exit that may reach what `allowed` names, its entrance, and curl.
class tunnel {
public:
    explicit tunnel(const std::string& allowed, const std::string& too = "192.0.2.1")
        : key_(folder_.write("key", std::string(32, 'k'))),
          exit_({"exit", "127.0.0.1:0", key_, allowed, too}),
          entrance_({"entrance", "127.0.0.1:0", exit_.at, key_}) {}

    /// What curl prints, or "failed". What is to be done `meanwhile` is, when curl has begun.
    std::string fetch(const std::string& url, const std::function<void()>& meanwhile = {}) {
        const auto output = folder_.file("output" + std::to_string(++runs_));
        child_process curl({need_program("curl"), "-sS", "--noproxy", "", "-m", "20", "--proxy",
                            "socks5h://" + entrance_.at, url},
                           output);
        if (meanwhile) meanwhile();
        return curl.wait() == 0 ? folder_.read(std::filesystem::path(output).filename()) : "failed";
    }

    asio::ip::tcp::socket connect(asio::io_context& context) const {
        const auto where = dragline::net::endpoint::parse(entrance_.at).value();
        asio::ip::tcp::socket made(context);
        made.connect({*where.address(), where.port()});
        return made;
    }

    void kill_exit() { exit_.process.interrupt(SIGKILL); }

private:
    scratch_folder folder_;
    std::string key_;
    half exit_;
    half entrance_;
    int runs_ = 0;
};

}  // namespace

TEST_CASE("the example of a dialogue delivers to a mail server through STARTTLS", "[integration][examples]") {
    const dragline::testing::certificate_authority authority;
    const auto issued = authority.issue(dragline::testing::certificate_request().address("127.0.0.1"));
    server_process server(mail_server(issued));
    const scratch_folder folder;
    const auto trusted = folder.write("ca.pem", authority.certificate_pem());
    const auto where = "127.0.0.1:" + std::to_string(server.port());
    const words arguments{where, trusted, "a@client.example", "b@server.example"};
    auto ended = probe_process(arguments, {}, probe_process::error_to::file, {}, "expect").finish();
    CHECK(ended.error.empty());
    CHECK(ended.out == "delivered to b@server.example\n");
    CHECK(ended.status == 0);
    std::string mail;
    for (const auto& file : std::filesystem::recursive_directory_iterator(server.folder().file("mail"))) {
        if (file.is_regular_file())
            mail += server.folder().read(std::filesystem::relative(file, server.folder().path()));
    }
    CHECK(mail.find("Subject: Hello") != mail.npos);
    CHECK(mail.find("Sent over TLSv1.3.") != mail.npos);
}

TEST_CASE("the example of a dialogue delivers nothing to a server that it does not trust",
          "[integration][examples]") {
    const dragline::testing::certificate_authority authority, other;
    const auto issued = authority.issue(dragline::testing::certificate_request().address("127.0.0.1"));
    server_process server(mail_server(issued));
    const scratch_folder folder;
    const words arguments{"127.0.0.1:" + std::to_string(server.port()),
                          folder.write("ca.pem", other.certificate_pem()), "a@client.example",
                          "b@server.example"};
    auto ended = probe_process(arguments, {}, probe_process::error_to::file, {}, "expect").finish();
    CHECK(ended.status == 1);
    CHECK_FALSE(ended.error.empty());
    CHECK(std::filesystem::is_empty(server.folder().file("mail") + "/new"));
}

TEST_CASE("curl reaches names and addresses through the example of a secure proxy",
          "[integration][examples]") {
    dragline::testing::http_server target;
    target.on("*", [](const auto& request) {
        return dragline::testing::http_reply().body(std::string(100'000, 'x') + request.target);
    });
    const auto port = ':' + std::to_string(target.port());
    tunnel through("127.0.0.0/8", "::1");
    CHECK(through.fetch("http://127.0.0.1" + port + "/a") == std::string(100'000, 'x') + "/a");
    CHECK(through.fetch("http://localhost" + port + "/b") == std::string(100'000, 'x') + "/b");
    CHECK(through.fetch("http://127.0.0.1:1/") == "failed");
}

TEST_CASE("the exit of the secure proxy reaches no private network that it was not told",
          "[integration][examples]") {
    dragline::testing::http_server target;
    target.on("*", [](const auto&) { return dragline::testing::http_reply().body("reached"); });
    const auto port = ':' + std::to_string(target.port());
    tunnel through("10.0.0.0/8");
    CHECK(through.fetch("http://127.0.0.1" + port) == "failed");
    CHECK(through.fetch("http://localhost" + port) == "failed");
    CHECK(through.fetch("http://[::ffff:127.0.0.1]" + port) == "failed");
    CHECK(target.requests().empty());
}

TEST_CASE("a client that sends byte by byte is not waited for by the secure proxy, nor in the way of others",
          "[integration][examples]") {
    dragline::testing::http_server target;
    target.on("*", [](const auto&) { return dragline::testing::http_reply().body("reached"); });
    tunnel through("127.0.0.0/8");
    asio::io_context context;
    std::vector<asio::ip::tcp::socket> silent;
    for (int count = 0; count < 50; ++count) silent.push_back(through.connect(context));
    auto slow = through.connect(context);
    asio::write(slow, asio::buffer("\5\xff", 2));  // 255 methods follow
    CHECK(through.fetch("http://127.0.0.1:" + std::to_string(target.port())) == "reached");
    std::size_t sent = 0;
    for (bool open = true; open && sent < 255; ++sent) {
        std::error_code ec;
        asio::write(slow, asio::buffer("\1", 1), ec);
        ::pollfd input{slow.native_handle(), POLLIN, 0};
        open = !ec && ::poll(&input, 1, 100) == 0;
    }
    CHECK(sent < 255);
    for (auto& each : silent) {
        std::error_code ec;
        char byte = 0;
        each.read_some(asio::buffer(&byte, 1), ec);
        CHECK(ec);
    }
}

TEST_CASE("when the exit of the secure proxy is killed, what it carried ends, and the entrance goes on",
          "[integration][examples]") {
    using namespace std::chrono_literals;
    dragline::testing::http_server target;
    const auto slow = dragline::testing::http_reply().body(std::string(100'000, 'x')).drip_body(100, 50ms);
    target.on("*", slow);
    tunnel through("127.0.0.0/8");
    const auto url = "http://127.0.0.1:" + std::to_string(target.port());
    const auto got = through.fetch(url, [&] {
        CHECK(target.wait_for_requests(1));
        through.kill_exit();
    });
    CHECK(got == "failed");
    CHECK(target.wait_for_open_connections(0));
    CHECK(through.fetch(url) == "failed");
    asio::io_context context;
    auto client = through.connect(context);
    asio::write(client, asio::buffer("\5\1\0", 3));
    std::string answer(2, 'x');
    client.read_some(asio::buffer(answer));
    CHECK(answer == std::string("\5\0", 2));
}
