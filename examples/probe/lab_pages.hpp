// What the web servers of the lab answer. Start with lab_pages.
#pragma once

#include <dragline/testing/http_message.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace probe {

/// Answers a request by the kind and the number in its host name.
class lab_pages {
public:
    lab_pages(std::uint16_t http_port, std::uint16_t https_port)
        : http_port_(http_port), https_port_(https_port) {}

    dragline::testing::http_reply operator()(const dragline::testing::http_request& request) const {
        using dragline::testing::ending;
        using reply = dragline::testing::http_reply;
        const auto host = std::string(request.field("Host")).substr(0, request.field("Host").find(':'));
        const auto kind = host.substr(0, host.find('-'));
        auto number = kind.size() < host.size() ? std::atoi(host.c_str() + kind.size() + 1) : 0;
        for (const char c : kind) number += c;  // that not all first hosts of a kind look alike
        if (kind == "hostile") return hostile(number);
        if (kind == "slow") return page(number).delay(std::chrono::milliseconds(100 + number % 9 * 50));
        if (kind == "drip") return page(number).drip_body(64, std::chrono::milliseconds(15));
        if (kind == "missing") return page(number).status(404);
        if (kind == "broken") return page(number).status(503);
        if (kind == "upgrade" && !request.secure) return reply::redirect(secure_url(host), 301);
        if (kind == "relative" && request.path() == "/") return reply::redirect("home/../welcome?from=%2F");
        if (kind == "chain") return next_in_chain(request);
        if (kind == "loop") return reply::redirect(request.path() == "/" ? "/again" : "/");
        if (kind == "insecure" && request.secure) return reply::redirect(plain_url(host), 301);
        if (kind == "reset") return page(number).cut_head(20, ending::reset);
        if (kind == "cut") return page(number).cut_body(40, ending::close);
        if (kind == "garbage") return reply::garbage();
        if (kind == "bighead") return page(number).padding(300, 1024);
        if (kind == "stall") return reply().no_answer();
        return page(number);
    }

private:
    static dragline::testing::http_reply page(int number) {
        static constexpr std::array<std::string_view, 6> titles = {
            "Welcome",
            "Fish &amp; Chips &ndash; menu",
            "\xe3\x83\x89\xe3\x83\xa9\xe3\x82\xb0\xe3\x83\xa9\xe3\x82\xa4\xe3\x83\xb3\xe3\x81\xae\xe5\xb7"
            "\xa3",
            "\n   Spread over\n   several lines  ",
            "Z\xfcrich caf\xe9",  // Latin-1
            "A title that is longer than any table has room for, as is the custom in search results"};
        static constexpr std::array<std::string_view, 3> servers = {"nginx/1.22.1", "Apache/2.4.62 (Debian)",
                                                                    "caddy"};
        const auto at = static_cast<std::size_t>(number);
        std::string body = "<!doctype html><html><head><title>";
        body += titles[at % titles.size()];
        body += "</title></head><body>" + std::string(at * 97 % 5000, '.') + "</body></html>\n";
        return dragline::testing::http_reply()
            .header("Content-Type", "text/html")
            .header("Server", std::string(servers[at % servers.size()]))
            .body(std::move(body));
    }

    static dragline::testing::http_reply hostile(int number) {
        static constexpr std::array<std::string_view, 3> titles = {"&#27;]0;owned&#7; &#x202e;txt.exe",
                                                                   "100%s %n {\"a\":\"\\u0000\"}",
                                                                   "\x1b[2J\x1b[31mowned\x07 \u009b5m"};
        std::string body = "<title>";
        body += titles[static_cast<std::size_t>(number) % titles.size()];
        return dragline::testing::http_reply()
            .header("Content-Type", "text/html")
            .header("Server", "\u009b31m\u202eevil")
            .body(body + "</title>");
    }

    dragline::testing::http_reply next_in_chain(const dragline::testing::http_request& request) const {
        using reply = dragline::testing::http_reply;
        if (request.path() == "/") return reply::redirect("/1");
        if (request.path() == "/1") return reply::redirect("/2", 307);
        if (request.path() == "/2") return reply::redirect("/3", 308);
        return reply::redirect(
            request.secure ? secure_url("good-001.lab.test") : plain_url("good-001.lab.test"), 303);
    }

    std::string plain_url(const std::string& host) const {
        return "http://" + host + ':' + std::to_string(http_port_) + '/';
    }
    std::string secure_url(const std::string& host) const {
        return "https://" + host + ':' + std::to_string(https_port_) + '/';
    }

    std::uint16_t http_port_;
    std::uint16_t https_port_;
};

}  // namespace probe
