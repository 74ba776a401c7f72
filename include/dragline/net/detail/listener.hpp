// Accepts the connections of one loop, and keeps the list of them.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/deadline.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/net/detail/listening_socket.hpp>
#include <dragline/net/detail/server_connection.hpp>
#include <dragline/net/detail/server_state.hpp>

#include <chrono>
#include <memory>
#include <system_error>
#include <vector>

namespace dragline::inline v1::net::detail {

// Threads: its loop's, after the constructor. Kept by its loop until it is closed and has no connections.
class listener final : public accepting,
                       public connection_owner,
                       public std::enable_shared_from_this<listener> {
public:
    listener(async::loop_state& loop, listening_socket socket, std::shared_ptr<server_state> server);
    ~listener() override { let_go(); }

    void start();
    void let_go() noexcept;  // the loop ends

    void resume() override;
    void close() noexcept override;
    void cancel_connections() override;

    server_state& server() const noexcept override { return *server_; }
    async::loop_state& loop() const noexcept override { return loop_; }
    void connection_begins(server_connection& begun) noexcept override;
    void connection_ended(server_connection& ended) noexcept override;

private:
    static constexpr int batch = 64;  // then others of the loop have their turn
    static constexpr async::duration shortest_pause = std::chrono::milliseconds(100);
    static constexpr async::duration longest_pause = std::chrono::seconds(1);

    void watch();
    void accept_some();
    void accept_failed(std::error_code ec);
    void wait_for_place();
    void pause(async::time_point until);
    static void pause_over(void* self) noexcept;
    void admit(stream_socket socket, const stream_place& remote);

    async::loop_state& loop_;
    listening_socket socket_;
    std::shared_ptr<server_state> server_;
    connection_list connections_;
    async::deadline pause_{&pause_over, this};
    async::duration next_pause_ = shortest_pause;
    bool watching_ = false;
    bool at_cap_ = false;
    bool starving_ = false;  // of descriptors or memory
    bool closed_ = false;
    bool counted_ = true;  // as a part of the server
};

// The listeners of one loop, which end with it.
class loop_listeners : public async::loop_object {
public:
    explicit loop_listeners(async::loop_state&) {}
    void shutdown() noexcept override;

    void add(std::shared_ptr<listener> added) { kept_.push_back(std::move(added)); }
    void remove(const listener& gone) noexcept;

private:
    std::vector<std::shared_ptr<listener>> kept_;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/listener.ipp>
