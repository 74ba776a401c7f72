// Included by <dragline/dns/detail/ares_transport.hpp> only.
#pragma once

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

DRAGLINE_DECL void ares_transport::ask(const question& asked, const query_form& form,
                                       std::shared_ptr<reply_sink> sink, std::size_t tag) {
    if (ended_) return;
    try {
        channel_for(channel_mode::of(form)).ask(asked, form, std::move(sink), tag);
    } catch (const std::system_error& error) {  // no memory, no file descriptor
        asio::post(loop_.executor(),
                   [sink = std::move(sink), tag, ec = error.code()] { sink->on_reply(tag, ec); });
    }
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
}

DRAGLINE_DECL void ares_transport::release() noexcept {
    if (--holders_ > 0) return;
    for (const auto& slot : current_) {
        if (slot.channel) slot.channel->pause();
    }
    for (const auto& channel : retired_) channel->pause();
}

DRAGLINE_DECL void ares_transport::shutdown() noexcept {
    ended_ = true;
    for (const auto& slot : current_) {
        if (slot.channel) slot.channel->shutdown();
    }
    for (const auto& channel : retired_) channel->shutdown();
}

}  // namespace dragline::dns::detail

#endif
