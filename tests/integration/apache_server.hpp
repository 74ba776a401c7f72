// Apache httpd with the configuration that a test describes.
#pragma once

#include "configured_server.hpp"

#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::test {

/// One child that serves the files below www/ on port "@0", and what the directives say. In these and in
/// nothing else, "@0" to "@9" stand for ports, and "@F" for the folder.
class apache_server : public configured_server {
public:
    explicit apache_server(const std::string& directives, const file_list& files = {})
        : configured_server(plan_of(directives, files)) {}

private:
    static server_plan plan_of(const std::string& directives, const file_list& files) {
        server_plan plan;
        plan.program = "apache2";
        plan.ports = ports_in(directives);
        plan.prepare = [directives, files](const scratch_folder& folder,
                                           const std::vector<std::uint16_t>& given) {
            folder.write("www/index.html", "the root");
            for (const auto& [name, content] : files) folder.write(name, content);
            // It refuses to serve as root.
            const std::string user = ::geteuid() == 0 ? "User nobody\nGroup nogroup\n" : "";
            std::string listen;
            for (const auto port : given) listen += "Listen 127.0.0.1:" + std::to_string(port) + '\n';
            const auto configuration =
                modules() + filled_in(user + listen + main_part() + directives, folder.path(), given);
            return std::vector<std::string>{"-D", "FOREGROUND", "-f",
                                            folder.write("httpd.conf", configuration)};
        };
        return plan;
    }

    static std::string modules() {
        std::string lines;
        for (const std::string_view name :
             {"mpm_event", "authz_core", "authz_user", "authn_core", "authn_file", "auth_basic",
              "auth_digest", "dir", "alias", "headers", "env", "setenvif", "filter", "deflate", "brotli",
              "reflector", "ssl", "http2", "bucketeer"}) {
            lines.append("LoadModule ").append(name).append("_module /usr/lib/apache2/modules/mod_");
            lines.append(name).append(".so\n");
        }
        return lines;
    }

    static std::string main_part() {
        return R"(
ServerRoot @F
DefaultRuntimeDir @F
PidFile @F/server.pid
ErrorLog @F/error.log
ServerName 127.0.0.1
StartServers 1
ThreadsPerChild 32
MaxRequestWorkers 32
MinSpareThreads 1
MaxSpareThreads 32
DocumentRoot @F/www
)";
    }
};

}  // namespace dragline::test
