// Included by <dragline/dns/records/presentation.hpp> only.
#pragma once

#include <dragline/dns/detail/record_text_reader.hpp>
#include <dragline/dns/detail/record_text_writer.hpp>
#include <dragline/dns/detail/text_writer.hpp>
#include <dragline/dns/wire/record_data.hpp>

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::dns {
namespace detail {

// RFC 3597, 5; nothing when the data has no bytes either.
DRAGLINE_DECL std::string generic_text(const record_data& data) {
    const auto bytes = wire::encode_record_data(data);
    if (!bytes) return {};
    text_writer out;
    out.word("\\#").put(bytes->size());
    if (!bytes->empty()) out.hex(*bytes);
    return std::move(out.text());
}

// What follows the mark of RFC 3597.
DRAGLINE_DECL result<record_data> parse_generic(record_type type, text_reader& in) {
    const auto size = in.take_number<std::uint16_t>();
    const auto bytes = in.at_end() ? std::vector<std::uint8_t>() : in.take_hex();
    if (in.error()) return in.error();
    if (bytes.size() != size) return errc::invalid_data;
    auto data = wire::decode_record_data(type, bytes);
    if (!data) return errc::invalid_data;
    return data;
}

}  // namespace detail

DRAGLINE_DECL std::string to_string(const record_data& data) {
    auto text = detail::write_record_text(data);
    return text.empty() ? detail::generic_text(data) : text;
}

DRAGLINE_DECL std::string to_string(const record& entry) {
    detail::text_writer out;
    out.name(entry.name).put(entry.ttl).word(to_string(entry.klass)).word(to_string(entry.type));
    return std::move(out.word(to_string(entry.data)).text());
}

DRAGLINE_DECL result<record_data> parse_record_data(record_type type, std::string_view text) {
    detail::text_reader in(text);
    if (auto ahead = in; ahead.take_plain() == "\\#") return detail::parse_generic(type, ahead);
    record_data data;
    detail::read_record_text(in, type, data);
    if (!in.at_end()) in.fail();
    if (in.error()) return in.error();
    return data;
}

}  // namespace dragline::dns

#endif
