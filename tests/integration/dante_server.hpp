// Dante, a SOCKS server of versions 4a and 5, for everybody.
#pragma once

#include "configured_server.hpp"

#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

namespace dragline::test {

/// Without users: Dante takes those of the system only. It looks names up as the system does.
class dante_server : public configured_server {
public:
    dante_server() : configured_server(plan_of()) {}

private:
    static server_plan plan_of() {
        server_plan plan;
        plan.program = "danted";
        plan.proof = "server.log";
        plan.proof_text = "running";
        plan.prepare = [](const scratch_folder& folder, const std::vector<std::uint16_t>& given) {
            const auto configuration = filled_in(main_part(), folder.path(), given);
            return std::vector<std::string>{"-f", folder.write("danted.conf", configuration), "-p",
                                            folder.file("server.pid")};
        };
        return plan;
    }

    static std::string main_part() {
        const std::string users =
            ::geteuid() == 0 ? "user.privileged: root\nuser.unprivileged: nobody\n" : "";
        return users + R"(
logoutput: @F/server.log
internal: 127.0.0.1 port = @0
external: 127.0.0.1
clientmethod: none
socksmethod: none
client pass { from: 0/0 to: 0/0 }
socks pass { from: 0/0 to: 0/0 command: connect }
)";
    }
};

}  // namespace dragline::test
