// What the tests of look-ups share: a scripted server, a loop whose time can jump, and a way to await.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/event_loop.hpp>
#include <dragline/async/run.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/resolve.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/testing/dns_server.hpp>

#include <asio/awaitable.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace dragline::test {

// Real time, and what a test adds to it.
class stepping_clock : public async::clock {
public:
    async::time_point now() noexcept override { return std::chrono::steady_clock::now() + added_; }
    async::duration longest_sleep() const noexcept override { return std::chrono::milliseconds(5); }
    void advance(async::duration time) noexcept { added_ += time; }

private:
    async::duration added_{};
};

inline const auto no_throw = as_tuple(asio::use_awaitable);

// One server, one loop; the machine's own hosts file plays no part.
struct dns_lab {
    testing::dns_server server;
    stepping_clock clock;
    event_loop loop{event_loop_options().time(clock)};

    dns::query_options options() const {
        return dns::query_options().add_server(server.to_string()).hosts_file(false);
    }
    dns::wildcard_options wildcard() const { return dns::wildcard_options().query(options()); }
    dns::resolver resolver() const { return dns::resolver(loop, options()); }

    template <class T>
    T run(asio::awaitable<T> main) {
        loop.restart();
        return async::run(loop, std::move(main));
    }

    // Awaits an operation on the loop that gives a tuple of error code and value.
    std::tuple<std::error_code, dns::address_list_v4> resolve(std::string_view name) {
        return resolve(name, options());
    }
    std::tuple<std::error_code, dns::address_list_v4> resolve(std::string_view name,
                                                              dns::query_options with) {
        return run(dns::resolve_host(loop, name, std::move(with), no_throw));
    }
    std::error_code error(std::string_view name) { return std::get<0>(resolve(name)); }
    std::error_code error(std::string_view name, dns::query_options with) {
        return std::get<0>(resolve(name, std::move(with)));
    }
};

template <class Addresses>
std::vector<std::string> texts(const Addresses& addresses) {
    std::vector<std::string> out;
    for (const auto& address : addresses) out.push_back(address.to_string());
    return out;
}

using list = std::vector<std::string>;

}  // namespace dragline::test
