// Included by <dragline/codec/detail/guarded_decoder.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::codec::detail {

DRAGLINE_DECL result<decoder::step> guarded_decoder::decode(std::string_view input, std::span<char> out) {
    step done;
    while (!error_ && done.produced < out.size()) {
        step one;
        error_ = advance(input.substr(done.consumed), out.subspan(done.produced), one);
        done.consumed += one.consumed;
        done.produced += one.produced;
        coded_ += one.consumed;
        decoded_ += one.produced;
        complete_ = one.finished;
        if (!limits_.allows(coded_, decoded_)) return error_ = errc::ratio_exceeded;
        if (one.consumed == 0 && one.produced == 0) break;
    }
    if (error_ && done.produced == 0) return error_;  // else the next call returns it
    done.finished = complete_ && !error_;
    return done;
}

DRAGLINE_DECL std::error_code guarded_decoder::finish() {
    if (!error_ && !complete_) error_ = errc::truncated;
    return error_;
}

}  // namespace dragline::codec::detail

#endif
