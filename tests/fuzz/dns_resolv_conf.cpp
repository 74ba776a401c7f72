// Properties of any resolv.conf: at most so many servers, none of them twice, each of them usable; and the
// servers that are written out as a resolv.conf are read as the same servers.
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
    const auto servers = dns::parse_resolv_conf(text);
    require(servers.size() <= dns::max_system_servers);
    std::string written;
    for (const auto& server : servers) {
        require(std::count(servers.begin(), servers.end(), server) == 1);
        require(server.port() != 0);
        require(dns::server::parse(server.to_string()).value() == server);
        written += "nameserver " + server.to_string() + "\n";
    }
    require(dns::parse_resolv_conf(written) == servers);

    // What stands after the text changes nothing that stands in it.
    const auto longer = dns::parse_resolv_conf(std::string(text) + "\nnameserver 192.0.2.1\n");
    require(longer.size() >= servers.size());
    require(std::equal(servers.begin(), servers.end(), longer.begin()));

    if (const auto one = dns::server::parse(text)) {
        require(dns::server::parse(one->to_string()).value() == *one);
    }
    return 0;
}
