// The kinds of hosts that the lab holds, as data: how many, what each does, what a probe has to find. Start
// with lab_kinds().
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace probe {

/// What the table shows for a host of this kind; an empty text says that it does not matter.
struct lab_kind {
    std::string name;
    std::size_t count = 0;
    std::string holds;  // for people
    std::string http;
    std::string https;
    std::string wildcard = "no";
    std::string dns = "ok";
    std::string domain = "lab.test";

    /// "good-001.lab.test"
    std::string host(std::size_t number) const {
        auto digits = std::to_string(number);
        digits.insert(0, 3 - digits.size(), '0');
        return name + '-' + digits + '.' + domain;
    }
};

/// 500 hosts in all.
inline std::vector<lab_kind> lab_kinds() {
    return {
        {"good", 145, "a page by HTTP and HTTPS", "200", "200"},
        {"dual", 20, "the same, with an AAAA record, too", "200", "200"},
        {"hostile", 10, "titles and names that would steer a terminal", "200", "200"},
        {"url", 10, "a URL with a path, fetched as it is given", "-", "200"},
        {"slow", 25, "0.1 to 0.5 s before the answer", "200", "200"},
        {"drip", 10, "a body that comes in drips", "200", "200"},
        {"missing", 10, "404", "404", "404"},
        {"broken", 10, "503", "503", "503"},
        {"upgrade", 30, "HTTP redirects to HTTPS", "301>200", "200"},
        {"relative", 15, "a relative redirect", "302>200", "302>200"},
        {"chain", 15, "four redirects, the last to another host", "302>>200", "302>>200"},
        {"loop", 10, "redirects without end", "loop", "loop"},
        {"insecure", 10, "HTTPS redirects to HTTP", "200", "downgrade"},
        {"reset", 15, "connection reset inside the head", "reset", "reset"},
        {"cut", 15, "body cut short", "protocol", "protocol"},
        {"garbage", 10, "an answer that is no HTTP", "protocol", "protocol"},
        {"bighead", 5, "a head of more than 256 KiB", "limit", "limit"},
        {"stall", 5, "no answer at all", "timeout", "timeout"},
        {"dead", 15, "connection refused", "refused", "refused"},
        {"hole", 10, "packets swallowed", "timeout", "timeout"},
        {"expired", 10, "certificate expired", "200", "tls"},
        {"stranger", 10, "certificate of another host", "200", "tls"},
        {"selfmade", 10, "certificate signed by itself", "200", "tls"},
        {"wild", 25, "any name at all exists here", "200", "200", "yes", "ok", "wild.lab.test"},
        {"nobody", 25, "no such name", "-", "-", "no", "nxdomain"},
        {"sick", 10, "the DNS answers SERVFAIL", "-", "-", "unknown", "servfail", "sick.lab.test"},
        {"denied", 5, "the DNS answers REFUSED", "-", "-", "unknown", "dns", "denied.lab.test"},
        {"mute", 10, "the DNS does not answer", "-", "-", "unknown", "timeout", "mute.lab.test"},
    };
}

}  // namespace probe
