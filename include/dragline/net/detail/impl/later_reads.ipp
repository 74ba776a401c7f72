// Included by <dragline/net/detail/later_reads.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/defer.hpp>

#include <iterator>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL void later_reads::shutdown() noexcept {
    // What an operation keeps may be what reads here, too.
    const auto waiting = std::exchange(waiting_, {}), beginning = std::exchange(beginning_, {});
}

DRAGLINE_DECL void later_reads::add(stream_layer& layer, std::unique_ptr<pending_read> operation) {
    if (waiting_.empty()) post();
    waiting_.push_back({&layer, std::move(operation)});
}

DRAGLINE_DECL void later_reads::post() {
    asio::defer(loop_.executor(), [this] { begin_all(); });
}

DRAGLINE_DECL void later_reads::begin_all() {
    struct rest_later {
        later_reads& self;
        std::size_t at = 0;
        ~rest_later() {
            auto& left = self.beginning_;
            if (at < left.size()) {  // a handler has thrown
                const auto from = std::make_move_iterator(left.begin() + static_cast<std::ptrdiff_t>(at));
                if (self.waiting_.empty()) self.post();
                self.waiting_.insert(self.waiting_.end(), from, std::make_move_iterator(left.end()));
            }
            left.clear();
        }
    } now{*this};
    beginning_.swap(waiting_);
    while (now.at < beginning_.size()) {  // a handler may end the loop
        auto& [layer, operation] = beginning_[now.at++];
        layer->begin_read(std::move(operation));
    }
}

}  // namespace dragline::net::detail

#endif
