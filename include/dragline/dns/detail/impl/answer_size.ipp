// Included by <dragline/dns/detail/answer_size.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <string>
#include <variant>
#include <vector>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::size_t memory_of(const std::string& text) noexcept {
    return text.capacity() > std::string().capacity() ? text.capacity() + 1 : 0;
}

DRAGLINE_DECL std::size_t memory_of(const std::vector<record>& records) noexcept {
    // The text within a record is about as long as the record would be on the wire: a guess serves.
    constexpr std::size_t usual_text = 64;
    std::size_t bytes = records.capacity() * sizeof(record);
    for (const auto& each : records) {
        bytes += memory_of(each.name);
        if (const auto* raw = each.get<raw_record>()) {
            bytes += raw->bytes.capacity();
        } else if (const auto* text = each.get<txt_record>()) {
            for (const auto& part : text->strings) bytes += sizeof part + memory_of(part);
        } else if (!each.get<a_record>() && !each.get<aaaa_record>()) {
            bytes += usual_text;
        }
    }
    return bytes;
}

DRAGLINE_DECL std::size_t memory_of(const answer& value) noexcept {
    std::size_t bytes = sizeof value + memory_of(value.asked.name) + memory_of(value.records);
    for (const auto& alias : value.aliases) bytes += sizeof alias + memory_of(alias);
    if (value.reply) {
        const auto& message = value.reply->message;
        bytes += sizeof *value.reply + memory_of(message.answers) + memory_of(message.authorities) +
                 memory_of(message.additionals);
    }
    return bytes;
}

}  // namespace dragline::dns::detail

#endif
