// Included by <dragline/dns/detail/packed_answer.hpp> only.
#pragma once

#include <dragline/dns/detail/answer_size.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace dragline::inline v1::dns::detail {

// Of a record of this type.
DRAGLINE_DECL std::size_t address_size(record_type type) noexcept {
    return type == record_type::a ? a_record().address.size() : aaaa_record().address.size();
}

DRAGLINE_DECL packed_answer::content packed_answer::content_of(const answer& value,
                                                               std::string_view name) noexcept {
    const bool plain = value.aliases.empty() && !value.reply && value.asked.name == name &&
                       value.asked.klass == record_class::internet;
    if (!plain) return content::whole;
    if (value.error == errc::name_not_found && value.code == rcode::name_not_found) return content::no_name;
    if (value.error == errc::no_data && value.code == rcode::no_error) return content::no_data;
    const bool addresses = value.asked.type == record_type::a || value.asked.type == record_type::aaaa;
    if (value.error || value.code != rcode::no_error || !addresses || value.records.size() > 0xffff)
        return content::whole;
    const bool alike = std::all_of(value.records.begin(), value.records.end(), [&value](const record& each) {
        return each.type == value.asked.type && each.klass == value.asked.klass && each.ttl == value.ttl &&
               each.name == value.asked.name && (each.get<a_record>() || each.get<aaaa_record>());
    });
    return alike ? content::addresses : content::whole;
}

DRAGLINE_DECL packed_answer::packed_answer(std::shared_ptr<const answer> value, std::string_view name) {
    header first;
    first.ttl = value->ttl;
    first.type = value->asked.type;
    first.holds = content_of(*value, name);
    first.name_size = static_cast<std::uint16_t>(name.size());
    first.authoritative = value->authoritative;
    first.authentic = value->authentic;
    if (first.holds == content::addresses)
        first.addresses = static_cast<std::uint16_t>(value->records.size());
    block_.reset(new std::uint8_t[sizeof first + name.size() + first.addresses * address_size(first.type)]);
    std::memcpy(block_.get(), &first, sizeof first);
    auto* at = std::copy(name.begin(), name.end(), block_.get() + sizeof first);
    if (first.holds == content::addresses) {
        for (const auto& each : value->records) {
            if (const auto* v4 = each.get<a_record>())
                at = std::copy(v4->address.begin(), v4->address.end(), at);
            if (const auto* v6 = each.get<aaaa_record>())
                at = std::copy(v6->address.begin(), v6->address.end(), at);
        }
    }
    if (first.holds == content::whole) whole_ = std::move(value);
}

DRAGLINE_DECL packed_answer::header packed_answer::read_header() const noexcept {
    header first;
    std::memcpy(&first, block_.get(), sizeof first);
    return first;
}

DRAGLINE_DECL std::string_view packed_answer::name() const noexcept {
    return {reinterpret_cast<const char*>(block_.get()) + sizeof(header), read_header().name_size};
}

DRAGLINE_DECL bool packed_answer::has_records() const noexcept {
    return whole_ ? !whole_->error : read_header().holds == content::addresses;
}

DRAGLINE_DECL std::size_t packed_answer::memory() const noexcept {
    const auto first = read_header();
    return sizeof first + first.name_size + first.addresses * address_size(first.type) +
           (whole_ ? memory_of(*whole_) : 0);
}

DRAGLINE_DECL std::shared_ptr<const answer> packed_answer::unpack() const {
    if (whole_) return whole_;
    const auto first = read_header();
    auto made = std::make_shared<answer>();
    made->asked = question(std::string(name()), first.type);
    made->authoritative = first.authoritative;
    made->authentic = first.authentic;
    made->ttl = first.ttl;
    if (first.holds == content::no_name) {
        made->error = errc::name_not_found;
        made->code = rcode::name_not_found;
    }
    if (first.holds == content::no_data) made->error = errc::no_data;
    const auto* at = block_.get() + sizeof first + first.name_size;
    made->records.reserve(first.addresses);
    const auto add = [&](auto data) {
        std::copy_n(at, data.address.size(), data.address.begin());
        at += data.address.size();
        made->records.emplace_back(made->asked.name, first.ttl, data);
    };
    for (int i = 0; i < first.addresses; ++i) {
        if (first.type == record_type::a) {
            add(a_record());
        } else {
            add(aaaa_record());
        }
    }
    return made;
}

}  // namespace dragline::dns::detail

#endif
