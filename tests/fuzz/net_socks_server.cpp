// Properties of the SOCKS server: any split of what the client sends gives the same, and takes the same
// bytes; every answer is short; what our own client makes of the answers agrees. Input: one byte of options,
// one that places the split, then what the client sends.
#include <dragline/net/proxies/wire/socks_server.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace net = dragline::net;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct outcome {
    std::string answer;
    std::string target;
    std::size_t used = 0;
    std::error_code ec;
    bool request = false;

    bool operator==(const outcome&) const = default;
};

bool is_good(std::string_view user, std::string_view password) { return user == password; }

outcome run(net::socks5_server& server, std::string_view input, std::size_t piece) {
    outcome all;
    for (std::size_t at = 0; at < input.size() && !all.ec && !server.has_request(); at += piece) {
        const auto used = server.receive(input.substr(at, piece));
        all.ec = used.error();
        if (used) all.used += *used;
        require(!used || server.has_request() || all.used == std::min(input.size(), at + piece));
    }
    if (all.ec) all.used = 0;
    all.answer = server.output();
    all.request = server.has_request();
    if (all.request) all.target = server.target().to_string();
    require(all.answer.size() <= 14 && all.used <= 1024);
    require(!all.ec || all.ec == dragline::condition::proxy_failed);
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto make = [&] { return data[0] & 1 ? net::socks5_server(&is_good) : net::socks5_server(); };
    auto whole_server = make(), bytes_server = make(), pieces_server = make();
    const auto whole = run(whole_server, input, std::max<std::size_t>(input.size(), 1));
    require(whole == run(bytes_server, input, 1));
    require(whole == run(pieces_server, input, data[1] + std::size_t{1}));
    if (!whole.request) return 0;

    // The target that was understood is the one that a client who asks for it names.
    const auto answer = static_cast<net::socks_reply>(data[0] >> 1 & 15);
    net::socks5_client client = data[0] & 1 ? net::socks5_client(whole_server.target(), "a", "a")
                                            : net::socks5_client(whole_server.target());
    auto server = make();
    while (!server.has_request()) {
        require(server.receive(client.output()).value() == client.output().size());
        client.output_sent();
        if (server.has_request()) break;
        require(client.receive(server.output()).value() == server.output().size());
        server.output_sent();
    }
    require(server.target() == whole_server.target());
    server.reply(answer, whole_server.target());
    const auto got = client.receive(server.output());
    require(client.done() == (answer == net::socks_reply::succeeded) && client.done() == server.done());
    require(got.error() == net::make_socks_error(answer));
    require(!client.done() || client.bound() == whole_server.target());
    return 0;
}
