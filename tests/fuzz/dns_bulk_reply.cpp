// Property: where the quick reader of bulk replies decides, it says what decode_message() and interpret()
// say.
#include <dragline/dns/answer.hpp>
#include <dragline/dns/detail/answer_reader.hpp>
#include <dragline/dns/detail/bulk_slot.hpp>
#include <dragline/dns/wire/message.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

namespace dns = dragline::dns;
namespace detail = dragline::dns::detail;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool equal(const dns::answer& a, const dns::answer& b) {
    return a.asked == b.asked && a.error == b.error && a.code == b.code &&
           a.authoritative == b.authoritative && a.authentic == b.authentic && a.aliases == b.aliases &&
           a.records == b.records && a.ttl == b.ttl;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // The question is the one that the reply repeats, as far as it can be asked at all.
    const dragline::byte_view reply(data, size);
    constexpr auto header = detail::wire_question::header_size;
    std::size_t end = header;
    if (size < header) return 0;
    const auto name = dns::wire::decode_name(reply, end);
    if (!name || size < end + 4) return 0;
    detail::wire_question question;
    dns::answer quick;
    if (question.assign(*name, quick.asked.name)) return 0;
    quick.asked.type = static_cast<dns::record_type>(dragline::load_big16(data + end));
    question.set_type(quick.asked.type);
    if (question.repeated_by(reply) != detail::wire_question::echo::exact) return 0;

    const auto asked = quick.asked;
    quick.aliases = {"left.over"};
    quick.records.resize(2);
    if (!detail::read_plain_answer(reply, header + question.name_size(), quick)) return 0;
    auto decoded = dns::wire::decode_message(reply);
    require(decoded.has_value());
    require(equal(quick, dns::interpret(*std::move(decoded), asked)));
    return 0;
}
