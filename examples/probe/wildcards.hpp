// Asks about each domain once, however many hosts it has. Start with wildcards::check().
#pragma once

#include "as_values.hpp"
#include "report.hpp"

#include <dragline/dns/resolve.hpp>
#include <dragline/http/session.hpp>

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace probe {

struct wildcard_answer {
    wildcard_verdict verdict = wildcard_verdict::unknown;
    std::error_code error;
};

class wildcards {
public:
    explicit wildcards(dragline::session session) : session_(std::move(session)) {}

    /// The verdict on `domain`. Who asks while somebody else does waits for that answer.
    asio::awaitable<wildcard_answer> check(std::string domain, dragline::dns::wildcard_options how) {
        auto& slot = known_[domain];
        const bool first = slot == nullptr;
        if (first) slot = std::make_shared<entry>(session_.get_executor());
        const auto mine = slot;
        if (first) {
            auto [error, found] =
                co_await dragline::check_dns_wildcard(session_, domain, std::move(how), as_values());
            mine->answer.error = error;
            if (!error) mine->answer.verdict = found ? wildcard_verdict::yes : wildcard_verdict::no;
            mine->answered = true;
            mine->bell.cancel();  // wakes all who wait
        } else if (!mine->answered) {
            co_await mine->bell.async_wait(as_values());
        }
        co_return mine->answer;
    }

private:
    struct entry {
        explicit entry(const asio::any_io_executor& loop)
            : bell(loop, asio::steady_timer::time_point::max()) {}
        asio::steady_timer bell;
        bool answered = false;
        wildcard_answer answer;
    };

    dragline::session session_;
    std::map<std::string, std::shared_ptr<entry>> known_;
};

}  // namespace probe
