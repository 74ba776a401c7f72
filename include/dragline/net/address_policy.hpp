// Which addresses may be dialled: the guard against requests that outsiders steer into a private network.
// Start with address_policy::public_only().
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/net/endpoint.hpp>

#include <asio/ip/address.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::net {

namespace detail {
struct address_policy_state;
}

/// Judges the very address that is dialled, whoever named it: a literal, an answer of the DNS, a proxy.
///
/// By default all is allowed. Of the ranges that allow() and deny() name, the smallest that holds the address
/// decides, of equal ones deny(); where none does, the base: all, public_only() or listed_only(). An IPv4
/// address inside an IPv6 one (mapped, compatible, NAT64, 6to4, Teredo, ISATAP) is judged as well, and both
/// must pass. A name is refused as a whole when one of its addresses is; see partial_answers(). Cheap to
/// copy; judging allocates nothing. A value that cannot be read is kept, and then nothing is allowed:
/// errc::invalid_option. Threads: a policy that nobody changes may be used by several.
class address_policy {
public:
    using check_function = std::function<bool(const asio::ip::address&, std::uint16_t port)>;

    address_policy() {}

    /// Only addresses of the public internet: none of the networks in the special-purpose registries of IANA
    /// (private, loopback, link-local with the metadata of clouds, shared, multicast, documentation, ...), no
    /// address with a scope, no IPv4-mapped, -compatible, 6to4 or Teredo address, 64:ff9b::/96 where its IPv4
    /// address is public. No Unix sockets.
    static address_policy public_only();

    /// Nothing but what allow() names. No Unix sockets.
    static address_policy listed_only();

    /// "10.1.0.0/16", "2001:db8::/32", "192.0.2.7" or "10.0.0.5-10.0.0.9". A network with bits behind its
    /// prefix is refused.
    address_policy& allow(std::string_view addresses);
    address_policy& deny(std::string_view addresses);

    /// Once some ports are allowed, all others are not, those of proxies included. A port that is denied
    /// stays so.
    address_policy& allow_ports(std::uint16_t first, std::uint16_t last);
    address_policy& deny_ports(std::uint16_t first, std::uint16_t last);
    address_policy& allow_port(std::uint16_t port) { return allow_ports(port, port); }
    address_policy& deny_port(std::uint16_t port) { return deny_ports(port, port); }

    address_policy& local_sockets(bool allowed);

    /// Whether a name with allowed and forbidden addresses may be dialled at the former. By default it may
    /// not, since a public name with an inner address is mostly an attack; for which the addresses of both
    /// families are awaited, the later ones for a second, before any is dialled. Later ones end the dials of
    /// the others.
    address_policy& partial_answers(bool allowed);
    bool partial_answers() const noexcept;

    /// Asked last, on the loop's thread; false forbids. One that throws forbids too: errc::callback_failed.
    address_policy& check(check_function asked);

    /// Allows only what `outer`, as it is now, allows too: a floor that nothing said here can lower.
    address_policy& within(const address_policy& outer);

    /// Nothing was ever forbidden: judging is not worth the while.
    bool allows_all() const noexcept { return !state_; }

    /// What is wrong with the values given.
    std::error_code error() const noexcept;

    /// No error, or errc::address_blocked.
    std::error_code judge(const asio::ip::address& address, std::uint16_t port) const;

    /// The same for a target that somebody else will look up: a literal, also in the spellings that
    /// inet_aton() takes, localhost and what is below it, a Unix socket. Of any other name only the port.
    std::error_code judge(const endpoint& target) const;

    /// Whether both say the same; two functions of the user never do, unless one is a copy of the other.
    friend DRAGLINE_DECL bool operator==(const address_policy& a, const address_policy& b) noexcept;

private:
    detail::address_policy_state& edit();
    std::error_code judge_own(const asio::ip::address& address, std::uint16_t port) const;

    std::shared_ptr<detail::address_policy_state> state_;  // none: all is allowed
};

}  // namespace dragline::net

#include <dragline/net/impl/address_policy.ipp>
