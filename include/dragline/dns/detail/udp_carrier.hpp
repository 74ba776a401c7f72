// The own UDP engine: carries a bulk run over many sockets, many datagrams at a time.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/dns/detail/bulk_carrier.hpp>
#include <dragline/dns/detail/flight.hpp>
#include <dragline/dns/detail/keyed_hash.hpp>
#include <dragline/dns/detail/transport_carrier.hpp>
#include <dragline/dns/detail/udp_port.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/dns/wire/query_form.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>
#include <vector>

namespace dragline::inline v1::dns::detail {

// Each socket has at most 256 queries under way, so that its receive buffer holds every reply, and is
// replaced when it has sent so many that its port could be learnt. Handlers hold a weak reference.
class udp_carrier final : public bulk_carrier, public std::enable_shared_from_this<udp_carrier> {
public:
    udp_carrier(async::loop_state& loop, std::vector<server> servers, const query_form& form,
                std::weak_ptr<bulk_listener> listener);
    ~udp_carrier() override { shutdown(); }
    udp_carrier(const udp_carrier&) = delete;
    udp_carrier& operator=(const udp_carrier&) = delete;

    std::error_code send(std::uint32_t at, bulk_slot& slot) override;
    void flush() override;
    void forget(bulk_slot& slot) noexcept override;
    void shutdown() noexcept override;

private:
    using port_pointer = std::shared_ptr<udp_port>;
    struct place {
        server where;
        std::vector<port_pointer> ports;  // the last one is in use
        std::shared_ptr<transport> tcp;
    };

    result<port_pointer> port_for(std::uint32_t server);
    result<port_pointer> open_port(std::uint32_t server);
    void close_idle_ports() noexcept;
    void compose(udp_port& port, bulk_slot& slot);
    void read(const port_pointer& port);
    void on_readable(const port_pointer& port, bulk_listener& listener);
    void on_datagram(udp_port& port, byte_view reply, bulk_listener& listener);
    bool repeats_question(byte_view reply, const bulk_slot& slot, bool& echoed) const noexcept;
    void send_rest(const port_pointer& port);
    void port_failed(udp_port& port, std::error_code ec, bulk_listener& listener);
    void ask_over_tcp(std::uint32_t at, bulk_slot& slot, bulk_listener& listener);

    async::loop_state& loop_;
    std::vector<place> places_;
    query_form form_;
    std::weak_ptr<bulk_listener> listener_;
    std::shared_ptr<transport_replies> tcp_replies_;
    random_numbers random_;
    std::vector<port_pointer> dirty_;
    std::size_t room_size_;
    std::vector<std::uint8_t> room_;
    bool ended_ = false;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/udp_carrier.ipp>
