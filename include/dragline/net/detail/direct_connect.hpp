// A connection without proxies, opened without a coroutine, which would cost as much as the rest.
#pragma once

#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/net/connected.hpp>
#include <dragline/net/detail/connecting.hpp>
#include <dragline/net/detail/securing.hpp>
#include <dragline/net/detail/stream_layer.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace dragline::inline v1::net::detail {

// Holds its owner, as connect_owner says, and is held by what it waits for.
class direct_connect final : public connecting {
public:
    direct_connect(async::loop_state& loop, const connect_request& request, connect_trace& trace,
                   async::interrupter& ending, std::shared_ptr<connect_owner> owner)
        : connecting(loop, request, trace, ending, purpose::dial), owner_(std::move(owner)) {}
    ~direct_connect() override { end(); }  // while there is the owner's request

private:
    using pointer = std::shared_ptr<direct_connect>;

    class handshake_read final : public pending_read {
    public:
        explicit handshake_read(pointer owner) : owner_(std::move(owner)) {}
        void received(std::unique_ptr<pending_read> self, result<std::size_t> size) override;

    private:
        pointer owner_;
    };

    void over(std::error_code ec) override;
    void shake_hands(std::unique_ptr<pending_read> read);
    void shaken(std::error_code ec);
    void tell(std::error_code ec);
    pointer self() { return std::static_pointer_cast<direct_connect>(shared_from_this()); }

    std::shared_ptr<connect_owner> owner_;
    net::connected made_;
    std::optional<securing> tls_;  // until its handshake is over
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/direct_connect.ipp>
