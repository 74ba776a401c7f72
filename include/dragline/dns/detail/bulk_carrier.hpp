// The seam between a bulk run and what sends its queries and hears the replies.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/detail/bulk_slot.hpp>
#include <dragline/dns/wire/message.hpp>

#include <cstddef>
#include <cstdint>
#include <system_error>

namespace dragline::inline v1::dns::detail {

// The run. A batch is what one turn of the loop brings; nothing is sent within one.
class bulk_listener {
public:
    virtual void batch_begins() = 0;

    // The reply to the query that this slot has under way: its id, question and origin are right. `echoed`:
    // the question is byte for byte that of the slot, so its name need not be read again.
    virtual void on_bytes(std::uint32_t at, byte_view reply, bool echoed) = 0;

    // The outcome of the query that the slot had under way at this generation.
    virtual void on_message(std::uint32_t at, std::uint64_t generation, result<wire::message> reply) = 0;

    // The same as bytes: false when on_message() has to decide.
    virtual bool on_message_bytes(std::uint32_t at, std::uint64_t generation, byte_view reply) = 0;

    virtual void on_failure(std::uint32_t at, std::error_code ec) = 0;
    virtual void on_restart(std::uint32_t at) = 0;  // the query goes on over TCP
    virtual bulk_slot& slot(std::uint32_t at) noexcept = 0;

    virtual void batch_ends() = 0;

protected:
    ~bulk_listener() = default;
};

class bulk_carrier {
public:
    virtual ~bulk_carrier() = default;

    // Sends the question of a slot to its server, with flush() at the latest. Or why that cannot be.
    virtual std::error_code send(std::uint32_t at, bulk_slot& slot) = 0;
    virtual void flush() = 0;

    // Nobody waits for the outcome any more.
    virtual void forget(bulk_slot& slot) noexcept = 0;

    // Nothing is sent or heard any more.
    virtual void shutdown() noexcept = 0;

    std::size_t ignored() const noexcept { return ignored_; }
    std::size_t tcp_fallbacks() const noexcept { return tcp_fallbacks_; }

protected:
    std::size_t ignored_ = 0;
    std::size_t tcp_fallbacks_ = 0;
};

}  // namespace dragline::dns::detail
