// A small site on loopback, with what crawlers meet: what runs without arguments.
#pragma once

#include <dragline/testing/http_server.hpp>

#include <string>

namespace mirror {

inline void build_site(dragline::testing::http_server& server) {
    using dragline::testing::http_reply;
    const auto page = [](const std::string& body) {
        return http_reply().header("Content-Type", "text/html; charset=utf-8").body(body);
    };
    server.on("/robots.txt", http_reply().body("User-agent: *\nDisallow: /private\n"));
    server.on("/", page("<a href=docs/>Documents</a> <a href='/private/x'>no</a> <img src=\"logo.png\">"));
    server.on("/docs/", page("<a href=\"../\">up</a> <a href=\"?page=2\">next</a> <a href=/loop/>loop</a>"));
    server.on("/docs/?page=2", page("<a href=https://elsewhere.example/>away</a>"));
    // Every page of it has a new address that leads to the next.
    server.on("/loop/*", page("<a href=again/>again</a>"));
    server.on("/logo.png", http_reply().header("Content-Type", "image/png").body("picture"));
}

}  // namespace mirror
