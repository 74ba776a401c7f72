// A whole request on an exchange, as a fetch sends it.
#pragma once

#include <dragline/http/exchange.hpp>

#include <asio/awaitable.hpp>

#include <utility>

namespace dragline::test {

inline asio::awaitable<result<void>> send_request(http::exchange& to, http::request_view request) {
    const auto gone = to.begin_request(request);
    if (!gone || *gone) co_return gone.error();
    auto sending = to.send_request({});
    co_return co_await std::move(sending);
}

}  // namespace dragline::test
