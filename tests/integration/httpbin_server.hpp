// httpbin under gunicorn, the service that the tests of HTTP clients are made against.
#pragma once

#include "configured_server.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::test {

class httpbin_server : public configured_server {
public:
    httpbin_server() : configured_server(plan()) {}

    /// The one of this process: it takes a second to start.
    static const httpbin_server& shared() {
        static const httpbin_server instance;
        return instance;
    }

private:
    static server_plan plan() {
        const auto bind = [](std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); };
        server_plan made;
        made.program = "gunicorn";
        made.prepare = [bind](const scratch_folder& folder, const std::vector<std::uint16_t>& given) {
            // Threads keep connections alive, the default worker does not.
            return std::vector<std::string>{
                "--bind",       bind(given[0]), "--worker-class",   "gthread",     "--threads",  "8",
                "--keep-alive", "30",           "--worker-tmp-dir", folder.path(), "httpbin:app"};
        };
        made.proof = "output";
        made.proof_text = "Listening at";
        return made;
    }
};

}  // namespace dragline::test
