// Included by <dragline/dns/detail/answer_reader.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <tuple>

namespace dragline::inline v1::dns::detail {

// An OPT record with which the message ends, and which adds nothing to the rcode.
DRAGLINE_DECL bool is_plain_extension(byte_view record) noexcept {
    constexpr std::size_t fixed_size = 11;
    return record.size() >= fixed_size && record[0] == 0 &&
           load_big16(&record[1]) == static_cast<std::uint16_t>(record_type::opt) && record[5] == 0 &&
           record.size() - fixed_size >= load_big16(&record[9]);
}

// `records` holds so many and nothing else.
template <class Data>
bool read_addresses(byte_view records, std::size_t count, answer& out) {
    constexpr std::size_t size = std::tuple_size_v<decltype(Data::address)>;
    constexpr std::size_t record_size = 12 + size;
    out.records.resize(count);
    std::uint32_t least = std::numeric_limits<std::uint32_t>::max();
    for (std::size_t i = 0; i < count; ++i) {
        const auto* at = records.data() + i * record_size;
        constexpr std::uint16_t name_of_the_question = 0xc00c;
        if (load_big16(at) != name_of_the_question ||
            load_big16(at + 2) != static_cast<std::uint16_t>(Data::type) ||
            load_big16(at + 4) != static_cast<std::uint16_t>(record_class::internet) ||
            load_big16(at + 10) != size)
            return false;
        auto& entry = out.records[i];
        entry.name = out.asked.name;
        entry.type = Data::type;
        entry.klass = record_class::internet;
        const auto ttl = load_big32(at + 6);
        entry.ttl = ttl & 0x80000000u ? 0 : ttl;
        least = std::min(least, entry.ttl);
        std::memcpy(entry.data.emplace<Data>().address.data(), at + 12, size);
    }
    out.ttl = least;
    return true;
}

// Whether the name at `offset`, which is moved past it, is the asked one or one above it, written as nearly
// all servers do: a pointer into the question, or the root.
DRAGLINE_DECL bool take_owner(byte_view reply, std::size_t name_end, std::size_t& offset) noexcept {
    constexpr std::size_t name_start = 12;
    if (reply.size() - offset < 2) return false;
    if (reply[offset] == 0) return ++offset, true;
    const std::size_t target = load_big16(&reply[offset]);
    if (target < 0xc000u + name_start || target >= 0xc000u + name_end) return false;
    offset += 2;
    std::size_t label = name_start;
    while (label < target - 0xc000u) label += reply[label] + std::size_t{1};
    return label == target - 0xc000u;
}

// One SOA record, at `offset`, and how long it lets absence last.
DRAGLINE_DECL bool read_absence(byte_view reply, std::size_t name_end, std::size_t& offset,
                                std::uint32_t& ttl) {
    constexpr std::size_t fixed_size = 10;
    constexpr std::size_t numbers_size = 20;
    if (!take_owner(reply, name_end, offset) || reply.size() - offset < fixed_size) return false;
    const auto* fixed = &reply[offset];
    if (load_big16(fixed) != static_cast<std::uint16_t>(record_type::soa) ||
        load_big16(fixed + 2) != static_cast<std::uint16_t>(record_class::internet))
        return false;
    ttl = load_big32(fixed + 4);
    if (ttl & 0x80000000u) ttl = 0;
    const std::size_t size = load_big16(fixed + 8);
    offset += fixed_size;
    if (reply.size() - offset < size) return false;
    const auto data = reply.first(offset + size);
    for (int i = 0; i < 2; ++i) {
        if (!wire::skip_name(data, offset)) return false;
    }
    if (data.size() - offset != numbers_size) return false;
    ttl = std::min(ttl, load_big32(&data[offset + numbers_size - 4]));
    offset = data.size();
    return true;
}

DRAGLINE_DECL bool read_plain_answer(byte_view reply, std::size_t name_end, answer& out) {
    constexpr std::size_t most = 1024;
    std::size_t offset = name_end + 4;
    if (reply.size() < offset || reply.size() > wire::max_message_size ||
        out.asked.klass != record_class::internet)
        return false;
    const auto code = static_cast<rcode>(reply[3] & 0x0f);
    const std::size_t answers = load_big16(&reply[6]);
    const std::size_t authorities = load_big16(&reply[8]);
    const std::size_t extensions = load_big16(&reply[10]);
    if (extensions > 1 || answers > most) return false;
    const auto ends_well = [&] { return extensions == 0 || is_plain_extension(reply.subspan(offset)); };

    if (code == rcode::no_error && answers != 0 && authorities == 0) {
        const bool of_v4 = out.asked.type == record_type::a;
        if (!of_v4 && out.asked.type != record_type::aaaa) return false;
        const std::size_t size = answers * (of_v4 ? 16 : 28);
        if (reply.size() - offset < size) return false;
        const auto records = reply.subspan(offset, size);
        offset += size;
        if (!ends_well()) return false;
        const bool good = of_v4 ? read_addresses<a_record>(records, answers, out)
                                : read_addresses<aaaa_record>(records, answers, out);
        if (!good) return false;
        out.error = {};
    } else if ((code == rcode::name_not_found || code == rcode::no_error) && answers == 0 &&
               authorities == 1) {
        std::uint32_t ttl = 0;
        if (!read_absence(reply, name_end, offset, ttl) || !ends_well()) return false;
        out.error = code == rcode::no_error ? errc::no_data : errc::name_not_found;
        out.records.clear();
        out.ttl = ttl;
    } else {
        return false;
    }
    out.code = code;
    out.authoritative = (reply[2] & 0x04) != 0;
    out.authentic = (reply[3] & 0x20) != 0;
    out.aliases.clear();
    out.reply.reset();
    return true;
}

}  // namespace dragline::dns::detail

#endif
