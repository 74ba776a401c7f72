// Messages of a type of one's own over TCP, behind a header of one's own: an echo server and its client.
#include <dragline/dragline.hpp>

#include <cstdint>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>

namespace net = dragline::net;

enum class kind : std::uint8_t { question = 1, answer = 2 };

// On the wire: version (1 byte), kind (1), length of the text (4, big endian), text.
struct header {
    std::uint8_t version = 1;
    kind what = kind::question;
    std::uint32_t length = 0;
};

struct message {
    kind what = kind::question;
    std::string text;
};

auto message_codec() {
    const auto packets = net::length_prefixed<header>()
                             .version<&header::version>(1)
                             .value<&header::what>()
                             .length<&header::length>()
                             .max_frame(64 * 1024);
    return net::typed<message>(
        packets,
        [](const message& from) {
            header made;
            made.what = from.what;
            return net::header_frame<header>(made, from.text);
        },
        [](net::header_frame<header> from) {
            const auto what = from.header.what;
            return message{what, std::move(from).payload()};
        });
}

asio::awaitable<void> echo(net::stream stream) {
    net::framed_stream link(std::move(stream), message_codec());
    for (;;) {
        auto [ec, asked] = co_await link.receive(dragline::as_tuple(asio::use_awaitable));
        if (ec) break;  // the end, or a frame that is none of ours
        asked.what = kind::answer;
        co_await link.send(std::move(asked));
    }
}

asio::awaitable<void> show() {
    auto here = co_await asio::this_coro::executor;
    auto server = co_await dragline::start_server(here, net::endpoint("127.0.0.1", 0), &echo);
    auto stream = co_await dragline::open_connection(server.local_endpoint());
    net::framed_stream link(std::move(stream), message_codec());
    for (std::string text : {"one", "", "three"}) {
        message question;
        question.text = text;
        co_await link.send(std::move(question));
        const auto answer = co_await link.receive();
        if (answer.what != kind::answer || answer.text != text) throw std::runtime_error("not an echo");
        std::cout << "'" << answer.text << "' came back\n";
    }
    co_await link.next_layer().close();
    co_await server.stop();
}

int main() try { dragline::run(show()); } catch (const std::exception& failure) {
    return std::cerr << failure.what() << '\n', 1;
}
