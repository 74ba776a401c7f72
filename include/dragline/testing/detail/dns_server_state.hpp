// What a dns_server holds, and its coroutines that receive queries and send answers.
#pragma once

#include <dragline/testing/detail/dns_plan.hpp>
#include <dragline/testing/detail/dns_zone.hpp>
#include <dragline/testing/detail/event_log.hpp>
#include <dragline/testing/detail/server_thread.hpp>
#include <dragline/testing/dns_message.hpp>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::testing::detail {

struct dns_counts {
    std::size_t malformed = 0;
    std::map<std::pair<std::string, dns::record_type>, std::uint64_t> attempts;
};

class dns_server_state {
public:
    event_log<dns_query, dns_counts> log;

    asio::ip::udp::endpoint listen(const asio::ip::address& where, std::uint16_t port);
    asio::ip::udp::endpoint first_place() const;

    // Calls change(zone) under the lock.
    template <class Change>
    void change_zone(Change change) {
        std::lock_guard lock(mutex_);
        change(zone_);
    }
    void add_script(std::string_view name, std::optional<dns::record_type> type, dns_script script);
    void set_negative_ttl(std::chrono::seconds ttl);

private:
    struct listener;
    // What to send, and whether the TCP connection then ends.
    struct response {
        std::vector<dns_packet> packets;
        bool close = false;
    };

    asio::awaitable<asio::ip::udp::endpoint> open(asio::ip::address where, std::uint16_t port);
    asio::awaitable<void> receive_all(std::shared_ptr<listener> from);
    asio::awaitable<void> accept_all(std::shared_ptr<listener> from);
    asio::awaitable<void> serve(asio::ip::tcp::socket socket);
    asio::awaitable<void> send(const listener& from, const dns_packet& packet, asio::ip::udp::endpoint to);
    asio::awaitable<void> send_later(std::shared_ptr<listener> from, asio::ip::udp::endpoint to,
                                     std::vector<dns_packet> packets);
    response respond(byte_view bytes, dns_transport transport, std::string peer);
    std::optional<dns_script> find_script(const dns_query& query) const;

    mutable std::mutex mutex_;
    dns_zone zone_;
    std::map<std::pair<std::string, std::optional<dns::record_type>>, dns_script> scripts_;
    std::chrono::seconds negative_ttl_{60};
    std::vector<asio::ip::udp::endpoint> places_;
    server_thread thread_;  // last: its coroutines use what stands above
};

}  // namespace dragline::testing::detail

#include <dragline/testing/detail/impl/dns_server_state.ipp>
