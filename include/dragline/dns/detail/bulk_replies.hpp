// What a reply tells a bulk machine about the question that it belongs to.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/bytes.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/detail/bulk_machine.hpp>
#include <dragline/dns/wire/message.hpp>

#include <cstdint>

namespace dragline::inline v1::dns::detail {

// A reply whose id, question and origin are right; `echoed`: the question is spelled as it was asked.
DRAGLINE_DECL void take_reply(bulk_machine& machine, std::uint32_t at, byte_view reply, bool echoed,
                              async::time_point now);

// One whose id and origin are right. False, and nothing has happened, when it repeats another question.
DRAGLINE_DECL bool take_reply_if_it_fits(bulk_machine& machine, std::uint32_t at, byte_view reply,
                                         async::time_point now);

DRAGLINE_DECL void take_message(bulk_machine& machine, std::uint32_t at, result<wire::message> reply,
                                async::time_point now);

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/bulk_replies.ipp>
