// The zone types.test, with records of every type, and an nsd that serves it.
#pragma once

#include "nsd_server.hpp"

#include <dragline/dns/record.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dragline::test {

using dns::record_type;

inline constexpr auto unnamed_type = static_cast<record_type>(65280);

// A line of the zone types.test; the data is in the words of to_string().
struct zone_line {
    std::string owner;
    record_type type;
    std::string data;

    std::string name() const { return owner + (owner.empty() ? "types.test" : ".types.test"); }
    std::string text() const { return to_string(type) + ' ' + data; }
};

inline std::string quoted(std::size_t strings, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < strings; ++i) {
        text += (i ? " \"" : "\"") + std::string(size, static_cast<char>('a' + i % 26)) + '"';
    }
    return text;
}

inline const std::vector<zone_line>& zone_lines() {
    static const std::vector<zone_line> lines{
        {"", record_type::soa,
         "ns.types.test. admin\\.of\\.zone.types.test. 4000000000 7200 3600 1209600 60"},
        {"", record_type::ns, "ns.types.test."},
        {"ns", record_type::a, "127.0.0.1"},
        {"v4", record_type::a, "192.0.2.1"},
        {"v6", record_type::aaaa, "2001:db8::1"},
        {"odd\\.dot\\032and\\200", record_type::a, "192.0.2.2"},
        {"alias", record_type::cname, "v4.types.test."},
        {"old", record_type::dname, "deep.er.types.test."},
        {"pointer", record_type::ptr, "hostile\\010\\.\\\"name\\\".example."},
        {"nobody", record_type::mx, "0 ."},
        {"words", record_type::txt, R"("v=spf1 -all" "" "a\"b\\c\000\010\127\255;(")"},
        {"full", record_type::txt, quoted(2, 255)},
        {"large", record_type::txt, quoted(12, 250)},
        {"larger", record_type::txt, quoted(24, 250)},
        {"giant", record_type::txt, quoted(240, 250)},
        {"_sip._udp", record_type::srv, "10 60 5060 sip.types.test."},
        {"_none._tcp", record_type::srv, "0 0 0 ."},
        {"rule", record_type::naptr, R"(100 10 "" "" "!^urn:cid:.+@([^\\.]+\\.)(.*)$!\\2!i" .)"},
        {"other-rule", record_type::naptr, R"(100 50 "s" "SIP+D2U" "" _sip._udp.types.test.)"},
        {"ca", record_type::caa, "128 issue \"ca.example; account=230123\""},
        {"_ftp._tcp", record_type::uri, "10 1 \"ftp://ftp1.example.com/public%20files\""},
        {"key", record_type::dnskey, "257 3 13 AQPSKmynfzW4kyBv015MUG2DeIQ3Cbl+BBZH4b/0PY1kxg=="},
        {"digest", record_type::ds, "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"},
        {"_443._tcp", record_type::tlsa,
         "3 1 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971"},
        {"shell", record_type::sshfp, "2 1 123456789ABCDEF67890123456789ABCDEF67890"},
        {"_8443._foo", record_type::svcb, "7 svc4.types.test. mandatory=alpn,port alpn=\"bar\" port=8004"},
        {"apex", record_type::https, "0 v6.types.test."},
        {"web", record_type::https,
         "1 . alpn=\"h2,h3\" no-default-alpn port=8443 ipv4hint=192.0.2.1,192.0.2.2 ech=\"AEX+DQ==\" "
         "ipv6hint=2001:db8::1 key667=\"x\""},
        {"raw", unnamed_type, "\\# 4 C0000201"},
        {"nothing-in-it", unnamed_type, "\\# 0"},
    };
    return lines;
}

inline std::string types_zone() {
    std::string text = "$TTL 300\n";
    for (const auto& each : zone_lines()) {
        text += (each.owner.empty() ? "@" : each.owner) + " IN " + each.text() + '\n';
    }
    return text + R"(
host.deep.er     A     192.0.2.3
mail             MX    20 second.mail
mail             MX    10 first.mail
first.mail       A     192.0.2.10
first.mail       AAAA  2001:db8::10
second.mail   90 A     192.0.2.20
several          SRV   20 0 1 last
several          SRV   10 0 1 first
all              A     192.0.2.4
all              AAAA  2001:db8::4
all              TXT   "words"
all              TYPE65280 \# 1 00
child            NS    ns.child
ns.child         A     192.0.2.53
)";
}

inline server_plan records_plan() {
    auto plan = nsd_plan(
        {{"types.test.", types_zone()},
         {"brief.test.", "$TTL 300\n@ 30 SOA ns.types.test. a. 1 2 3 4 600\n@ NS ns.types.test.\n"}});
    plan.prepare = [usual = plan.prepare](const scratch_folder& folder,
                                          const std::vector<std::uint16_t>& ports) {
        auto arguments = usual(folder, ports);
        auto text = folder.read("nsd.conf");
        text += "server:\n  refuse-any: no\n  minimal-responses: no\n  ipv4-edns-size: 4096\n";
        text += "remote-control:\n  control-enable: yes\n  control-interface: \"" + folder.file("control") +
                "\"\n";
        folder.write("nsd.conf", text);
        return arguments;
    };
    return plan;
}

}  // namespace dragline::test
