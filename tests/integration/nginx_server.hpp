// nginx with the servers that a test describes.
#pragma once

#include "configured_server.hpp"

#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

namespace dragline::test {

/// One worker that serves the files below www/ and what the server blocks say. In these and in nothing else,
/// "@0" to "@9" stand for ports, and "@F" for the folder.
class nginx_server : public configured_server {
public:
    explicit nginx_server(const std::string& servers, const file_list& files = {})
        : configured_server(plan_of(servers, files)) {}

private:
    static server_plan plan_of(const std::string& servers, const file_list& files) {
        server_plan plan;
        plan.program = "nginx";
        plan.ports = ports_in(servers);
        plan.prepare = [servers, files](const scratch_folder& folder,
                                        const std::vector<std::uint16_t>& given) {
            for (const auto& [name, content] : files) folder.write(name, content);
            const std::string user = ::geteuid() == 0 ? "user root;\n" : "";
            const auto configuration = filled_in(user + main_part() + servers + "}\n", folder.path(), given);
            return std::vector<std::string>{"-p", folder.path(),
                                            "-e", folder.file("error.log"),
                                            "-c", folder.write("nginx.conf", configuration)};
        };
        return plan;
    }

    static std::string main_part() {
        return R"(
daemon off;
worker_processes 1;
pid @F/server.pid;
error_log @F/error.log;
events { worker_connections 1024; }
http {
    access_log off;
    default_type text/plain;
    root @F/www;
    client_body_temp_path @F/client_body;
    proxy_temp_path @F/proxy;
    fastcgi_temp_path @F/fastcgi;
    uwsgi_temp_path @F/uwsgi;
    scgi_temp_path @F/scgi;
)";
    }
};

}  // namespace dragline::test
