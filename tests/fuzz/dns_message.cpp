// Properties: what decodes, encodes and decodes to the same message, unless that is longer than a message can
// be; so does the data of each record alone, and what it is as text is read as the same data; names keep
// their case and their limits; what a message says of a question ends in bounded time, and an answer has
// records or an error.
#include <dragline/dns/answer.hpp>
#include <dragline/dns/records/presentation.hpp>
#include <dragline/dns/wire/message.hpp>
#include <dragline/dns/wire/name.hpp>
#include <dragline/dns/wire/record_data.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace dns = dragline::dns;
namespace wire = dragline::dns::wire;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check_name(const std::string& name) {
    require(!name.empty() && name.size() <= 1004);
    for (const char c : name) require(c > ' ' && c < 0x7f);
    std::vector<std::uint8_t> bytes;
    require(!wire::encode_name(name, bytes));
    require(bytes.size() <= wire::max_name_size && bytes.back() == 0);
    std::size_t offset = 0;
    const auto again = wire::decode_name(bytes, offset);
    require(again && *again == name && offset == bytes.size());
    require(wire::equal_names(name, name) && wire::is_at_or_below(name, name) &&
            wire::is_at_or_below(name, "."));
}

void check_answer(const wire::message& message, const dns::question& asked) {
    const auto said = dns::interpret(message, asked);
    require(said.aliases.size() <= dns::max_aliases);
    require(said.records.empty() == static_cast<bool>(said.error));
    for (const auto& entry : said.records) require(said.ttl <= entry.ttl);
    require(said.aged(1).ttl == (said.ttl > 0 ? said.ttl - 1 : 0));
    require(addresses_v4(said).size() + addresses_v6(said).size() + pointer_names(said).size() <=
            said.records.size());
}

// What `bytes` are as data of this type, if anything.
void check_bytes(dns::record_type type, dragline::byte_view bytes) {
    const auto data = wire::decode_record_data(type, bytes);
    if (!data) {
        require(data.error() == dns::errc::malformed_message);
        return;
    }
    const auto written = wire::encode_record_data(*data);
    require(written && std::equal(written->begin(), written->end(), bytes.begin(), bytes.end()));
}

void check_data(const dns::record& entry) {
    if (entry.klass != dns::record_class::internet) return;
    // Uncompressed it may be longer than data can be.
    const auto bytes = wire::encode_record_data(entry.data);
    if (!bytes) {
        require(bytes.error() == dns::errc::message_too_long);
        return;
    }
    const auto again = wire::decode_record_data(entry.type, *bytes);
    require(again && *again == entry.data);

    const auto text = to_string(entry.data);
    for (const char c : to_string(entry)) require(c >= ' ' && c < 0x7f);
    const auto read = dns::parse_record_data(entry.type, text);
    require(read && *read == entry.data);
    require(dns::parse_record_type(to_string(entry.type)).value() == entry.type);
}

// Any text is refused, or read as data whose own text is read as the same data.
void check_text(dns::record_type type, std::string_view text) {
    const auto data = dns::parse_record_data(type, text);
    if (!data) return;
    const auto bytes = wire::encode_record_data(*data);
    if (!bytes) {
        require(bytes.error() == dns::errc::message_too_long);
        return;
    }
    require(wire::decode_record_data(type, *bytes).value() == *data);
    require(dns::parse_record_data(type, to_string(*data)).value() == *data);
}

void check_message(const wire::message& message, std::size_t size) {
    const auto records = message.answers.size() + message.authorities.size() + message.additionals.size();
    require(records * 11 + message.questions.size() * 5 <= size);
    for (const auto& asked : message.questions) check_name(asked.name);
    for (const auto* section : {&message.answers, &message.authorities, &message.additionals}) {
        for (const auto& entry : *section) {
            check_name(entry.name);
            require(entry.ttl < 0x80000000u);
            check_data(entry);
        }
    }
    const auto bytes = wire::encode_message(message);
    if (!bytes) {
        require(bytes.error() == dns::errc::message_too_long);
        return;
    }
    const auto again = wire::decode_message(*bytes);
    require(again && *again == message);
    require(wire::encode_message(message, bytes->size()).has_value());
    require(!wire::encode_message(message, bytes->size() - 1));

    if (message.questions.empty()) return;
    check_answer(message, message.questions.front());
    check_answer(message, dns::question(message.questions.front().name, dns::record_type::any));
    auto response = wire::make_response(message);
    require(response.questions.size() != 1 ||
            !wire::check_response(response, message.id, message.questions.front()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const dragline::byte_view input(data, size);
    const auto message = wire::decode_message(input);
    if (message) check_message(*message, size);

    if (size >= 2) {
        const auto type = static_cast<dns::record_type>(data[0] << 8 | data[1]);
        check_bytes(type, input.subspan(2));
        check_text(type, {reinterpret_cast<const char*>(data) + 2, size - 2});
    }
    for (std::size_t start = 0; start < size && start < 16; ++start) {
        std::size_t offset = start;
        const auto name = wire::decode_name(input, offset);
        require(name ? offset > start && offset <= size : offset == start);
        if (name) check_name(*name);
    }
    return 0;
}
