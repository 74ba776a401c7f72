// Properties of the CONNECT client: any split of the answer gives the same; the bytes behind the head of a
// 2xx are all left for the tunnel; at most the limit is ever taken. Input: one byte of limits, one that
// places the split, then the answer.
#include <dragline/net/proxies/wire/http_connect.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace net = dragline::net;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct outcome {
    std::string left;
    std::vector<std::string> challenges;
    std::error_code ec;
    int status = 0;
    bool done = false;

    bool operator==(const outcome&) const = default;
};

outcome run(net::http_connect client, std::string_view input, std::size_t piece) {
    outcome all;
    for (std::size_t at = 0; at < input.size() && !all.ec; at += piece) {
        const auto bytes = input.substr(at, piece);
        const auto used = client.receive(bytes);
        all.ec = used.error();
        if (!used) break;
        require(*used <= bytes.size() && (client.done() || *used == bytes.size()));
        all.left += bytes.substr(*used);
    }
    require(!all.ec || (all.ec == dragline::condition::proxy_failed && client.wanted() == 0));
    require(!(all.ec && client.done()));
    all.status = client.status();
    all.challenges = client.challenges();
    all.done = client.done();
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
    auto limits = net::http_connect::default_limits();
    if (data[0] & 1) limits.max_size(std::size_t{data[0]} * 2);
    if (data[0] & 2) limits.max_line(data[0]);
    if (data[0] & 4) limits.max_fields(data[0] / 16u);
    const auto target = net::proxy_target::make("a.test", 443).value();
    const net::http_connect fresh(target, data[0] & 8 ? "Basic YTpi" : "", limits);
    const auto whole = run(fresh, input, std::max<std::size_t>(input.size(), 1));
    require(whole == run(fresh, input, 1));
    require(whole == run(fresh, input, data[1] + std::size_t{1}));
    require(!whole.done || (whole.status >= 200 && whole.status < 300 && input.ends_with(whole.left)));
    require(whole.challenges.empty() || whole.status == 407);

    // Whatever host was taken, the request is one head that names it.
    const auto named = net::proxy_target::make(input, 443);
    if (!named) return 0;
    dragline::h1::request_head_parser parser;
    net::http_connect asking(*named);
    const auto head = parser.parse(asking.output());
    require(head && *head == asking.output().size() && parser.head().target == named->to_string());
    return 0;
}
