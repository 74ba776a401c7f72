// Included by <dragline/dns/detail/signature_labels.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/dns/wire/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::dns::detail {

// Where the label that starts at `begin` ends: at a dot that is not escaped, or with the name.
DRAGLINE_DECL std::size_t end_of_label(std::string_view name, std::size_t begin) noexcept {
    for (; begin < name.size() && name[begin] != '.'; ++begin) {
        if (name[begin] == '\\') ++begin;
    }
    return std::min(begin, name.size());
}

DRAGLINE_DECL std::size_t all_labels(std::string_view name) noexcept {
    std::size_t labels = 0;
    for (std::size_t at = 0; at < name.size(); ++labels) {
        const auto end = end_of_label(name, at);
        if (end == at) break;  // the root
        at = end + 1;
    }
    return labels;
}

DRAGLINE_DECL std::size_t count_labels(std::string_view name) noexcept {
    const bool is_wildcard = name == "*" || name.starts_with("*.");
    return all_labels(name) - (is_wildcard ? 1 : 0);
}

DRAGLINE_DECL std::string_view last_labels(std::string_view name, std::size_t labels) noexcept {
    if (name.ends_with('.') && name.size() > 1 && name[name.size() - 2] != '\\') name.remove_suffix(1);
    for (auto more = all_labels(name); more > labels; --more) {
        name.remove_prefix(std::min(end_of_label(name, 0) + 1, name.size()));
    }
    return labels == 0 || name.empty() ? std::string_view(".") : name;
}

DRAGLINE_DECL std::string_view parent_of(std::string_view name) noexcept {
    const auto labels = all_labels(name);
    return labels == 0 ? std::string_view() : last_labels(name, labels - 1);
}

// Whether it signs what is an answer to a question for this type.
DRAGLINE_DECL bool signs_answer_to(const rrsig_record& signature, record_type asked) noexcept {
    return signature.type_covered == asked || signature.type_covered == record_type::cname ||
           asked == record_type::any;
}

DRAGLINE_DECL signature_finding signature_of(const answer& from) {
    signature_finding found;
    if (!from.reply || !from.exists()) return found;
    for (const auto& entry : from.reply->message.answers) {
        if (!wire::equal_names(entry.name, from.asked.name)) continue;
        const auto* signature = entry.get<rrsig_record>();
        if (!signature || !signs_answer_to(*signature, from.asked.type)) continue;
        const auto own = count_labels(from.asked.name);
        if (signature->labels > own) continue;  // it cannot be: RFC 4035, 5.3.1
        if (signature->labels == own) {
            found.kind = signature_kind::exact;
            continue;
        }
        const auto above = last_labels(from.asked.name, signature->labels);
        found.kind = signature_kind::wildcard;
        found.wildcard = ascii::to_lower(above == "." ? "*" : "*." + std::string(above));
        break;
    }
    return found;
}

DRAGLINE_DECL bool is_signed(const answer& from) {
    if (!from.reply) return false;
    if (signature_of(from).kind != signature_kind::none) return true;
    if (from.exists()) return false;  // the rest may be of the zone that an alias leads to
    const auto& rest = from.reply->message.authorities;
    return std::any_of(rest.begin(), rest.end(),
                       [](const record& each) { return each.type == record_type::rrsig; });
}

}  // namespace dragline::dns::detail

#endif
