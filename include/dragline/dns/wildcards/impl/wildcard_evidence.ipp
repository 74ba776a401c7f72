// Included by <dragline/dns/wildcards/wildcard_evidence.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/dns/detail/signature_labels.hpp>
#include <dragline/dns/wire/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace dragline::inline v1::dns {
namespace detail {

DRAGLINE_DECL bool is_below(std::string_view name, std::string_view parent) noexcept {
    return wire::is_at_or_below(name, parent) && !wire::equal_names(name, parent);
}

DRAGLINE_DECL bool is_denial(std::error_code error) noexcept {
    return error == errc::name_not_found || error == errc::no_data;
}

DRAGLINE_DECL std::optional<asio::ip::address> address_of(const record& entry) {
    if (const auto* v4 = entry.get<a_record>()) return asio::ip::address_v4(v4->address);
    if (const auto* v6 = entry.get<aaaa_record>()) return asio::ip::address_v6(v6->address);
    return std::nullopt;
}

DRAGLINE_DECL std::string first_target(const answer& from) {
    if (!from.aliases.empty()) return ascii::to_lower(from.aliases.front());
    for (const auto& each : from.records) {  // to who asks for CNAME, the alias is the answer
        if (const auto* alias = each.get<cname_record>()) return ascii::to_lower(alias->name);
    }
    return {};
}

// Aliases are compared by themselves, and a signature may be another one at each query.
DRAGLINE_DECL bool is_pooled(const record& entry) noexcept {
    return entry.type != record_type::cname && entry.type != record_type::rrsig;
}

// "*.cdn.example" for the alias "www.cdn.example" of a name that is "www" below the domain. A DNAME record
// makes such aliases, and so do servers that compute them: as they stand, no two would be alike.
DRAGLINE_DECL std::string target_pattern(const answer& from, std::string_view domain) {
    const auto target = first_target(from);
    const auto& name = from.asked.name;
    if (target.empty() || !is_below(name, domain)) return {};
    auto prefix = ascii::to_lower(name.substr(0, name.size() - (domain == "." ? 0 : domain.size())));
    if (!prefix.ends_with('.')) prefix += '.';
    return target.starts_with(prefix) ? "*." + target.substr(prefix.size()) : std::string();
}

// What it takes to judge a response as a look-up is judged.
DRAGLINE_DECL answer answer_from(const response& from) {
    auto made = make_answer(from.asked, from.error);
    made.code = from.code;
    made.aliases = from.aliases;
    for (const auto& each : from.answers) {
        const bool own = each.type == from.asked.type || from.asked.type == record_type::any;
        if (own && wire::equal_names(each.name, from.canonical_name())) made.records.push_back(each);
    }
    auto whole = std::make_shared<server_reply>();
    whole->message.answers = from.answers;
    whole->message.authorities = from.authorities;
    made.reply = std::move(whole);
    return made;
}

}  // namespace detail

DRAGLINE_DECL std::string to_string(wildcard_verdict verdict) {
    switch (verdict) {
        case wildcard_verdict::yes: return "yes";
        case wildcard_verdict::no: return "no";
        case wildcard_verdict::unknown: break;
    }
    return "unknown";
}

DRAGLINE_DECL bool wildcard_pool::has(const record& entry) const {
    if (const auto address = detail::address_of(entry)) return addresses.contains(*address);
    return std::any_of(others.begin(), others.end(), [&entry](const record& each) {
        return each.type == entry.type && each.data == entry.data;
    });
}

DRAGLINE_DECL std::size_t wildcard_pool::learn(const answer& from, std::string_view domain,
                                               std::size_t max_size) {
    const auto before = size();
    if (auto target = detail::first_target(from); !target.empty() && size() < max_size) {
        auto pattern = detail::target_pattern(from, domain);
        targets.insert(pattern.empty() ? std::move(target) : std::move(pattern));
    }
    for (const auto& each : from.records) {
        if (size() >= max_size) break;
        if (!detail::is_pooled(each) || has(each)) continue;
        if (const auto address = detail::address_of(each)) {
            addresses.insert(*address);
        } else {
            others.push_back(each);
        }
    }
    return size() - before;
}

