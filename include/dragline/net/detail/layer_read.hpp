// A pending_read for who has a layer and no stream.
#pragma once

#include <dragline/net/detail/stream_layer.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace dragline::inline v1::net::detail {

/// `handler` is called with a result<size_t>, on the loop.
template <class Handler>
class layer_read final : public pending_read {
public:
    explicit layer_read(Handler handler) : handler_(std::move(handler)) {}

    void received(std::unique_ptr<pending_read> self, result<std::size_t> size) override {
        auto last = std::move(handler_);
        self.reset();
        std::move(last)(size);
    }
    void listen(stream_layer& layer) { pending_read::listen(handler_, layer); }

private:
    Handler handler_;
};

}  // namespace dragline::net::detail
