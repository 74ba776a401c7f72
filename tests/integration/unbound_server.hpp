// unbound, the recursive server, with what a test has it know. It asks nobody but those the test names.
#pragma once

#include "server_process.hpp"

#include <dragline/testing/certificate_authority.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dragline::test {

/// What an unbound_server answers, and how.
class unbound_settings {
public:
    unbound_settings() {}

    /// A record that unbound knows by itself, as in a zone file: "a.test. 60 IN A 192.0.2.1".
    unbound_settings& record(const std::string& text) { return line("local-data: '" + text + "'"); }

    /// What it does about names of a zone beside its records, as local-zone has it: "static", "redirect".
    unbound_settings& zone(const std::string& name, const std::string& kind) {
        return line("local-zone: \"" + name + "\" " + kind);
    }

    /// Asks the server at a port of loopback for all names at or below `zone`.
    unbound_settings& forward(const std::string& zone, std::uint16_t port) {
        forwards_.emplace_back(zone, port);
        return *this;
    }

    /// Speaks DNS over TLS too, at the second port.
    unbound_settings& certificate(testing::issued_certificate value) {
        return certificate_ = std::move(value), *this;
    }

    /// One more line of the server: clause.
    unbound_settings& line(const std::string& text) { return lines_ += "  " + text + '\n', *this; }

    server_plan plan() const {
        server_plan made;
        made.program = "unbound";
        made.ports = certificate_ ? 2 : 1;
        made.prepare = [settings = *this](const scratch_folder& folder,
                                          const std::vector<std::uint16_t>& ports) {
            const auto path = folder.write("unbound.conf", settings.configuration(folder, ports));
            return std::vector<std::string>{"-d", "-c", path};
        };
        return made;
    }

private:
    std::string configuration(const scratch_folder& folder, const std::vector<std::uint16_t>& ports) const {
        std::string text = R"(server:
  do-daemonize: no
  username: ""
  chroot: ""
  use-syslog: no
  num-threads: 1
  do-ip6: no
  module-config: "iterator"
  do-not-query-localhost: no
  access-control: 127.0.0.0/8 allow
  incoming-num-tcp: 100
  edns-tcp-keepalive: yes
)";
        text += "  directory: \"" + folder.path() + "\"\n  pidfile: \"" + folder.file("server.pid") + "\"\n";
        for (const auto port : ports) text += "  interface: 127.0.0.1@" + std::to_string(port) + '\n';
        if (certificate_) {
            text += "  tls-port: " + std::to_string(ports.at(1)) + '\n';
            text += "  tls-service-pem: \"" + folder.write("server.pem", certificate_->chain_pem) + "\"\n";
            text +=
                "  tls-service-key: \"" + folder.write("server.key", certificate_->private_key_pem) + "\"\n";
        }
        // Without an answer from here it would ask the roots.
        if (forwards_.empty()) text += "  local-zone: \".\" refuse\n";
        text += lines_ + "remote-control:\n  control-enable: no\n";
        bool everything = forwards_.empty();
        for (const auto& [zone, port] : forwards_) {
            everything = everything || zone == ".";
            text += forward_clause(zone, port);
        }
        return everything ? text : text + forward_clause(".", 1);  // where nobody is
    }

    static std::string forward_clause(const std::string& zone, std::uint16_t port) {
        return "forward-zone:\n  name: \"" + zone + "\"\n  forward-addr: 127.0.0.1@" + std::to_string(port) +
               '\n';
    }

    std::string lines_;
    std::vector<std::pair<std::string, std::uint16_t>> forwards_;
    std::optional<testing::issued_certificate> certificate_;
};

/// unbound as it runs.
class unbound_server {
public:
    explicit unbound_server(const unbound_settings& settings) : process_(settings.plan()) {}

    std::uint16_t port() const { return process_.port(0); }      ///< UDP and TCP.
    std::uint16_t tls_port() const { return process_.port(1); }  ///< Only with a certificate.

private:
    server_process process_;
};

}  // namespace dragline::test
