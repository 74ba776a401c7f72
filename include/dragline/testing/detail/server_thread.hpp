// The thread and event loop of one scripted server.
#pragma once

#include <dragline/core/features.hpp>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <thread>

namespace dragline::inline v1::testing::detail {

// The last member of whatever its coroutines refer to: it is destroyed first, and with it every suspended
// coroutine.
class server_thread {
public:
    server_thread() : work_(context_.get_executor()), thread_([this] { context_.run(); }) {}
    ~server_thread() {
        context_.stop();
        thread_.join();
    }
    server_thread(const server_thread&) = delete;
    server_thread& operator=(const server_thread&) = delete;

    asio::io_context& context() noexcept { return context_; }

private:
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::thread thread_;
};

}  // namespace dragline::testing::detail
