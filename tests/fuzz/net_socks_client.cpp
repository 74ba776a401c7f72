// Properties of the SOCKS clients: any split of what the proxy sends gives the same; byte by byte within
// wanted(), none of the tunnel's bytes is taken; an error is final; what a target writes reads as the same.
// Input: one byte of kind and credentials, one that places the split, then what the proxy sends.
#include <dragline/net/proxies/wire/socks.hpp>

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
    std::string sent;
    std::size_t used = 0;
    std::error_code ec;
    bool done = false;
    int status = 0;

    bool operator==(const outcome&) const = default;
};

template <class Client>
void give(Client& client, outcome& all, std::string_view bytes) {
    all.sent += client.output();
    client.output_sent();
    if (all.ec) return;
    const auto used = client.receive(bytes);
    all.ec = used.error();
    if (used) all.used += *used;
    all.sent += client.output();
    client.output_sent();
    all.done = client.done();
    all.status = client.status();
    require(!(all.ec && all.done) && client.error() == all.ec);
    require(!all.ec || all.ec == dragline::condition::proxy_failed);
    require(!all.ec || client.receive("more").error() == all.ec);
}

template <class Client>
void check(const Client& fresh, std::string_view input, std::size_t split) {
    outcome whole, pieces, careful;
    Client first = fresh, second = fresh, third = fresh;
    give(first, whole, input);
    give(second, pieces, input.substr(0, split));
    if (!pieces.done) give(second, pieces, input.substr(split));
    std::size_t at = 0;
    give(third, careful, "");
    while (!careful.ec && third.wanted() > 0 && at < input.size()) {
        const auto piece = input.substr(at, third.wanted());
        give(third, careful, piece);
        at += piece.size();
        require(careful.ec || careful.used == at);
    }
    whole.used = pieces.used = careful.used = whole.ec ? 0 : whole.used;
    require(whole == pieces && whole == careful);
    require(!whole.done || (third.wanted() == 0 && at <= input.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::size_t split = data[1] % (input.size() + 1);
    const auto name = net::proxy_target::make("a.test", 443).value();
    const auto v4 = net::proxy_target::make("192.0.2.7", 80).value();
    switch (data[0] % 4) {
        case 0: check(net::socks5_client(name), input, split); break;
        case 1: check(net::socks5_client(v4, "me", "secret"), input, split); break;
        case 2: check(net::socks4a_client(name, "me"), input, split); break;
        default:
            if (const auto target = net::proxy_target::parse(input)) {
                std::string written;
                target->append_to(written);
                require(net::proxy_target::parse(written).value() == *target);
                require(net::proxy_target::make(target->host(), target->port()).value() == *target);
            }
            if (const auto target = net::proxy_target::make(input, 1)) {
                std::string written;
                target->append_to(written);
                require(net::proxy_target::parse(written).value() == *target);
            }
    }
    return 0;
}
