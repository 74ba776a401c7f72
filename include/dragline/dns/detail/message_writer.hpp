// Puts a DNS message together, field by field.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/error.hpp>
#include <dragline/dns/wire/name.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns::detail {

// Appends fields; remembers the first failure.
class message_writer {
public:
    enum class compression { on, off };

    explicit message_writer(std::size_t max_size, compression names = compression::on)
        : max_size_(max_size), compression_(names) {}

    void put8(std::uint8_t value) { out_.push_back(value); }
    void put16(std::uint16_t value) {
        out_.resize(out_.size() + 2);
        store_big16(&out_[out_.size() - 2], value);
    }
    void put32(std::uint32_t value) {
        out_.resize(out_.size() + 4);
        store_big32(&out_[out_.size() - 4], value);
    }
    template <class Bytes>
    void put(const Bytes& bytes) {
        out_.insert(out_.end(), bytes.begin(), bytes.end());
    }
    void put_name(std::string_view name) {
        if (compression_ == compression::off) return put_whole_name(name);
        const auto ec = names_.encode(name, out_);
        if (ec) fail(ec);
    }
    // A name that receivers need not know to decompress (RFC 3597, 4).
    void put_whole_name(std::string_view name) {
        if (const auto ec = wire::encode_name(name, out_)) fail(ec);
    }
    // A string behind its length (RFC 1035, 3.3).
    void put_string(std::string_view text) {
        if (text.size() > 255) return fail(errc::malformed_message);
        put8(static_cast<std::uint8_t>(text.size()));
        put(text);
    }
    void put_count(std::size_t count) {
        if (count > 0xffff) fail(errc::malformed_message);
        put16(static_cast<std::uint16_t>(count));
    }
    void fail(std::error_code ec) {
        if (!error_) error_ = ec;
    }

    std::size_t start_data() {
        put16(0);
        return out_.size();
    }
    void end_data(std::size_t start) {
        const std::size_t size = out_.size() - start;
        if (size > 0xffff) return fail(errc::malformed_message);
        store_big16(&out_[start - 2], static_cast<std::uint16_t>(size));
    }

    bool failed() {
        if (out_.size() > max_size_) fail(errc::message_too_long);
        return static_cast<bool>(error_);
    }
    result<std::vector<std::uint8_t>> finish() {
        if (failed()) return error_;
        return std::move(out_);
    }

private:
    std::vector<std::uint8_t> out_;
    wire::name_compressor names_;
    std::error_code error_;
    std::size_t max_size_;
    compression compression_;
};

}  // namespace dragline::dns::detail
