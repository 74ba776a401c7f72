// Who answers: the servers, the cache and the defaults of a look-up, as a handle that is cheap to copy. An
// operation makes its own when it is called with a loop; make one to give several look-ups the same options.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/answer.hpp>
#include <dragline/dns/detail/resolver_core.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/transport.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/ip/address.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

/// The addresses of a name.
struct address_list {
    std::vector<asio::ip::address> addresses;  ///< In the order of the answer, at least one.
    std::uint32_t ttl = 0;       ///< Seconds for which they still hold; 0 when they have no TTL.
    std::string canonical_name;  ///< Where the aliases of the name ended.

    address_list() {}
};

namespace detail {
DRAGLINE_DECL const std::shared_ptr<const query_options>& no_options();
}

/// A handle to what look-ups on one loop share. Resolvers of one loop that ask the same servers have one
/// cache and one set of channels, and a question that several ask at the same time is sent once.
///
/// Threads: may be made, copied and destroyed anywhere; is a WHERE of every DNS operation, on any thread.
class resolver {
public:
    /// The resolver of a loop; `defaults` hold for every look-up that does not say otherwise.
    template <async::where Where>
    requires(!std::same_as<std::remove_cvref_t<Where>, resolver>) explicit resolver(Where&& place)
        : executor_(async::executor_of(place)), defaults_(detail::no_options()) {}

    template <async::where Where>
    resolver(Where&& place, query_options defaults)
        : executor_(async::executor_of(place)),
          defaults_(std::make_shared<const query_options>(std::move(defaults))) {}

    /// A resolver that asks through `transports`, one for each server, which belong to the loop of `place`.
    /// Its cache is its own.
    template <async::where Where>
    resolver(Where&& place, std::vector<std::shared_ptr<transport>> transports, query_options defaults = {})
        : executor_(async::executor_of(place)),
          defaults_(std::make_shared<const query_options>(std::move(defaults))),
          transports_(std::make_shared<const detail::transport_list>(std::move(transports))) {}

    const asio::any_io_executor& get_executor() const noexcept { return executor_; }
    const resolver& get_resolver() const noexcept { return *this; }

    const query_options& defaults() const noexcept { return *defaults_; }

    /// The same servers and cache, with other defaults where `options` says something.
    resolver with(const query_options& options) const {
        resolver other = *this;
        other.defaults_ = std::make_shared<const query_options>(options.over(*defaults_));
        return other;
    }

    /// Addresses of one family, as resolve_host() finds them. For those who look up both families at once.
    ///
    /// `until` is the deadline of the operation that this is a part of; it replaces the default timeout.
    /// Errors: as resolve_host(). Cancel: any type. Threads: the loop's own.
    asio::awaitable<result<address_list>> lookup(std::string name, address_family family,
                                                 query_options options = {},
                                                 async::time_point until = async::no_deadline) const;

    /// What the cache did. Threads: the loop's own.
    DRAGLINE_DECL cache_statistics statistics() const;

    /// Forgets every answer. Threads: the loop's own.
    DRAGLINE_DECL void clear_cache() const;

    /// For after a change of network: every resolver of this loop reads the files of the system again,
    /// forgets its answers and makes new sockets. What is on its way is not disturbed. Threads: the loop's
    /// own.
    DRAGLINE_DECL void reconfigure() const;

    /// The shared state of this resolver with these options, for the operations of this module. Threads: the
    /// loop's own.
    DRAGLINE_DECL std::shared_ptr<detail::resolver_core> core(const query_options& options) const;

private:
    asio::any_io_executor executor_;
    std::shared_ptr<const query_options> defaults_;
    std::shared_ptr<const detail::transport_list> transports_;
};

/// Something that brings its own resolver, as a session does.
template <class T>
concept has_resolver = requires(const std::remove_cvref_t<T>& place) {
    { place.get_resolver() } -> std::convertible_to<resolver>;
};

/// The resolver of a WHERE: its own, or that of its loop with the usual defaults.
template <async::where Where>
resolver resolver_of(Where&& place) {
    if constexpr (has_resolver<Where>) {
        return place.get_resolver();
    } else {
        return resolver(async::executor_of(place));
    }
}

}  // namespace dragline::dns

#include <dragline/dns/impl/resolver.ipp>