DRAGLINE_DECL bool wildcard_pool::covers(const answer& from, std::string_view domain) const {
    const auto target = detail::first_target(from);
    if (!target.empty() && targets.contains(target)) return true;
    // An alias that every name has tells nothing of what stands at its end.
    const auto pattern = detail::target_pattern(from, domain);
    const auto pooled = std::count_if(from.records.begin(), from.records.end(), &detail::is_pooled);
    if (pooled == 0) return !pattern.empty() && targets.contains(pattern);
    return std::all_of(from.records.begin(), from.records.end(),
                       [this](const record& each) { return !detail::is_pooled(each) || has(each); });
}

DRAGLINE_DECL bool wildcard_pool::covers(std::span<const asio::ip::address> all) const {
    return !all.empty() && std::all_of(all.begin(), all.end(), [this](const asio::ip::address& each) {
        return addresses.contains(each);
    });
}

DRAGLINE_DECL const wildcard_level* wildcard_evidence::level_above(std::string_view name) const noexcept {
    if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
    for (const auto& each : levels) {  // the deepest in front
        if (detail::is_below(name, each.domain)) return &each;
    }
    return nullptr;
}

DRAGLINE_DECL wildcard_level* wildcard_evidence::level_above(std::string_view name) noexcept {
    return const_cast<wildcard_level*>(std::as_const(*this).level_above(name));
}

// Denials are never made up by a resolver that rewrites, answers are.
DRAGLINE_DECL void wildcard_evidence::judge(wildcard_level& level) const noexcept {
    if (level.answered > 0) {
        const bool sure = level.proven() || rewriting != wildcard_verdict::yes;
        level.verdict = sure ? wildcard_verdict::yes : wildcard_verdict::unknown;
    } else {
        const bool sure = level.denied > 0 && level.unclear == 0;
        level.verdict = sure ? wildcard_verdict::no : wildcard_verdict::unknown;
    }
}

DRAGLINE_DECL wildcard_verdict wildcard_evidence::synthesis(const answer& found) const {
    if (detail::is_denial(found.error) && !found.exists()) return wildcard_verdict::no;
    const auto* level = level_above(found.asked.name);
    if (!level || !found.exists()) return wildcard_verdict::unknown;
    const auto signature = detail::signature_of(found);
    if (signature.kind == detail::signature_kind::wildcard) return wildcard_verdict::yes;
    // Servers that sign what they make up, as they answer, are no help: there, no signature shows a wildcard.
    if (signature.kind == detail::signature_kind::exact && level->proven()) return wildcard_verdict::no;
    if (level->pool.covers(found, level->domain) || rewritten.covers(found, level->domain))
        return wildcard_verdict::yes;
    return level->settled ? wildcard_verdict::no : wildcard_verdict::unknown;
}

DRAGLINE_DECL wildcard_verdict wildcard_evidence::synthesis(const response& found) const {
    return synthesis(detail::answer_from(found));
}

DRAGLINE_DECL wildcard_verdict wildcard_evidence::synthesis(std::string_view name,
                                                            std::span<const asio::ip::address> found) const {
    const auto* level = level_above(name);
    if (!level || found.empty()) return wildcard_verdict::unknown;
    if (level->pool.covers(found) || rewritten.covers(found)) return wildcard_verdict::yes;
    return level->settled ? wildcard_verdict::no : wildcard_verdict::unknown;
}

DRAGLINE_DECL bool wildcard_evidence::learn(const answer& of_random_name) {
    auto* level = level_above(of_random_name.asked.name);
    if (!level || !of_random_name.exists()) return false;
    constexpr std::size_t enough = 3;
    const auto before = level->verdict;
    ++level->answered;
    auto signature = detail::signature_of(of_random_name);
    if (!level->proven()) level->wildcard = std::move(signature.wildcard);
    judge(*level);
    const auto grown = level->pool.learn(of_random_name, level->domain, max_pool);
    const bool news = grown > 0 || level->verdict != before;
    level->quiet = news ? 0 : level->quiet + 1;
    level->settled = level->quiet >= enough && level->pool.size() < max_pool;
    return news;
}

DRAGLINE_DECL bool wildcard_evidence::learn(const response& of_random_name) {
    return learn(detail::answer_from(of_random_name));
}

}  // namespace dragline::dns

#endif
