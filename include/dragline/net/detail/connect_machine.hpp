// Decides which address is dialled when: happy eyeballs (RFC 8305). No clock, no socket, no resolver.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/spare_memory.hpp>

#include <asio/ip/address.hpp>

#include <cstddef>
#include <optional>
#include <system_error>
#include <variant>

namespace dragline::inline v1::net::detail {

class connect_machine {
public:
    using time_point = async::time_point;
    using duration = async::duration;

    struct dial {
        asio::ip::address address;
        std::size_t which;  // from 0
    };
    struct drop {
        std::size_t which;  // a dial that has to make room: it is over, and not to be reported
    };
    struct wait {
        time_point until;
    };
    struct fail {
        std::error_code ec;  // the look-up's when no address was ever dialled, else the first dial's
    };
    using step = std::variant<dial, drop, wait, fail>;

    /// `attempt_delay`: head start of each address over the next. `resolution_delay`: how long addresses of
    /// IPv4 wait for those of IPv6. At most `most_attempts` dials are alive at a time: where there are more
    /// addresses than that, one that has not answered after as many delays, and after 2 s, which is two SYNs,
    /// makes room for the next.
    connect_machine(duration attempt_delay, duration resolution_delay, std::size_t most_attempts = 6)
        : attempt_delay_(attempt_delay), resolution_delay_(resolution_delay), most_attempts_(most_attempts) {}

    /// Dials nothing before both families have answered, or one has and the other not within `longest`.
    void await_both(duration longest) noexcept { other_family_ = longest; }

    // What happened. A family that is not looked up at all is reported as resolved with nothing and no error.
    void on_resolved(bool v6, spare_vector<asio::ip::address> addresses, std::error_code ec, time_point now);
    void on_dial_failed(std::size_t which, std::error_code ec, time_point now);

    /// What to do at `now`; asked again until it says wait or fail, and after each event or wait.
    step next(time_point now);

private:
    struct family {
        spare_vector<asio::ip::address> addresses;
        std::size_t used = 0;
        bool resolved = false;
        std::error_code ec;

        bool has_next() const noexcept { return used < addresses.size(); }
    };

    struct attempt {
        std::size_t which;
        time_point started;
    };

    time_point start() const noexcept;
    duration turn() const noexcept;

    duration attempt_delay_;
    duration resolution_delay_;
    std::size_t most_attempts_;
    family v4_, v6_;
    std::optional<duration> other_family_;   // how long the later one is awaited
    std::optional<time_point> first_since_;  // when the first addresses came
    time_point next_dial_ = time_point::min();
    spare_list<attempt> alive_;  // the oldest in front
    std::size_t dials_ = 0;
    bool last_was_v6_ = false;
    std::error_code first_failure_;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/connect_machine.ipp>
