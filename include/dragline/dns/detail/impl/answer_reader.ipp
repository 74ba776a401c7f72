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

DRAGLINE_DECL bool read_address_answer(byte_view reply, std::size_t name_end, answer& out) {
    constexpr std::size_t most = 1024;
    const bool of_v4 = out.asked.type == record_type::a;
    if ((!of_v4 && out.asked.type != record_type::aaaa) || out.asked.klass != record_class::internet)
        return false;
    const std::size_t start = name_end + 4;
    if (reply.size() < start) return false;
    const std::size_t answers = load_big16(&reply[6]);
    const std::size_t extensions = load_big16(&reply[10]);
    if ((reply[3] & 0x0f) != 0 || answers == 0 || answers > most || load_big16(&reply[8]) != 0 ||
        extensions > 1)
        return false;
    const auto records = reply.subspan(start);
    const std::size_t records_size = answers * (of_v4 ? 16 : 28);
    if (records.size() < records_size) return false;
    if (extensions == 1 && !is_plain_extension(records.subspan(records_size))) return false;
    const bool good = of_v4 ? read_addresses<a_record>(records.first(records_size), answers, out)
                            : read_addresses<aaaa_record>(records.first(records_size), answers, out);
    if (!good) return false;
    out.error = {};
    out.code = rcode::no_error;
    out.authoritative = (reply[2] & 0x04) != 0;
    out.authentic = (reply[3] & 0x20) != 0;
    out.aliases.clear();
    return true;
}

}  // namespace dragline::dns::detail

#endif
