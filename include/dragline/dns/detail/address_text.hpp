// Addresses as they stand in records.
#pragma once

#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::dns::detail {

template <class Address>
std::optional<Address> parse_address(std::string_view text) {
    // Neither a scope id nor a zero byte, which would end the text early.
    if (text.find_first_not_of("0123456789abcdefABCDEF:.") != text.npos) return std::nullopt;
    std::error_code ec;
    Address address;
    if constexpr (std::same_as<Address, asio::ip::address_v4>) {
        address = asio::ip::make_address_v4(std::string(text), ec);
    } else {
        address = asio::ip::make_address_v6(std::string(text), ec);
    }
    return ec ? std::nullopt : std::optional(address);
}

}  // namespace dragline::dns::detail
