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

    // Only the bytes before `end`; names may still point anywhere before.
    message_reader until(std::size_t end) const noexcept { return message_reader(bytes_.first(end), at_); }
    void skip_to(std::size_t end) noexcept { at_ = end; }

private:
    byte_view bytes_;
    std::size_t at_;
    bool failed_ = false;
};

}  // namespace dragline::dns::detail
