// squid as a forward proxy: open, guarded by a password, and over TLS.
#pragma once

#include "configured_server.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

namespace dragline::test {

/// How port 1 asks for the password.
enum class squid_login { basic, digest };

/// Port 0 is for everybody, port 1 for "me" with the password "secret", port 2 for everybody in TLS. Names of
/// `hosts`, lines as in /etc/hosts, are the only ones that it knows without asking.
class squid_server : public configured_server {
public:
    squid_server(const testing::issued_certificate& certificate, const std::string& hosts,
                 squid_login login = squid_login::basic)
        : configured_server(plan_of(certificate, hosts, login)) {}

private:
    static server_plan plan_of(const testing::issued_certificate& certificate, const std::string& hosts,
                               squid_login login) {
        file_list files;
        add_certificate(files, "squid", certificate);
        files["hosts"] = hosts;
        files["users"] = "me:$apr1$dragline$TDRqSu1G4H/4HlqSgqEu2.\n";
        files["passwords"] = "me:secret\n";
        server_plan plan;
        plan.program = "squid";
        plan.ports = 3;
        plan.prepare = [files, login](const scratch_folder& folder, const std::vector<std::uint16_t>& given) {
            for (const auto& [name, content] : files) folder.write(name, content);
            give_away(folder.path());
            const auto configuration = filled_in(main_part(login), folder.path(), given);
            return std::vector<std::string>{"-N", "-f", folder.write("squid.conf", configuration)};
        };
        return plan;
    }

    // Started by root, it gives that up, and must still write here.
    static void give_away(const std::string& path) {
        const auto* user = ::geteuid() == 0 ? ::getpwnam("proxy") : nullptr;
        if (user && ::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) WARN("cannot give " << path);
    }

    static std::string main_part(squid_login login) {
        const std::string asks = login == squid_login::basic ? R"(
auth_param basic program /usr/lib/squid/basic_ncsa_auth @F/users
auth_param basic realm dragline
)"
                                                             : R"(
auth_param digest program /usr/lib/squid/digest_file_auth @F/passwords
auth_param digest realm dragline
)";
        return asks + R"(
http_port 127.0.0.1:@0
http_port 127.0.0.1:@1 name=guarded
https_port 127.0.0.1:@2 tls-cert=@F/squid.pem tls-key=@F/squid.key
pid_filename @F/server.pid
cache_log @F/error.log
access_log stdio:@F/access.log
cache deny all
coredump_dir @F
hosts_file @F/hosts
dns_nameservers 127.0.0.1
visible_hostname squid.test
shutdown_lifetime 0 seconds
pinger_enable off
max_filedescriptors 1024
acl guarded myportname guarded
acl users proxy_auth REQUIRED
http_access allow guarded users
http_access deny guarded
http_access allow localhost
)";
    }
};

}  // namespace dragline::test
