// tinyproxy, a small HTTP proxy, for everybody.
#pragma once

#include "configured_server.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace dragline::test {

/// It looks names up as the system does, and says that it was there in a Via field.
class tinyproxy_server : public configured_server {
public:
    tinyproxy_server() : configured_server(plan_of()) {}

private:
    static server_plan plan_of() {
        server_plan plan;
        plan.program = "tinyproxy";
        plan.prepare = [](const scratch_folder& folder, const std::vector<std::uint16_t>& given) {
            const auto configuration = filled_in(main_part(), folder.path(), given);
            return std::vector<std::string>{"-d", "-c", folder.write("tinyproxy.conf", configuration)};
        };
        return plan;
    }

    static std::string main_part() {
        return R"(
Port @0
Listen 127.0.0.1
PidFile "@F/server.pid"
LogFile "@F/error.log"
Timeout 60
MaxClients 50
ViaProxyName "tinyproxy.test"
Allow 127.0.0.1
)";
    }
};

}  // namespace dragline::test
