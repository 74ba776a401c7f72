// Puts a DNS message together, field by field.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/error.hpp>
#include <dragline/dns/record.hpp>
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
    explicit message_writer(std::size_t max_size) : max_size_(max_size) {}

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
        const auto ec = names_.encode(name, out_);
        if (ec) fail(ec);
    }
    // A name that receivers need not know to decompress (RFC 3597, 4).
    void put_whole_name(std::string_view name) {
        if (const auto ec = wire::encode_name(name, out_)) fail(ec);
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
};

// Writes the data of a record; an overload for each type.
struct data_writer {
    message_writer& out;

    void operator()(const raw_record& data) { out.put(data.bytes); }
    void operator()(const a_record& data) { out.put(data.address); }
    void operator()(const aaaa_record& data) { out.put(data.address); }
    void operator()(const cname_record& data) { out.put_name(data.name); }
    void operator()(const ns_record& data) { out.put_name(data.name); }
    void operator()(const ptr_record& data) { out.put_name(data.name); }
    void operator()(const dname_record& data) { out.put_whole_name(data.name); }
    void operator()(const soa_record& data) {
        out.put_name(data.primary);
        out.put_name(data.mailbox);
        for (auto field : {data.serial, data.refresh, data.retry, data.expire, data.minimum})
            out.put32(field);
    }
    void operator()(const mx_record& data) {
        out.put16(data.preference);
        out.put_name(data.exchange);
    }
    void operator()(const txt_record& data) {
        if (data.strings.empty()) out.put8(0);
        for (const auto& text : data.strings) {
            if (text.size() > 255) return out.fail(errc::malformed_message);
            out.put8(static_cast<std::uint8_t>(text.size()));
            out.put(text);
        }
    }
};

}  // namespace dragline::dns::detail
