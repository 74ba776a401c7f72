// The default transport: UDP with TCP after a truncated answer, by c-ares. Replaces its channel when that may
// help, and does without it what c-ares cannot.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/dns/detail/ares_channel.hpp>
#include <dragline/dns/detail/direct_query.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/dns/transport.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace dragline::inline v1::dns::detail {

// A channel that could not reach its server is replaced before the next question, so one that was made while
// the machine was offline harms nobody; and one that has asked much is replaced to move to another port. The
// old channel stays until its last question is answered.
class ares_transport final : public transport, public std::enable_shared_from_this<ares_transport> {
public:
    ares_transport(async::loop_state& loop, const server& where) : loop_(loop), where_(where) {}

    void ask(const question& asked, const query_form& form, std::shared_ptr<reply_sink> sink,
             std::size_t tag) override;
    void hold() override;
    void release() noexcept override;
    void shutdown() noexcept override;
    std::string description() const override { return where_.to_string(); }

private:
    struct channel_slot {
        channel_mode mode;
        std::shared_ptr<ares_channel> channel;
    };

    class second_reading;

    ares_channel& channel_for(channel_mode mode);
    void ask_directly(const question& asked, const query_form& form, std::shared_ptr<reply_sink> sink,
                      std::size_t tag);

    async::loop_state& loop_;
    server where_;
    std::vector<channel_slot> current_;  // one for each mode that was asked for
    std::vector<std::shared_ptr<ares_channel>> retired_;
    std::vector<std::shared_ptr<direct_query>> direct_;
    std::size_t holders_ = 0;
    bool ended_ = false;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/ares_transport.ipp>
