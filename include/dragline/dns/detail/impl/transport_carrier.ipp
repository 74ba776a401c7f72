// Included by <dragline/dns/detail/transport_carrier.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/post.hpp>

#include <utility>

namespace dragline::inline v1::dns::detail {

// Transports deliver many in a row.
DRAGLINE_DECL void transport_replies::begin_batch(bulk_listener& listener) {
    if (std::exchange(in_batch_, true)) return;
    listener.batch_begins();
    asio::post(loop_.executor(), [self = shared_from_this()] {
        self->in_batch_ = false;
        if (const auto still = self->listener_.lock()) still->batch_ends();
    });
}

DRAGLINE_DECL void transport_replies::on_reply(std::size_t tag, result<wire::message> reply) {
    const auto listener = listener_.lock();
    if (!listener) return;
    begin_batch(*listener);
    listener->on_message(static_cast<std::uint32_t>(tag & slot_mask), tag >> slot_bits, std::move(reply));
}

DRAGLINE_DECL bool transport_replies::on_reply_bytes(std::size_t tag, byte_view reply) {
    const auto listener = listener_.lock();
    if (!listener) return true;
    begin_batch(*listener);
    return listener->on_message_bytes(static_cast<std::uint32_t>(tag & slot_mask), tag >> slot_bits, reply);
}

DRAGLINE_DECL transport_carrier::transport_carrier(async::loop_state& loop, transport_list transports,
                                                   std::size_t own, const query_form& form,
                                                   std::weak_ptr<bulk_listener> listener)
    : transports_(std::move(transports)),
      own_(own),
      form_(form),
      plain_form_(form),
      replies_(std::make_shared<transport_replies>(loop, std::move(listener))) {
    plain_form_.udp_size = 0;
    for (const auto& each : transports_) each->hold();
}

DRAGLINE_DECL std::error_code transport_carrier::send(std::uint32_t at, bulk_slot& slot) {
    transports_[slot.server]->ask(slot.result.answer.asked, slot.edns ? form_ : plain_form_, replies_,
                                  transport_replies::tag_of(at, slot.generation));
    return {};
}

DRAGLINE_DECL void transport_carrier::shutdown() noexcept {
    const auto transports = std::exchange(transports_, {});
    for (std::size_t i = 0; i < transports.size(); ++i) {
        transports[i]->release();
        if (i >= own_) transports[i]->shutdown();
    }
}

}  // namespace dragline::dns::detail

#endif
