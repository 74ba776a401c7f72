// Properties of any resolv.conf: at most so many servers and suffixes, no server twice, each usable; and what
// is written out as a resolv.conf is read as the same.
#include <dragline/dns/name.hpp>
#include <dragline/dns/resolv_conf.hpp>
#include <dragline/dns/server.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace dns = dragline::dns;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto conf = dns::parse_resolv_conf(text);
    require(conf.servers.size() <= dns::max_system_servers);
    require(conf.search.size() <= dns::max_search_suffixes);
    require(conf.ndots <= dns::max_ndots);

    std::string written = "options ndots:" + std::to_string(conf.ndots) + "\n";
    for (const auto& server : conf.servers) {
        require(std::count(conf.servers.begin(), conf.servers.end(), server) == 1);
        require(server.port() != 0);
        require(dns::server::parse(server.to_string()).value() == server);
        written += "nameserver " + server.to_string() + "\n";
    }
    if (!conf.search.empty()) written += "search";
    for (const auto& suffix : conf.search) {
        require(dns::normal_host_name(suffix).value() == suffix);
        written += " " + suffix;
    }
    require(dns::parse_resolv_conf(written) == conf);

    // What stands after the text changes nothing that it says of servers.
    const auto longer = dns::parse_resolv_conf(std::string(text) + "\nnameserver 192.0.2.1\n").servers;
    require(longer.size() >= conf.servers.size());
    require(std::equal(conf.servers.begin(), conf.servers.end(), longer.begin()));

    if (const auto one = dns::server::parse(text)) {
        require(dns::server::parse(one->to_string()).value() == *one);
    }
    return 0;
}
