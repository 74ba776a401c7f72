// Properties of any hosts file: every name of an address has that address and the other way round, but for
// what exceeds the limit of an entry; names are as look-ups ask for them; the table that is written out as a
// file is read as the same table.
#include <dragline/dns/hosts_file.hpp>
#include <dragline/dns/name.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

namespace dns = dragline::dns;
using dragline::dns::hosts_table;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

template <class Range, class Value>
bool contains(const Range& range, const Value& value) {
    return std::find(range.begin(), range.end(), value) != range.end();
}

// Every word of the text that can be a name, as look-ups ask for it.
std::set<std::string> names_in(std::string_view text) {
    constexpr std::string_view space = " \t\r\v\f\n#";
    std::set<std::string> names;
    while (!text.empty()) {
        text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
        const auto word = text.substr(0, text.find_first_of(space));
        if (const auto name = dns::normal_host_name(word)) names.insert(*name);
        text.remove_prefix(word.size());
    }
    return names;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto table = hosts_table::parse(text);
    require(table.bad_lines() <= size);

    std::size_t known = 0;
    std::string written;
    std::set<asio::ip::address> visited;
    for (const auto& name : names_in(text)) {
        const auto addresses = table.addresses_of(name);
        require(addresses.size() <= hosts_table::max_per_entry);
        known += !addresses.empty();
        for (const auto& address : addresses) {
            const auto names = table.names_of(address);
            require(!names.empty() && names.size() <= hosts_table::max_per_entry);
            require(contains(names, name) || names.size() == hosts_table::max_per_entry);
            written += address.to_string() + ' ' + name + '\n';
            if (!visited.insert(address).second) continue;
            for (const auto& other : names) {
                require(dns::normal_host_name(other).value() == other);
                const auto back = table.addresses_of(other);
                require(contains(back, address) || back.size() == hosts_table::max_per_entry);
            }
        }
    }
    require(known == table.size());

    const auto again = hosts_table::parse(written);
    require(again.size() == table.size() && again.bad_lines() == 0);
    for (const auto& name : names_in(text)) {
        const auto before = table.addresses_of(name), after = again.addresses_of(name);
        require(std::equal(before.begin(), before.end(), after.begin(), after.end()));
    }
    return 0;
}
