// One connection of a server, from accept to the end of its handler.
#pragma once

#include <dragline/async/deadline.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/detail/listening_socket.hpp>
#include <dragline/net/detail/server_state.hpp>
#include <dragline/net/detail/socket_layer.hpp>
#include <dragline/net/stream.hpp>

#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <vector>

namespace dragline::inline v1::net::detail {

class server_connection;

/// The listener, as its connections see it.
class connection_owner {
public:
    virtual ~connection_owner() = default;
    virtual server_state& server() const noexcept = 0;
    virtual async::loop_state& loop() const noexcept = 0;
    virtual void connection_begins(server_connection& begun) noexcept = 0;
    virtual void connection_ended(server_connection& ended) noexcept = 0;
};

// Kept by its coroutine's outermost frame. There may be many: keep it small.
class server_connection : public std::enable_shared_from_this<server_connection> {
public:
    server_connection(std::shared_ptr<connection_owner> owner, stream_socket socket,
                      const stream_place& remote);
    ~server_connection();

    static void start(const std::shared_ptr<server_connection>& self);

    /// The coroutine is cancelled or the plain handler asked to stop, and the stream closed.
    void cancel() noexcept;
    void let_go() noexcept;  // the loop ends

    server_connection* previous = nullptr;
    server_connection* next = nullptr;

private:
    struct pool_visit;
    struct handler_end;
    struct rarity;  // what most connections have none of
    using layer_pointer = std::shared_ptr<stream_layer>;

    static asio::awaitable<void> serve(std::shared_ptr<server_connection> self,
                                       std::optional<tls::context> context);
    static asio::awaitable<void> visit_pool(std::shared_ptr<server_connection> self, layer_pointer layer);
    stream open_stream(layer_pointer layer) const;
    rarity& rare();
    pool_visit* visit() const noexcept;
    static void expired(void* self) noexcept;
    void ended(std::exception_ptr thrown) noexcept;
    void finish() noexcept;
    void report(std::exception_ptr failure) noexcept;

    std::shared_ptr<connection_owner> owner_;
    socket_layer socket_;  // the streams that use it keep this object
    asio::cancellation_signal signal_;
    std::unique_ptr<rarity> rare_;  // made when there is something of it
    bool cancelled_ = false;
    bool timed_out_ = false;
    bool finished_ = false;
};

/// The connections of one listener: they stand here while their handlers run.
struct connection_list {
    server_connection* first = nullptr;
    void add(server_connection& added) noexcept;
    void remove(server_connection& gone) noexcept;
    std::vector<std::shared_ptr<server_connection>> all() const;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/server_connection.ipp>
