// Decides which server is asked next, and what a look-up that failed everywhere has failed of. No clock, no
// I/O.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/dns/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>

namespace dragline::inline v1::dns::detail {

class lookup_machine {
public:
    // `first` is the server to begin with; the others follow in order, or it is the only one.
    lookup_machine(std::size_t servers, std::size_t first, int tries, bool retry_elsewhere = true)
        : servers_(servers),
          next_(servers == 0 ? 0 : first % servers),
          tries_left_(tries),
          retry_elsewhere_(retry_elsewhere) {}

    // The server to ask now; nothing when there is no use in asking any more, and error() is the result.
    std::optional<std::size_t> next() {
        if (tries_left_ == 0) return std::nullopt;
        for (std::size_t i = 0; i < servers_; ++i) {
            const std::size_t server = (next_ + i) % servers_;
            if (given_up_ & bit(server)) {
                if (!retry_elsewhere_) break;
                continue;
            }
            --tries_left_;
            next_ = retry_elsewhere_ ? (server + 1) % servers_ : server;
            return server;
        }
        return std::nullopt;
    }

    // This server said, or showed, that it is of no help with this question: asking it again is of no use.
    // But one that was silent or garbled may do better.
    void failed(std::size_t server, std::error_code ec) {
        const bool hopeless = ec != condition::timeout && ec != errc::malformed_message;
        if (hopeless) given_up_ |= bit(server);
        if (outweighs(ec)) error_ = ec;
    }

    // Whether this is the most telling of the failures so far.
    bool outweighs(std::error_code ec) const noexcept { return !error_ || weight(ec) > weight(error_); }

    std::error_code error() const noexcept { return error_ ? error_ : make_error_code(errc::no_servers); }

    // Whether another server may have a better answer than this.
    static bool is_retryable(std::error_code ec) noexcept {
        return ec == errc::server_failure || ec == errc::refused || ec == errc::format_error ||
               ec == errc::not_implemented || ec == errc::unexpected_rcode;
    }

    // What a server said tells more than silence, and silence more than that nobody is there.
    static int weight(std::error_code ec) noexcept {
        if (ec == errc::server_failure) return 6;
        if (is_retryable(ec)) return 5;
        if (ec == errc::malformed_message || ec == errc::question_mismatch) return 4;
        if (ec == condition::timeout) return 3;
        return ec == errc::servers_unreachable ? 2 : 1;
    }

private:
    // Beyond 64 servers, those that are of no help are not remembered.
    static std::uint64_t bit(std::size_t server) noexcept {
        return server < 64 ? std::uint64_t{1} << server : 0;
    }

    std::size_t servers_;
    std::uint64_t given_up_ = 0;
    std::size_t next_;
    int tries_left_;
    bool retry_elsewhere_;
    std::error_code error_;
};

}  // namespace dragline::dns::detail
