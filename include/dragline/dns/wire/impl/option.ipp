// Included by <dragline/dns/wire/option.hpp> only.
#pragma once

#include <dragline/dns/record.hpp>
#include <dragline/dns/wire/message.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns::wire {
namespace detail {

inline constexpr std::size_t option_head_size = 4;

// Where the size of the options stands in a query with one question and an OPT record; 0 when there is none.
DRAGLINE_DECL std::size_t options_size_at(byte_view query) noexcept {
    constexpr std::size_t question_tail = 4, record_head = 11;
    if (query.size() < header_size || load_big16(&query[4]) != 1 || load_big16(&query[6]) != 0 ||
        load_big16(&query[8]) != 0 || load_big16(&query[10]) != 1) {
        return 0;
    }
    std::size_t at = header_size;
    while (at < query.size() && query[at] != 0) at += query[at] + std::size_t{1};
    at += 1 + question_tail;
    if (query.size() < at + record_head || query[at] != 0 ||
        load_big16(&query[at + 1]) != static_cast<std::uint16_t>(record_type::opt)) {
        return 0;
    }
    const std::size_t size_at = at + record_head - 2;
    return at + record_head + load_big16(&query[size_at]) == query.size() ? size_at : 0;
}

}  // namespace detail

DRAGLINE_DECL bool append_option(std::vector<std::uint8_t>& out, std::size_t start, option_code code,
                                 byte_view data) {
    const auto size_at = detail::options_size_at(byte_view(out).subspan(start));
    const auto added = detail::option_head_size + data.size();
    if (size_at == 0 || out.size() - start + added > max_message_size) return false;
    const auto head = out.size();
    out.resize(head + detail::option_head_size);
    store_big16(&out[head], static_cast<std::uint16_t>(code));
    store_big16(&out[head + 2], static_cast<std::uint16_t>(data.size()));
    out.insert(out.end(), data.begin(), data.end());
    auto* size = &out[start + size_at];
    store_big16(size, static_cast<std::uint16_t>(load_big16(size) + added));
    return true;
}

DRAGLINE_DECL bool pad_query(std::vector<std::uint8_t>& out, std::size_t start, std::size_t block) {
    const auto least = out.size() - start + detail::option_head_size;
    const std::vector<std::uint8_t> zeros((block - least % block) % block);
    return append_option(out, start, option_code::padding, zeros);
}

DRAGLINE_DECL std::optional<byte_view> find_option(byte_view options, option_code code) noexcept {
    while (options.size() >= detail::option_head_size) {
        const std::size_t size = load_big16(&options[2]);
        const bool wanted = load_big16(options.data()) == static_cast<std::uint16_t>(code);
        options = options.subspan(detail::option_head_size);
        if (size > options.size()) break;
        if (wanted) return options.first(size);
        options = options.subspan(size);
    }
    return std::nullopt;
}

}  // namespace dragline::dns::wire

#endif
