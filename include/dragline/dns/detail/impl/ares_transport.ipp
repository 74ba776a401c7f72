// Included by <dragline/dns/detail/ares_transport.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/post.hpp>

#include <chrono>
#include <system_error>
#include <utility>

namespace dragline::inline v1::dns::detail {

inline constexpr std::size_t ares_questions_per_channel = 4096;
inline constexpr std::chrono::milliseconds ares_least_age{
    200};  // a refusing server must not cost a channel a query

DRAGLINE_DECL void ares_transport::ask(const question& asked, std::shared_ptr<reply_sink> sink,
                                       std::size_t tag) {
    if (ended_) return;
    try {
        renew();
    } catch (const std::system_error& error) {  // no memory, no file descriptor
        asio::post(loop_.executor(),
                   [sink = std::move(sink), tag, ec = error.code()] { sink->on_reply(tag, ec); });
        return;
    }
    current_->ask(asked, std::move(sink), tag);
}

DRAGLINE_DECL void ares_transport::renew() {
    if (current_) {
        const bool failed =
            current_->was_unreachable() && loop_.now() - current_->made_at() >= ares_least_age;
        if (!failed && current_->asked() < ares_questions_per_channel) return;
    }
    auto made = std::make_shared<ares_channel>(loop_, where_);
    if (holders_ > 0) made->resume();
    std::erase_if(retired_, [](const auto& channel) { return channel->outstanding() == 0; });
    if (current_ && current_->outstanding() > 0) retired_.push_back(std::move(current_));
    current_ = std::move(made);
}

DRAGLINE_DECL void ares_transport::hold() {
    if (holders_++ > 0) return;
    if (current_) current_->resume();
    for (const auto& channel : retired_) channel->resume();
}

DRAGLINE_DECL void ares_transport::release() noexcept {
    if (--holders_ > 0) return;
    if (current_) current_->pause();
    for (const auto& channel : retired_) channel->pause();
}

DRAGLINE_DECL void ares_transport::shutdown() noexcept {
    ended_ = true;
    if (current_) current_->shutdown();
    for (const auto& channel : retired_) channel->shutdown();
}

}  // namespace dragline::dns::detail

#endif
