// What an http_server holds, and its coroutines that accept connections and converse on them.
#pragma once

#include <dragline/testing/detail/http_conversation.hpp>
#include <dragline/testing/detail/http_routes.hpp>
#include <dragline/testing/detail/server_thread.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/options.hpp>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::testing::detail {

class http_server_state {
public:
    http_routes routes;
    http_log log;

    asio::ip::tcp::endpoint listen(const asio::ip::tcp::endpoint& where,
                                   const tls::server_options* certificate);

    // The first place, and whether it speaks TLS.
    std::pair<asio::ip::tcp::endpoint, bool> first_place() const;

    void set_certificate(std::string_view server_name, const tls::server_options& certificate);
    tls::context certificate_for(std::string_view server_name) const;

    void fail_connections(std::size_t count, ending how);
    ending next_connection();

private:
    struct listener;
    asio::awaitable<void> accept_all(std::shared_ptr<listener> from);
    asio::awaitable<void> serve(asio::ip::tcp::socket socket, tls::context context);

    mutable std::mutex mutex_;
    std::vector<std::pair<asio::ip::tcp::endpoint, bool>> places_;
    std::map<std::string, tls::context, std::less<>> certificates_;
    std::size_t failing_connections_ = 0;
    ending failure_ = ending::keep;
    server_thread thread_;  // last: its coroutines use what stands above
};

}  // namespace dragline::testing::detail

#include <dragline/testing/detail/impl/http_server_state.ipp>
