// Which loops of the process have sessions.
#pragma once

#include <dragline/async/loop_gate.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace dragline::inline v1::http::detail {

class loop_sessions;

// What other threads may know of the sessions of one loop.
struct sessions_entry {
    sessions_entry(std::shared_ptr<async::loop_gate> way_in, loop_sessions& owner)
        : gate(std::move(way_in)), sessions(owner) {}
    std::shared_ptr<async::loop_gate> gate;
    loop_sessions& sessions;  // for what is posted through the gate only
    std::atomic<std::size_t> open = 0;
};

class sessions_registry {
public:
    static sessions_registry& instance();
    void add(std::shared_ptr<sessions_entry> entry);
    void remove(const std::shared_ptr<sessions_entry>& entry) noexcept;
    std::vector<std::shared_ptr<sessions_entry>> entries();

private:
    std::mutex mutex_;
    std::vector<std::shared_ptr<sessions_entry>> entries_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/sessions_registry.ipp>
