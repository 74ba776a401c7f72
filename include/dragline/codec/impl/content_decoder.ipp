// Included by <dragline/codec/content_decoder.hpp> only.
#pragma once

#include <dragline/codec/codings.hpp>
#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::codec {
namespace detail {

// Large enough that calls cost nothing, small enough to sit in the first-level cache.
inline constexpr std::size_t stage_buffer_size = 16 * 1024;

}  // namespace detail

DRAGLINE_DECL result<content_decoder> content_decoder::make(std::string_view content_encoding,
                                                            decoding_limits limits) {
    content_decoder made;
    made.limits_ = limits;
    std::error_code error;
    ascii::for_each_item(content_encoding, ',', [&](std::string_view name) {
        if (error || ascii::equals_ignoring_case(name, "identity")) return;
        if (made.stages_.size() == limits.max_codings()) {
            error = errc::too_many_codings;
        } else if (auto coding = make_decoder(name, limits)) {
            made.stages_.push_back({std::move(coding), std::vector<char>(detail::stage_buffer_size)});
        } else {
            error = errc::unknown_coding;
        }
    });
    if (error) return error;
    std::reverse(made.stages_.begin(), made.stages_.end());
    return made;
}

DRAGLINE_DECL std::error_code content_decoder::finish() {
    if (error_ || received_ == 0) return error_;
    for (auto& one : stages_) {
        if (!error_) error_ = one.coding->finish();
    }
    return error_;
}

DRAGLINE_DECL result<content_decoder::progress> content_decoder::write_to(std::string_view input,
                                                                          piece_sink sink) {
    if (error_) return error_;
    if (stopped_) return progress::stopped;
    const auto done = run_stage(0, input, sink);
    error_ = done.error();
    stopped_ = done && *done == progress::stopped;
    return done;
}

DRAGLINE_DECL result<content_decoder::progress> content_decoder::run_stage(std::size_t index,
                                                                           std::string_view input,
                                                                           piece_sink sink) {
    if (index == stages_.size()) {
        if (index == 0) received_ += input.size();
        return input.empty() || sink.call(sink.target, input) ? progress::more : progress::stopped;
    }
    auto& self = stages_[index];
    for (;;) {
        const auto step = self.coding->decode(input, self.buffer);
        if (!step) return step.error();
        if (index == 0) received_ += step->consumed;
        self.decoded += step->produced;
        if (!limits_.allows(received_, self.decoded)) return errc::ratio_exceeded;
        input.remove_prefix(step->consumed);
        if (step->produced != 0) {
            const auto next = run_stage(index + 1, {self.buffer.data(), step->produced}, sink);
            if (!next || *next == progress::stopped) return next;
            continue;  // there may be more output, or an error that waits behind this one
        }
        if (input.empty()) return progress::more;
        if (step->consumed == 0) return errc::corrupt;  // a decoder that stands still
    }
}

DRAGLINE_DECL result<decoder::step> content_decoder::read(std::string_view input, std::span<char> out) {
    decoder::step done;
    if (error_) return error_;
    const auto size = input.size();
    if (stages_.empty()) {
        done.produced = input.copy(out.data(), out.size());
        received_ += done.produced;
        input.remove_prefix(done.produced);
    } else {
        const auto got = pull(stages_.size() - 1, input, out);
        if (!got) return error_ = got.error();
        done.produced = *got;
    }
    done.consumed = size - input.size();
    return done;
}

// One stage asks the one before it only when it has nothing left, so no more than a buffer stands between
// two.
DRAGLINE_DECL result<std::size_t> content_decoder::pull(std::size_t index, std::string_view& input,
                                                        std::span<char> out) {
    auto& self = stages_[index];
    auto& from = index == 0 ? input : stages_[index - 1].unread;
    for (;;) {
        const auto step = self.coding->decode(from, out);
        if (!step) return step.error();
        if (index == 0) received_ += step->consumed;
        self.decoded += step->produced;
        if (!limits_.allows(received_, self.decoded)) return errc::ratio_exceeded;
        from.remove_prefix(step->consumed);
        if (step->produced != 0) return step->produced;
        if (step->consumed != 0) continue;
        if (!from.empty()) return errc::corrupt;  // a decoder that stands still
        if (index == 0) return std::size_t{0};
        auto& before = stages_[index - 1];
        const auto refilled = pull(index - 1, input, before.buffer);
        if (!refilled || *refilled == 0) return refilled;
        before.unread = {before.buffer.data(), *refilled};
    }
}

}  // namespace dragline::codec

#endif
