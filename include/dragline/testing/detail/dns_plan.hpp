// Which packets answer a query, and when: a scripted reply as bytes.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/testing/detail/dns_zone.hpp>
#include <dragline/testing/dns_message.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

namespace dragline::inline v1::testing::detail {

struct dns_packet {
    std::vector<std::uint8_t> bytes;
    std::chrono::milliseconds after{0};  // the packet before
    bool other_port = false;
};

/// What goes out for a query; nothing where the server keeps silent.
DRAGLINE_DECL std::vector<dns_packet> plan_answer(const dns_query& query, const dns_reply& reply,
                                                  dns_zone::truth truth, std::chrono::seconds negative_ttl);

}  // namespace dragline::testing::detail

#include <dragline/testing/detail/impl/dns_plan.ipp>
