// Puts reads off until the others of their loop have had their turn.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/net/detail/stream_layer.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace dragline::inline v1::net::detail {

/// Those of one loop, which begin in one go.
class later_reads final : public async::loop_object {
public:
    explicit later_reads(async::loop_state& loop) noexcept : loop_(loop) {}
    void shutdown() noexcept override;

    /// Calls layer.begin_read(operation) soon. The operation keeps its layer.
    void add(stream_layer& layer, std::unique_ptr<pending_read> operation);

private:
    struct entry {
        stream_layer* layer;
        std::unique_ptr<pending_read> operation;
    };
    void begin_all();
    void post();

    async::loop_state& loop_;
    std::vector<entry> waiting_;
    std::vector<entry> beginning_;  // empty, but for begin_all()
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/later_reads.ipp>
