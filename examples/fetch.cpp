// Fetches one URL, the argument; without one, a page of a server that it starts itself.
#include <dragline/dragline.hpp>
#include <dragline/testing/http_server.hpp>

#include <exception>
#include <iostream>
#include <string>

asio::awaitable<void> show(std::string url) {
    auto page = co_await dragline::fetch_url(url);
    std::cout << page.status << ' ' << page.url.href() << '\n' << page.body;
}

int main(int argc, char** argv) try {
    dragline::testing::http_server server;
    server.on("/", dragline::testing::http_reply().body("hello from loopback\n"));
    dragline::run(show(argc > 1 ? argv[1] : server.url()));
} catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
}
