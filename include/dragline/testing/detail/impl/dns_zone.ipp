// Included by <dragline/testing/detail/dns_zone.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <set>
#include <utility>

namespace dragline::inline v1::testing::detail {

DRAGLINE_DECL std::string_view parent_of(std::string_view name) noexcept {
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '.') return name.substr(i + 1);
        if (name[i] == '\\') ++i;  // what follows belongs to the label
    }
    return {};
}

DRAGLINE_DECL std::string key_of(std::string_view name) {
    std::string key = ascii::to_lower(name);
    if (key.size() > 1 && key.ends_with('.')) key.pop_back();
    return key;
}

DRAGLINE_DECL dns_zone::node& dns_zone::at(std::string_view name) {
    const std::string key = key_of(name);
    for (std::string_view above = parent_of(key); !above.empty(); above = parent_of(above)) {
        names_.try_emplace(std::string(above));
    }
    return names_[key];
}

DRAGLINE_DECL void dns_zone::replace(std::string_view name, dns::record_type type,
                                     std::vector<dns::record> records) {
    auto& place = at(name);
    std::erase_if(place, [&](const dns::record& one) { return one.type == type; });
    std::move(records.begin(), records.end(), std::back_inserter(place));
}

DRAGLINE_DECL void dns_zone::add(dns::record entry) {
    auto& place = at(entry.name);
    place.push_back(std::move(entry));
}

DRAGLINE_DECL void dns_zone::touch(std::string_view name) { at(name); }

DRAGLINE_DECL const dns_zone::node* dns_zone::find(const std::string& name) const {
    if (const auto exact = names_.find(name); exact != names_.end()) return &exact->second;
    std::string_view encloser = parent_of(name);
    while (!encloser.empty() && !names_.contains(encloser)) encloser = parent_of(encloser);
    const auto wildcard = names_.find(encloser.empty() ? "*" : "*." + std::string(encloser));
    return wildcard == names_.end() ? nullptr : &wildcard->second;
}

DRAGLINE_DECL dns_zone::truth dns_zone::look_up(const dns::question& asked) const {
    truth out;
    std::string name = asked.name;
    std::set<std::string> seen;
    while (seen.insert(key_of(name)).second) {
        const node* place = find(key_of(name));
        out.negative = true;
        if (!place) {
            out.code = dns::rcode::name_not_found;
            return out;
        }
        const dns::cname_record* alias = nullptr;
        const std::string owner = name;
        for (const auto& entry : *place) {
            const bool wanted = asked.type == entry.type || asked.type == dns::record_type::any;
            if (!wanted && entry.type != dns::record_type::cname) continue;
            if (!wanted) alias = entry.get<dns::cname_record>();
            out.records.push_back(entry);
            out.records.back().name = owner;
            if (wanted) out.negative = false;
        }
        if (!alias || !out.negative) return out;
        name = alias->name;
    }
    out.negative = false;  // aliases in a circle: there is nothing to say about their end
    return out;
}

}  // namespace dragline::testing::detail

#endif
