// Sends and receives JSON by nlohmann-json, through the one customisation point for it; to and from a server
// that it starts itself.
#include <dragline/dragline.hpp>
#include <dragline/testing/http_server.hpp>
#include <nlohmann/json.hpp>

#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

// Once in a program: all that nlohmann-json can convert.
template <class T>
requires std::is_constructible_v<nlohmann::json, T>
struct dragline::http::json_traits<T> {
    static T parse(std::string_view text) { return nlohmann::json::parse(text).get<T>(); }
    static std::string write(const T& value) { return nlohmann::json(value).dump(); }
};

struct spider {
    std::string name;
    int legs = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(spider, name, legs)

asio::awaitable<void> trade(std::string url) {
    spider sent;
    sent.name = "Araneus";
    sent.legs = 7;
    auto reply =
        co_await dragline::fetch_url(url, dragline::fetch_options().body(dragline::http::json_body(sent)));
    const auto received = reply.json<spider>();
    if (!received) throw std::system_error(received.error());
    std::cout << received->name << " has " << received->legs << " legs\n";

    const auto any = reply.json<nlohmann::json>().value();
    if (any.at("legs") != 8) throw std::runtime_error("another number of legs");
    if (reply.json<int>().error() != dragline::http::errc::invalid_json) throw std::runtime_error("no int");
}

// One leg more for every spider that comes.
dragline::testing::http_reply answer(const dragline::testing::http_request& request) {
    auto one = nlohmann::json::parse(request.body);
    one["legs"] = one["legs"].get<int>() + 1;
    return dragline::testing::http_reply().header("Content-Type", "application/json").body(one.dump());
}

int main() try {
    dragline::testing::http_server server;
    server.on("/", answer);
    dragline::run(trade(server.url()));
} catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
}
