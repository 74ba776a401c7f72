// nsd with zones of a test, signed ones among them. Start with nsd_plan().
#pragma once

#include "server_process.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace dragline::test {

/// One zone of nsd; without content there is no file of it, and nsd answers SERVFAIL.
struct nsd_zone {
    std::string name;  ///< "test."
    std::string content;
    bool with_signatures = false;  ///< Signed with a fresh key, by programs of ldnsutils.

    nsd_zone(std::string n, std::string c, bool sign = false)
        : name(std::move(n)), content(std::move(c)), with_signatures(sign) {}
};

inline const std::string start_of_zone = R"($TTL 300
@ IN SOA ns.test. admin.test. 1 3600 900 604800 60
@ IN NS ns.test.
)";

/// Signs a zone of the folder, and returns the name of the new file. Skips the test where ldnsutils is not
/// installed.
inline std::string sign_zone(const scratch_folder& folder, const std::string& zone, const std::string& file) {
    const auto keygen = need_program("ldns-keygen"), signzone = need_program("ldns-signzone");
    const auto script = "cd '" + folder.path() + "' && key=$('" + keygen + "' -a ECDSAP256SHA256 " + zone +
                        ") && '" + signzone + "' -o " + zone + " " + file + " \"$key\"";
    child_process signing({"/bin/sh", "-c", script}, folder.file("signing.log"));
    if (signing.wait() != 0) FAIL("cannot sign " << zone << ": " << folder.read("signing.log"));
    return file + ".signed";
}

/// nsd on one port, for all of these zones.
inline server_plan nsd_plan(std::vector<nsd_zone> zones) {
    server_plan plan;
    plan.program = "nsd";
    plan.prepare = [zones = std::move(zones)](const scratch_folder& folder,
                                              const std::vector<std::uint16_t>& ports) {
        const auto port = std::to_string(ports.at(0));
        std::string text =
            "server:\n  server-count: 1\n  username: \"\"\n  chroot: \"\"\n  rrl-ratelimit: 0\n";
        text += "  ip-address: 127.0.0.1@" + port + "\n  port: " + port + "\n  tcp-count: 200\n";
        text += "  zonesdir: \"" + folder.path() + "\"\n  pidfile: \"" + folder.file("server.pid") + "\"\n";
        text += "  xfrdfile: \"" + folder.file("xfrd.state") + "\"\n  xfrdir: \"" + folder.path() + "\"\n";
        text += "  zonelistfile: \"" + folder.file("zone.list") + "\"\n";
        text +=
            "  database: \"\"\n";  // else nsd before 4.8 writes /var/lib/nsd/nsd.db; later ones ignore this
        text += "remote-control:\n  control-enable: no\n";
        for (const auto& zone : zones) {
            auto file = zone.name + "zone";
            if (!zone.content.empty()) folder.write(file, zone.content);
            if (zone.with_signatures) file = sign_zone(folder, zone.name, file);
            text += "zone:\n  name: \"" + zone.name + "\"\n  zonefile: \"" + file + "\"\n";
        }
        return std::vector<std::string>{"-d", "-c", folder.write("nsd.conf", text)};
    };
    return plan;
}

}  // namespace dragline::test
