// SipHash-2-4 with 128 bits of output, and what is made of it here: a set that hardly ever confuses two
// names, and random numbers without a system call for each. Start with keyed_hash.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/bytes.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns::detail {

// A pseudo-random function under a key that no peer knows.
class keyed_hash {
public:
    struct value {
        std::uint64_t low;
        std::uint64_t high;
        bool operator==(const value&) const = default;
    };

    keyed_hash(std::uint64_t key0, std::uint64_t key1) noexcept : key0_(key0), key1_(key1) {}

    value operator()(byte_view text) const noexcept {
        state v(key0_, key1_);
        std::size_t at = 0;
        for (; at + 8 <= text.size(); at += 8) v.absorb(load(text.data() + at, 8));
        v.absorb(load(text.data() + at, text.size() - at) | std::uint64_t{text.size()} << 56);
        return v.finish();
    }

    value operator()(std::uint64_t number) const noexcept {
        state v(key0_, key1_);
        v.absorb(number);
        v.absorb(std::uint64_t{8} << 56);
        return v.finish();
    }

private:
    struct state {
        std::uint64_t v0, v1, v2, v3;

        state(std::uint64_t key0, std::uint64_t key1) noexcept
            : v0(key0 ^ 0x736f6d6570736575u),
              v1(key1 ^ 0x646f72616e646f6du ^ 0xee),
              v2(key0 ^ 0x6c7967656e657261u),
              v3(key1 ^ 0x7465646279746573u) {}

        void round() noexcept {
            v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
            v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
            v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
            v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
        }
        void absorb(std::uint64_t block) noexcept {
            v3 ^= block;
            round();
            round();
            v0 ^= block;
        }
        value finish() noexcept {
            v2 ^= 0xee;
            for (int i = 0; i < 4; ++i) round();
            const std::uint64_t low = v0 ^ v1 ^ v2 ^ v3;
            v1 ^= 0xdd;
            for (int i = 0; i < 4; ++i) round();
            return {low, v0 ^ v1 ^ v2 ^ v3};
        }
    };

    static std::uint64_t load(const std::uint8_t* at, std::size_t count) noexcept {
        std::uint64_t out = 0;
        for (std::size_t i = 0; i < count; ++i) out |= std::uint64_t{at[i]} << (8 * i);
        return out;
    }

    std::uint64_t key0_;
    std::uint64_t key1_;
};

// Numbers that a peer cannot guess, from a source that may be slow: the hash of a counter.
class random_numbers {
public:
    explicit random_numbers(async::random_source& source) : hash_(source(), source()) {}

    std::uint16_t next16() noexcept {
        if (left_ == 0) {
            bits_ = hash_(counter_++);
            left_ = 8;
        }
        if (--left_ == 3) bits_.low = bits_.high;
        const auto number = static_cast<std::uint16_t>(bits_.low);
        bits_.low >>= 16;
        return number;
    }

private:
    keyed_hash hash_;
    keyed_hash::value bits_{};
    std::uint64_t counter_ = 0;
    int left_ = 0;
};

// Which texts were seen, by their hashes alone: at most 3/4 full, 16 bytes a place.
class seen_set {
public:
    explicit seen_set(async::random_source& random) : hash_(random(), random()) {}

    // False when `text` was there before.
    bool insert(byte_view text) {
        if (4 * (size_ + 1) > 3 * places_.size()) grow();
        auto key = hash_(text);
        if (key == empty) key.low = 1;
        auto& place = find(key);
        if (place == key) return false;
        place = key;
        ++size_;
        return true;
    }

    std::size_t size() const noexcept { return size_; }

private:
    static constexpr keyed_hash::value empty{0, 0};

    keyed_hash::value& find(const keyed_hash::value& key) noexcept {
        const std::size_t mask = places_.size() - 1;
        for (std::size_t at = key.low & mask;; at = (at + 1) & mask) {
            if (places_[at] == key || places_[at] == empty) return places_[at];
        }
    }
    void grow() {
        const auto before = std::exchange(
            places_, std::vector<keyed_hash::value>(places_.empty() ? 1024 : 2 * places_.size(), empty));
        for (const auto& each : before) {
            if (each != empty) find(each) = each;
        }
    }

    keyed_hash hash_;
    std::vector<keyed_hash::value> places_;
    std::size_t size_ = 0;
};

}  // namespace dragline::dns::detail
