// Included by <dragline/dns/hosts_file.hpp> only.
#pragma once

#include <dragline/dns/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <system_error>

namespace dragline::inline v1::dns {

DRAGLINE_DECL bool hosts_table::add(const asio::ip::address& address, std::string_view name) {
    auto checked = normal_host_name(name);
    if (!checked) return false;
    auto& addresses = addresses_[*checked];
    if (addresses.size() < max_per_entry &&
        std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
        addresses.push_back(address);
    }
    auto& names = names_[address];
    if (names.size() < max_per_entry && std::find(names.begin(), names.end(), *checked) == names.end()) {
        names.push_back(*std::move(checked));
    }
    return true;
}

DRAGLINE_DECL hosts_table hosts_table::parse(std::string_view text) {
    constexpr std::string_view space = " \t\r\v\f";
    constexpr std::size_t longest_address = 64;  // with a scope id
    hosts_table table;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text = end == text.npos ? std::string_view() : text.substr(end + 1);

        line = line.substr(0, line.find('#'));
        const auto next_word = [&line, space] {
            const auto start = std::min(line.find_first_not_of(space), line.size());
            line.remove_prefix(start);
            const auto word = line.substr(0, line.find_first_of(space));
            line.remove_prefix(word.size());
            return word;
        };
        const auto first = next_word();
        if (first.empty()) continue;
        std::error_code ec = errc::invalid_name;
        asio::ip::address address;
        if (first.size() <= longest_address && first.find('\0') == first.npos)
            address = asio::ip::make_address(std::string(first), ec);
        bool good = !ec;
        bool named = false;
        while (!ec) {
            const auto name = next_word();
            if (name.empty()) break;
            named = true;
            good = table.add(address, name) && good;
        }
        if (!good || !named) ++table.bad_lines_;
    }
    return table;
}

DRAGLINE_DECL std::span<const asio::ip::address> hosts_table::addresses_of(std::string_view name) const {
    const auto found = addresses_.find(name);
    if (found == addresses_.end()) return {};
    return found->second;
}

DRAGLINE_DECL std::span<const std::string> hosts_table::names_of(const asio::ip::address& address) const {
    const auto found = names_.find(address);
    if (found == names_.end()) return {};
    return found->second;
}

DRAGLINE_DECL const hosts_table& hosts_file::table(std::chrono::steady_clock::time_point now) {
    if (file_.changed(now)) table_ = hosts_table::parse(file_.read());
    return table_;
}

}  // namespace dragline::dns

#endif
