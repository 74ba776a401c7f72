// Included by <dragline/dns/detail/ares_transport.hpp> only.
#pragma once

#include <dragline/dns/detail/ares_release.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

namespace dragline::inline v1::dns::detail {

inline constexpr std::size_t ares_questions_per_channel = 4096;
inline constexpr std::chrono::milliseconds ares_least_age{
    200};  // a refusing server must not cost a channel a query

// Hears first what c-ares made of a question. Where it failed at the message, and not the server, the
// question is asked once more without it: so the answer does not depend on its version.
class ares_transport::second_reading final : public reply_sink {
public:
    second_reading(std::weak_ptr<ares_transport> owner, question asked, query_form form,
                   std::shared_ptr<reply_sink> sink)
        : owner_(std::move(owner)), asked_(std::move(asked)), form_(form), sink_(std::move(sink)) {}

    bool on_reply_bytes(std::size_t tag, byte_view reply) override {
        return sink_->on_reply_bytes(tag, reply);
    }

    void on_reply(std::size_t tag, result<wire::message> reply) override {
        const auto ec = reply.error();
        // What it makes of a large message may also be wrong.
        if (ec == errc::malformed_message || ec == errc::invalid_name) {
            if (const auto owner = owner_.lock()) return owner->ask_directly(asked_, form_, sink_, tag);
        }
        sink_->on_reply(tag, std::move(reply));
    }

private:
    std::weak_ptr<ares_transport> owner_;
    question asked_;
    query_form form_;
    std::shared_ptr<reply_sink> sink_;
};

DRAGLINE_DECL void ares_transport::ask(const question& asked, const query_form& form,
                                       std::shared_ptr<reply_sink> sink, std::size_t tag) {
    if (ended_) return;
    static const bool may_fail_to_carry = ares_rewrites_messages();
    try {
        if (may_fail_to_carry)
            sink = std::make_shared<second_reading>(weak_from_this(), asked, form, std::move(sink));
        channel_for(channel_mode::of(form)).ask(asked, form, std::move(sink), tag);
    } catch (const std::system_error& error) {  // no memory, no file descriptor
        asio::post(loop_.executor(),
                   [sink = std::move(sink), tag, ec = error.code()] { sink->on_reply(tag, ec); });
    }
}

DRAGLINE_DECL void ares_transport::ask_directly(const question& asked, const query_form& form,
                                                std::shared_ptr<reply_sink> sink, std::size_t tag) {
    if (ended_) return;
    std::erase_if(direct_, [](const auto& query) { return query->ended(); });
    direct_.push_back(std::make_shared<direct_query>(loop_, where_, asked, form, std::move(sink), tag));
    if (holders_ > 0) direct_.back()->resume();
}

DRAGLINE_DECL ares_channel& ares_transport::channel_for(channel_mode mode) {
    auto slot = std::find_if(current_.begin(), current_.end(),
                             [mode](const channel_slot& each) { return each.mode == mode; });
    if (slot == current_.end()) slot = current_.insert(slot, channel_slot{mode, nullptr});
    auto& current = slot->channel;
    if (current) {
        const bool failed = current->was_unreachable() && loop_.now() - current->made_at() >= ares_least_age;
        if (!failed && current->asked() < ares_questions_per_channel) return *current;
    }
    auto made = std::make_shared<ares_channel>(loop_, where_, mode);
    if (holders_ > 0) made->resume();
    std::erase_if(retired_, [](const auto& channel) { return channel->outstanding() == 0; });
    if (current && current->outstanding() > 0) retired_.push_back(std::move(current));
    current = std::move(made);
    return *current;
}

DRAGLINE_DECL void ares_transport::hold() {
    if (holders_++ > 0) return;
    for (const auto& slot : current_) {
        if (slot.channel) slot.channel->resume();
    }
    for (const auto& channel : retired_) channel->resume();
    for (const auto& query : direct_) query->resume();
}

DRAGLINE_DECL void ares_transport::release() noexcept {
    if (--holders_ > 0) return;
    for (const auto& slot : current_) {
        if (slot.channel) slot.channel->pause();
    }
    for (const auto& channel : retired_) channel->pause();
    for (const auto& query : direct_) query->pause();
}

DRAGLINE_DECL void ares_transport::shutdown() noexcept {
    ended_ = true;
    for (const auto& slot : current_) {
        if (slot.channel) slot.channel->shutdown();
    }
    for (const auto& channel : retired_) channel->shutdown();
    for (const auto& query : direct_) query->shutdown();
}

}  // namespace dragline::dns::detail

#endif
