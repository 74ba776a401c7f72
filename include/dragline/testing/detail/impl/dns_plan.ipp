// Included by <dragline/testing/detail/dns_plan.hpp> only.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/dns/wire/message.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::testing::detail {

using dns::wire::message;

DRAGLINE_DECL void add_soa(message& response, std::chrono::seconds ttl) {
    const auto seconds = static_cast<std::uint32_t>(ttl.count());
    response.authorities.emplace_back(".", seconds, dns::soa_record("ns.test", "hostmaster.test", seconds));
}

DRAGLINE_DECL message make_answer(const dns_query& query, const dns_reply& reply, dns_zone::truth truth,
                                  std::chrono::seconds negative_ttl) {
    message response = dns::wire::make_response(query.message, truth.code);
    response.recursion_available = true;
    bool negative = truth.negative;
    if (reply.code() || !reply.records().empty()) {
        response.code = reply.code().value_or(dns::rcode::no_error);
        response.answers = reply.records();
        for (auto& entry : response.answers) {
            if (entry.name.empty()) entry.name = query.name();
        }
        negative = response.code == dns::rcode::name_not_found ||
                   (response.code == dns::rcode::no_error && response.answers.empty());
    } else {
        response.answers = std::move(truth.records);
    }
    if (negative && reply.has_soa()) add_soa(response, reply.negative_ttl().value_or(negative_ttl));
    if (!reply.has_extension()) response.extension.reset();
    if (static_cast<unsigned>(response.code) > 15) response.extension.emplace();
    return response;
}

DRAGLINE_DECL void forge(message& response, const dns_query& query, const dns_reply& reply) {
    response.code = dns::rcode::no_error;
    response.authorities.clear();
    response.answers.clear();
    const bool six = query.type() == dns::record_type::aaaa;
    response.answers.push_back(make_record(query.name(), six ? dns::record_type::aaaa : dns::record_type::a,
                                           six ? "2001:db8::66" : "192.0.2.66"));
    if (reply.has_wrong_id()) response.id ^= 0x5555;
    if (reply.has_wrong_question()) {
        response.questions.front().name = "wrong.test";
        response.answers.front().name = "wrong.test";
    }
}

DRAGLINE_DECL std::vector<std::uint8_t> encode_answer(message response, const dns_query& query,
                                                      const dns_reply& reply) {
    std::size_t room = dns::wire::max_message_size;
    if (query.transport == dns_transport::udp) {
        room = query.message.extension ? std::max<std::size_t>(query.message.extension->udp_size, 512) : 512;
    }
    auto bytes = dns::wire::encode_message(response, room);
    const bool wants_truncation = reply.is_truncated() && query.transport == dns_transport::udp;
    if (wants_truncation || bytes.error() == dns::errc::message_too_long) {
        response.truncated = true;
        response.answers.clear();
        response.authorities.clear();
        bytes = dns::wire::encode_message(response, room);
    }
    if (!bytes) {  // a script that cannot be told
        bytes =
            dns::wire::encode_message(dns::wire::make_response(query.message, dns::rcode::server_failure));
    }
    return *std::move(bytes);
}

// A header that promises one answer, the question, and an answer whose name is a pointer to itself.
DRAGLINE_DECL std::vector<std::uint8_t> encode_loop(const dns_query& query) {
    message response = dns::wire::make_response(query.message);
    response.extension.reset();
    auto bytes = *dns::wire::encode_message(response);
    const auto pointer = static_cast<std::uint16_t>(0xc000 | bytes.size());
    store_big16(&bytes[6], 1);
    const std::size_t start = bytes.size();
    bytes.resize(start + 16);
    store_big16(&bytes[start], pointer);
    store_big16(&bytes[start + 2], static_cast<std::uint16_t>(dns::record_type::a));
    store_big16(&bytes[start + 4], 1);
    store_big32(&bytes[start + 6], 60);
    store_big16(&bytes[start + 10], 4);
    return bytes;
}

DRAGLINE_DECL void damage(std::vector<std::uint8_t>& bytes, const dns_query& query, const dns_reply& reply) {
    if (reply.raw()) bytes = *reply.raw();
    if (reply.damaged() == dns_reply::damage::compression_loop) bytes = encode_loop(query);
    if (reply.damaged() == dns_reply::damage::garbage) {
        bytes.resize(std::max<std::size_t>(*reply.cut(), 2));
        for (std::size_t i = 2; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(0xa5 + 151 * i);
    }
    if (reply.cut() && *reply.cut() < bytes.size()) bytes.resize(*reply.cut());
}

DRAGLINE_DECL std::vector<dns_packet> plan_answer(const dns_query& query, const dns_reply& reply,
                                                  dns_zone::truth truth, std::chrono::seconds negative_ttl) {
    std::vector<dns_packet> packets;
    if (reply.is_silent() || query.attempt <= reply.after_tries()) return packets;
    const message response = make_answer(query, reply, std::move(truth), negative_ttl);
    if (reply.is_forged()) {
        message forged = response;
        forge(forged, query, reply);
        auto& packet = packets.emplace_back();
        packet.bytes = encode_answer(std::move(forged), query, reply);
        packet.other_port = reply.is_from_other_port();
    }
    if (!reply.is_forged() || reply.genuine_after()) {
        auto& packet = packets.emplace_back();
        packet.bytes = encode_answer(response, query, reply);
        damage(packet.bytes, query, reply);
        packet.after = reply.genuine_after().value_or(std::chrono::milliseconds(0));
    }
    for (std::size_t i = 0; i < reply.duplicates(); ++i) {
        packets.push_back(packets.back());
        packets.back().after = std::chrono::milliseconds(0);
    }
    packets.front().after += reply.delay();
    return packets;
}

}  // namespace dragline::testing::detail

#endif
