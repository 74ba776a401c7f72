// The command at work on a server of its own on loopback: what runs without arguments.
#pragma once

#include "exchange.hpp"

#include <dragline/testing/http_server.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace http_command {

inline int show_lab() {
    using dragline::testing::http_reply;
    dragline::testing::http_server server;
    server.on("/items*", [](const auto& request) {
        return http_reply(request.method == "GET" ? 200 : 201)
            .header("Content-Type", "application/json")
            .body("{\"target\": \"" + request.target +
                  "\", \"got\": " + (request.body.empty() ? "null" : request.body) + "}\n");
    });
    int status = 0;
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"--timing", server.url("/items"), "page==2"},
          std::vector<std::string>{"-v", "PUT", server.url("/items/7"), "X-Trace:1", "name=thread",
                                   "count:=3"}}) {
        std::cout << "http";
        for (const auto& word : arguments) std::cout << ' ' << word;
        std::cout << std::endl;
        status = std::max(status, run_exchange(read_command_line(arguments)));
    }
    return status;
}

}  // namespace http_command
