// One socket of the own UDP engine, and which ids are under way on it.
#pragma once

#include <dragline/core/platform/sockets.hpp>
#include <dragline/dns/detail/bulk_slot.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/udp.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <vector>

namespace dragline::inline v1::dns::detail {

// The queries of one socket by their ids: a table that is never more than half full.
class id_table {
public:
    static constexpr std::size_t capacity = 256;

    std::size_t size() const noexcept { return size_; }
    bool full() const noexcept { return size_ == capacity; }

    // False when the id is under way.
    bool insert(std::uint16_t id, std::uint32_t slot) noexcept {
        std::size_t at = home(id);
        for (; places_[at].slot != no_slot; at = next(at)) {
            if (places_[at].id == id) return false;
        }
        places_[at] = {slot, id};
        ++size_;
        return true;
    }

    // no_slot when the id is not under way.
    std::uint32_t find(std::uint16_t id) const noexcept { return places_[place_of(id)].slot; }

    void erase(std::uint16_t id) noexcept {
        std::size_t hole = place_of(id);
        if (places_[hole].slot == no_slot) return;
        --size_;
        // Those behind it move up, unless they would come to stand before their home.
        for (std::size_t at = next(hole); places_[at].slot != no_slot; at = next(at)) {
            if (((at - home(places_[at].id)) & mask) < ((at - hole) & mask)) continue;
            places_[hole] = places_[at];
            hole = at;
        }
        places_[hole].slot = no_slot;
    }

    // Empties the table, and calls visit(slot) for each that was in it.
    template <class Visit>
    void drain(Visit visit) {
        for (auto& each : places_) {
            if (each.slot == no_slot) continue;
            const auto slot = each.slot;
            each.slot = no_slot;
            --size_;
            visit(slot);
        }
    }

private:
    static constexpr std::size_t mask = 2 * capacity - 1;
    struct place {
        std::uint32_t slot = no_slot;
        std::uint16_t id = 0;
    };

    static std::size_t home(std::uint16_t id) noexcept { return id & mask; }
    static std::size_t next(std::size_t at) noexcept { return (at + 1) & mask; }
    std::size_t place_of(std::uint16_t id) const noexcept {
        std::size_t at = home(id);
        while (places_[at].slot != no_slot && places_[at].id != id) at = next(at);
        return at;
    }

    std::array<place, mask + 1> places_{};
    std::size_t size_ = 0;
};

class udp_port {
public:
    udp_port(const asio::any_io_executor& loop, std::uint32_t of) : socket(loop), server(of) {}

    // The kernel chooses the port, at random.
    std::error_code open(const asio::ip::udp::endpoint& where);

    // Where `size` bytes to be sent are written.
    std::uint8_t* compose(std::size_t size) {
        const std::size_t at = out_.size();
        out_.resize(at + size);
        sizes_.push_back(static_cast<std::uint16_t>(size));
        return out_.data() + at;
    }
    bool has_output() const noexcept { return !sizes_.empty(); }

    // Sends what was composed. Errors: would_block: the rest is for later; others: so much is lost.
    std::error_code flush();

    // Fills `room` from its start; the number of datagrams. Errors: would_block and others.
    std::size_t receive(platform::datagram* room, std::size_t count, std::error_code& ec);

    asio::ip::udp::socket socket;
    const std::uint32_t server;
    id_table ids;
    std::size_t queries = 0;
    bool reading = false;
    bool writing = false;
    bool dirty = false;  // waits for the flush of its carrier

private:
    std::size_t send_some(const platform::datagram* each, std::size_t count, std::error_code& ec);

    std::vector<std::uint8_t> out_;
    std::vector<std::uint16_t> sizes_;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/udp_port.ipp>
