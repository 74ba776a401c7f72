// The fields of a DNS message, one after the other.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/dns/wire/name.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace dragline::inline v1::dns::detail {

// Reads fields one after the other. After the first failure every read yields nothing.
class message_reader {
public:
    explicit message_reader(byte_view bytes, std::size_t at = 0) noexcept : bytes_(bytes), at_(at) {}

    bool failed() const noexcept { return failed_; }
    std::size_t position() const noexcept { return at_; }
    std::size_t left() const noexcept { return bytes_.size() - at_; }
    void fail() noexcept { failed_ = true; }

    byte_view take(std::size_t count) noexcept {
        if (failed_ || left() < count) return failed_ = true, byte_view();
        at_ += count;
        return bytes_.subspan(at_ - count, count);
    }
    std::uint8_t take8() noexcept {
        const auto field = take(1);
        return field.empty() ? std::uint8_t{0} : field[0];
    }
    std::uint16_t take16() noexcept {
        const auto field = take(2);
        return field.empty() ? std::uint16_t{0} : load_big16(field.data());
    }
    // Whether the next two bytes are these; then they are taken.
    bool take_if(std::uint16_t expected) noexcept {
        if (failed_ || left() < 2 || load_big16(&bytes_[at_]) != expected) return false;
        at_ += 2;
        return true;
    }
    std::uint32_t take32() noexcept {
        const auto field = take(4);
        return field.empty() ? 0 : load_big32(field.data());
    }
    std::string take_name() {
        if (failed_) return {};
        auto name = wire::decode_name(bytes_, at_);
        if (!name) failed_ = true;
        return *std::move(name);
    }

    // A name that must not be compressed (RFC 3597, 4).
    std::string take_whole_name() {
        for (std::size_t at = at_; at < bytes_.size() && bytes_[at] != 0; at += bytes_[at] + std::size_t{1}) {
            if (bytes_[at] > wire::max_label_size) failed_ = true;
        }
        return take_name();
    }
    // A string behind its length (RFC 1035, 3.3).
    std::string take_string() {
        const auto field = take(take8());
        return std::string(field.begin(), field.end());
    }
    template <class Container>
    Container take_rest() {
        const auto field = take(left());
        return Container(field.begin(), field.end());
    }

    // Only the bytes before `end`; names may still point anywhere before.
    message_reader until(std::size_t end) const noexcept { return message_reader(bytes_.first(end), at_); }
    void skip_to(std::size_t end) noexcept { at_ = end; }

private:
    byte_view bytes_;
    std::size_t at_;
    bool failed_ = false;
};

}  // namespace dragline::dns::detail
