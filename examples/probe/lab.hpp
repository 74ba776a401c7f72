// 500 hosts on loopback, good and bad, with their own DNS and certificate authority. Start with lab.
#pragma once

#include "input.hpp"
#include "lab_kinds.hpp"
#include "lab_pages.hpp"
#include "settings.hpp"

#include <dragline/dns/record.hpp>
#include <dragline/testing/certificate_authority.hpp>
#include <dragline/testing/dns_server.hpp>
#include <dragline/testing/http_server.hpp>
#include <dragline/testing/sockets.hpp>

#include <asio/error.hpp>
#include <asio/ip/address.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace probe {

class lab {
public:
    lab()
        : hole_(hole_address()), secure_hole_(hole_address()), web_(dragline::testing::http_server::unbound) {
        open_web();
        fill_dns();
    }

    const std::vector<lab_kind>& kinds() const { return kinds_; }

    /// The targets, kind after kind.
    std::vector<std::string> targets() const {
        std::vector<std::string> all;
        for (const auto& kind : kinds_) {
            for (std::size_t number = 1; number <= kind.count; ++number) {
                const auto host = kind.host(number);
                const auto url =
                    "https://" + host + ':' + std::to_string(https_port()) + "/deep/page?q=1#part";
                all.push_back(kind.name == "url" ? url : host);
            }
        }
        return all;
    }

    /// Sends a probe here instead of into the world.
    void apply_to(settings& options) const {
        options.http_port = http_port();
        options.https_port = https_port();
        options.servers = {dragline::dns::server::parse(dns_.to_string()).value()};
        options.ca_pem = authority_.certificate_pem();
    }

private:
    static constexpr int webs = 24;  // addresses that have a web server

    static asio::ip::address address(int number) {
        return asio::ip::make_address("127.77.0." + std::to_string(number));
    }
    static asio::ip::address hole_address() { return address(250); }  // swallows
    static asio::ip::address dead_address() { return address(251); }  // refuses: nobody listens

    // Every address listens on the two ports that the holes happened to get.
    std::uint16_t http_port() const { return hole_.port(); }
    std::uint16_t https_port() const { return secure_hole_.port(); }

    void open_web() {
        using dragline::testing::certificate_request;
        const auto usual = authority_.issue(certificate_request().name("*.lab.test").name("*.wild.lab.test"));
        for (int number = 1; number <= webs; ++number) {
            web_.listen(address(number), http_port());
            web_.listen_tls(usual, address(number), https_port());
        }
        open_v6(usual);
        const auto refused = authority_.issue(certificate_request().name("elsewhere.example"));
        for (const auto& kind : kinds_) {
            for (std::size_t number = 1; number <= kind.count; ++number) {
                const auto host = kind.host(number);
                auto wanted = certificate_request().name(host);
                if (kind.name == "expired") web_.certificate_for(host, authority_.issue(wanted.expired()));
                if (kind.name == "selfmade")
                    web_.certificate_for(host, authority_.issue(wanted.self_signed()));
                if (kind.name == "stranger") web_.certificate_for(host, refused);
            }
        }
        web_.on("*", lab_pages(http_port(), https_port()));
    }

    // Where there is no IPv6, connections go on to IPv4.
    void open_v6(const dragline::testing::issued_certificate& usual) {
        try {
            web_.listen(asio::ip::address_v6::loopback(), http_port());
            web_.listen_tls(usual, asio::ip::address_v6::loopback(), https_port());
        } catch (const std::system_error&) {
        }
    }

    void fill_dns() {
        using dragline::dns::rcode;
        using dragline::testing::dns_reply;
        std::size_t next = 0;
        for (const auto& kind : kinds_) {
            if (kind.dns != "ok" || kind.name == "wild") continue;
            for (std::size_t number = 1; number <= kind.count; ++number) {
                std::vector<std::string> found = {address_for(kind, next++).to_string()};
                if (kind.name == "dual") found.emplace_back("::1");
                dns_.host(kind.host(number), found);
            }
        }
        dns_.host("*.wild.lab.test", {address(1).to_string(), address(2).to_string()});
        dns_.on("*.sick.lab.test", dns_reply(rcode::server_failure));
        dns_.on("*.denied.lab.test", dns_reply(rcode::refused));
        dns_.on("*.mute.lab.test", dns_reply().silent());
        for (int number = 1; number < webs; ++number) {  // the last one has no name
            dns_.pointer(address(number), {"web-" + std::to_string(number) + ".lab.test"});
        }
        dns_.pointer(asio::ip::address_v6::loopback(), {"web-v6.lab.test"});
    }

    static asio::ip::address address_for(const lab_kind& kind, std::size_t turn) {
        if (kind.name == "dead") return dead_address();
        if (kind.name == "hole") return hole_address();
        return address(1 + static_cast<int>(turn % webs));
    }

    std::vector<lab_kind> kinds_ = lab_kinds();
    dragline::testing::certificate_authority authority_{"Dragline Lab CA"};
    dragline::testing::black_hole hole_, secure_hole_;
    dragline::testing::http_server web_;
    dragline::testing::dns_server dns_;
};

/// A lab; made again when a port of it is taken by somebody else.
inline std::unique_ptr<lab> open_lab() {
    for (int left = 5;; --left) {
        try {
            return std::make_unique<lab>();
        } catch (const std::system_error& failure) {
            if (left == 0 || failure.code() != asio::error::address_in_use) throw;
        }
    }
}

}  // namespace probe
