// nginx with the servers that a test describes.
#pragma once

#include "server_process.hpp"

#include <dragline/testing/certificate_authority.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::test {

/// What the server blocks refer to, by name, in the server's folder.
using file_list = std::map<std::string, std::string>;

/// A certificate as the files NAME.pem and NAME.key.
inline void add_certificate(file_list& to, const std::string& name,
                            const testing::issued_certificate& certificate) {
    to[name + ".pem"] = certificate.chain_pem;
    to[name + ".key"] = certificate.private_key_pem;
}

/// One worker that serves the files below www/ and what the server blocks say. In these and in nothing else,
/// "@0" to "@9" stand for ports, and "@F" for the folder.
class nginx_server {
public:
    explicit nginx_server(const std::string& servers, const file_list& files = {})
        : process_(plan_of(servers, files)) {}

    std::uint16_t port(std::size_t which = 0) const { return process_.port(which); }

    std::string url(std::string_view target, std::size_t which = 0) const {
        return "http://127.0.0.1:" + std::to_string(port(which)) + std::string(target);
    }
    std::string secure_url(std::string_view target, std::size_t which = 0) const {
        return "https://127.0.0.1:" + std::to_string(port(which)) + std::string(target);
    }

private:
    static std::string filled_in(std::string text, const std::string& folder,
                                 const std::vector<std::uint16_t>& ports) {
        for (std::size_t at = 0; (at = text.find('@', at)) != text.npos;) {
            const char what = text.at(at + 1);
            const auto value =
                what == 'F' ? folder : std::to_string(ports.at(static_cast<std::size_t>(what - '0')));
            text.replace(at, 2, value);
            at += value.size();
        }
        return text;
    }

    static server_plan plan_of(const std::string& servers, const file_list& files) {
        std::size_t ports = 1;
        for (std::size_t which = 0; which < 10; ++which) {
            if (servers.find('@' + std::to_string(which)) != servers.npos) ports = which + 1;
        }
        server_plan plan;
        plan.program = "nginx";
        plan.ports = ports;
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

    server_process process_;
};

/// Text of any size in which no stretch of a line or more comes twice: each line begins with its number.
inline std::string pattern(std::size_t size) {
    const std::string filler(240, '.');
    std::string text;
    text.reserve(size + 300);
    for (std::size_t line = 0; text.size() < size; ++line)
        text.append(std::to_string(line)).append(filler) += '\n';
    text.resize(size);
    return text;
}

}  // namespace dragline::test
