// Included by <dragline/testing/sockets.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/io_context.hpp>

#include <chrono>
#include <list>
#include <optional>
#include <system_error>

namespace dragline::inline v1::testing {

struct dead_port::sockets {
    asio::io_context context{1};
    asio::ip::tcp::socket bound{context};
};

DRAGLINE_DECL dead_port::dead_port(const asio::ip::address& where) : sockets_(std::make_unique<sockets>()) {
    const asio::ip::tcp::endpoint wanted(where, 0);
    sockets_->bound.open(wanted.protocol());
    sockets_->bound.bind(wanted);
    endpoint_ = sockets_->bound.local_endpoint();
}

DRAGLINE_DECL dead_port::~dead_port() = default;

struct black_hole::sockets {
    asio::io_context context{1};
    asio::ip::tcp::acceptor listener{context};
    std::list<asio::ip::tcp::socket> fillers;

    // Opens one more connection; false when it hangs.
    bool fill(const asio::ip::tcp::endpoint& where) {
        std::optional<std::error_code> outcome;
        fillers.emplace_back(context).async_connect(where, [&](std::error_code ec) { outcome = ec; });
        context.restart();
        context.run_for(std::chrono::milliseconds(100));
        if (outcome && *outcome) throw std::system_error(*outcome, "black_hole");
        return outcome.has_value();
    }
};

DRAGLINE_DECL black_hole::black_hole(const asio::ip::address& where) : sockets_(std::make_unique<sockets>()) {
    constexpr int most_fillers = 256;  // systems round the queue up, Linux from 0 to 1
    const asio::ip::tcp::endpoint wanted(where, 0);
    sockets_->listener.open(wanted.protocol());
    sockets_->listener.bind(wanted);
    sockets_->listener.listen(0);
    endpoint_ = sockets_->listener.local_endpoint();
    int count = 0;
    while (sockets_->fill(endpoint_)) {
        if (++count == most_fillers) {
            throw std::system_error(std::make_error_code(std::errc::not_supported),
                                    "black_hole: the listener keeps taking connections");
        }
    }
}

DRAGLINE_DECL black_hole::~black_hole() = default;

}  // namespace dragline::testing

#endif
