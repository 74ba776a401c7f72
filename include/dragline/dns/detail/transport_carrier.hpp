// Carries a bulk run by transports: c-ares, or what else a resolver was given.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/dns/detail/bulk_carrier.hpp>
#include <dragline/dns/detail/flight.hpp>
#include <dragline/dns/transport.hpp>
#include <dragline/dns/wire/query_form.hpp>

#include <cstddef>
#include <memory>

namespace dragline::inline v1::dns::detail {

// Tags name a slot and its generation; slots are far fewer.
inline constexpr std::size_t slot_bits = 17;
static_assert(bulk_options::max_window < std::size_t{1} << slot_bits);

// Hears the replies of all transports, also when the carrier is gone.
class transport_replies final : public reply_sink, public std::enable_shared_from_this<transport_replies> {
public:
    transport_replies(async::loop_state& loop, std::weak_ptr<bulk_listener> listener)
        : loop_(loop), listener_(std::move(listener)) {}

    static std::size_t tag_of(std::uint32_t at, std::uint64_t generation) noexcept {
        return static_cast<std::size_t>(generation << slot_bits | at);
    }
    void on_reply(std::size_t tag, result<wire::message> reply) override;
    bool on_reply_bytes(std::size_t tag, byte_view reply) override;

private:
    static constexpr std::size_t slot_mask = (std::size_t{1} << slot_bits) - 1;
    void begin_batch(bulk_listener& listener);

    async::loop_state& loop_;
    std::weak_ptr<bulk_listener> listener_;
    bool in_batch_ = false;
};

class transport_carrier final : public bulk_carrier {
public:
    // Holds the transports until shutdown(), and ends all from `own` on.
    transport_carrier(async::loop_state& loop, transport_list transports, std::size_t own,
                      const query_form& form, std::weak_ptr<bulk_listener> listener);
    ~transport_carrier() override { shutdown(); }
    transport_carrier(const transport_carrier&) = delete;
    transport_carrier& operator=(const transport_carrier&) = delete;

    std::error_code send(std::uint32_t at, bulk_slot& slot) override;
    void flush() override {}
    void forget(bulk_slot&) noexcept override {}  // its generation tells
    void shutdown() noexcept override;

private:
    transport_list transports_;
    std::size_t own_;
    query_form form_;
    query_form plain_form_;  // without EDNS
    std::shared_ptr<transport_replies> replies_;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/transport_carrier.ipp>
