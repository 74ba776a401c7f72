// microsocks, a SOCKS 5 server, for one user.
#pragma once

#include "server_process.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace dragline::test {

/// For "me" with "secret"; it looks names up as the system does.
class microsocks_server {
public:
    std::uint16_t port() const { return process_.port(); }

private:
    static server_plan plan_of() {
        server_plan plan;
        plan.program = "sh";
        plan.proof = "output";
        plan.prepare = [](const scratch_folder&, const std::vector<std::uint16_t>& given) {
            // It says nothing when it starts, and ends when it cannot have its port.
            return std::vector<std::string>{"-c",
                                            "echo started; exec \"$0\" \"$@\"",
                                            need_program("microsocks"),
                                            "-i",
                                            "127.0.0.1",
                                            "-p",
                                            std::to_string(given.at(0)),
                                            "-u",
                                            "me",
                                            "-P",
                                            "secret"};
        };
        return plan;
    }

    server_process process_{plan_of()};
};

}  // namespace dragline::test
