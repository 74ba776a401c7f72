// Included by <dragline/dns/detail/bulk_replies.hpp> only.
#pragma once

#include <dragline/dns/detail/answer_reader.hpp>

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL void take_reply(bulk_machine& machine, std::uint32_t at, byte_view reply, bool echoed,
                              async::time_point now) {
    auto& slot = machine[at];
    auto& found = slot.result.answer;
    const std::size_t name_end = wire_question::header_size + slot.question.name_size();
    if (!echoed || !read_plain_answer(reply, name_end, found)) {
        auto decoded = wire::decode_message(reply);
        if (!decoded) return machine.failed(at, decoded.error(), now);
        found = interpret(*std::move(decoded), std::move(found.asked));
    }
    machine.answered(at, now);
}

DRAGLINE_DECL bool take_reply_if_it_fits(bulk_machine& machine, std::uint32_t at, byte_view reply,
                                         async::time_point now) {
    constexpr std::uint8_t response_and_opcode = 0xf8;
    if (reply.size() < wire_question::header_size || (reply[2] & response_and_opcode) != 0x80) return false;
    const auto echo = machine[at].question.repeated_by(reply);
    if (echo == wire_question::echo::none) return false;
    take_reply(machine, at, reply, echo == wire_question::echo::exact, now);
    return true;
}

DRAGLINE_DECL void take_message(bulk_machine& machine, std::uint32_t at, result<wire::message> reply,
                                async::time_point now) {
    if (!reply) return machine.failed(at, reply.error(), now);
    auto& found = machine[at].result.answer;
    if (const auto ec = wire::check_response(*reply, reply->id, found.asked))
        return machine.failed(at, ec, now);
    found = interpret(*std::move(reply), std::move(found.asked));
    machine.answered(at, now);
}

}  // namespace dragline::dns::detail

#endif
