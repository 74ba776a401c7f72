// A small dig:  dig [@SERVER[:PORT]] [-x] NAME [TYPE] [+tcp] [+dnssec] [+short]
// Without arguments it asks a scripted server on loopback.
#include <dragline/dragline.hpp>
#include <dragline/testing/dns_server.hpp>

#include <asio/ip/address.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace dns = dragline::dns;

struct request {
    std::string name;
    dns::record_type type = dns::record_type::a;
    dns::query_options options = dns::query_options().bypass_cache(true);
    bool brief = false;
    bool reverse = false;
};

request parse(const std::vector<std::string_view>& words) {
    request made;
    for (const auto word : words) {
        if (word.starts_with('@'))
            made.options.add_server(word.substr(1));
        else if (word == "-x")
            made.reverse = true;
        else if (word == "+tcp")
            made.options.tcp_only(true);
        else if (word == "+dnssec")
            made.options.dnssec_ok(true);
        else if (word == "+short")
            made.brief = true;
        else if (made.name.empty())
            made.name = word;
        else
            made.type = dns::parse_record_type(word).value();
    }
    if (!made.reverse) return made;
    made.name = dns::reverse_name(asio::ip::make_address(made.name));
    made.type = dns::record_type::ptr;
    return made;
}

void print(std::string_view title, const std::vector<dns::record>& section) {
    if (section.empty()) return;
    std::cout << ";; " << title << '\n';
    for (const auto& each : section) std::cout << to_string(each) << '\n';
}

asio::awaitable<void> dig(request asked) {
    const auto said = co_await dns::query(asked.name, asked.type, asked.options);
    if (asked.brief) {
        for (const auto& each : said.answers) std::cout << to_string(each.data) << '\n';
        co_return;
    }
    std::cout << ";; " << to_string(said.code) << (said.authoritative ? " aa" : "")
              << (said.truncated ? " tc" : "") << (said.recursion_available ? " ra" : "")
              << (said.authentic ? " ad" : "") << '\n';
    print("ANSWER", said.answers);
    print("AUTHORITY", said.authorities);
    print("ADDITIONAL", said.additionals);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(said.took);
    std::cout << ";; " << said.server << " in " << took.count() << " ms\n";
}

int main(int argc, char** argv) try {
    if (argc > 1) return dragline::run(dig(parse({argv + 1, argv + argc}))), 0;
    dragline::testing::dns_server server;
    server.answer("example.test", dns::record_type::mx, {"10 mail.example.test", "20 backup.example.test"});
    const auto at = "@" + server.to_string();
    dragline::run(dig(parse({at, "example.test", "MX"})));
} catch (const std::exception& error) {
    return std::cerr << "dig: " << error.what() << '\n', 1;
}
