// One connection to a DNS server, with many queries on their way and answers in any order (RFC 7766, 6.2.1.1;
// RFC 7858, 3.3).
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/bytes.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/transport.hpp>
#include <dragline/dns/wire/message.hpp>
#include <dragline/dns/wire/query_form.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/net/detail/stream_layer.hpp>

#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace dragline::inline v1::net::detail {

// A question on its way to an answer, wherever it stands.
struct dns_errand {
    dns::question asked;
    dns::query_form form;
    std::shared_ptr<dns::reply_sink> sink;
    std::size_t tag = 0;
    async::time_point began;
    bool repeated = false;  // a connection broke before it was answered
};

class dns_connection;

// Who has the connection. May close or drop it inside each of these calls.
class dns_connection_owner {
public:
    virtual void opened() = 0;
    virtual void answered(dns_connection& by) = 0;  // there may be room for more
    virtual void not_opened(dns_connection& gone, std::error_code ec) = 0;
    virtual void broken(dns_connection& gone, std::error_code ec) = 0;

protected:
    ~dns_connection_owner() = default;
};

struct dns_connection_limits {
    std::size_t pipelined = 100;
    std::size_t padding = 128;
    async::duration idle{};
    async::duration write = std::chrono::seconds(5);
};

// A coroutine that waits keeps the loop running, so between pause() and resume() none does: the read under
// way is cancelled, which TLS survives. Coroutines hold the connection.
class dns_connection : public std::enable_shared_from_this<dns_connection> {
public:
    dns_connection(async::loop_state& loop, dns_connection_owner& owner, dns_connection_limits limits);

    void open(connect_request request);

    // Leaves the owner alone from now on.
    void close() noexcept;

    bool is_connecting() const noexcept { return state_ == state::connecting; }
    bool is_closed() const noexcept { return state_ == state::closed; }

    // Ready for one more query.
    bool has_room() const noexcept {
        return state_ == state::open && !retired_ && errands_.size() < limits_.pipelined;
    }
    std::size_t outstanding() const noexcept { return errands_.size(); }

    // Takes no more queries, and is of no use once it has answered those that it has.
    void retire() noexcept { retired_ = true; }
    bool is_retired() const noexcept { return retired_; }
    bool is_spent() const noexcept { return retired_ && errands_.empty(); }

    // Has answered, so that its end may be only that of its time.
    bool is_proven() const noexcept { return proven_; }

    // Owes answers and has said nothing for a while: new queries had better go elsewhere.
    bool is_stuck(async::time_point now) const noexcept;

    // Idle for too long, or ended by the server meanwhile.
    bool is_stale(async::time_point now) noexcept;

    // Takes over `errand` on success. Errors: those of a name that cannot be written.
    std::error_code send(dns_errand& errand);

    // What is not answered, the oldest first.
    std::vector<dns_errand> take_errands();

    // The same, for what began by `until`; answers to it that come later are no surprise.
    std::vector<dns_errand> forget(async::time_point until);

    // Between these there may be coroutines that wait. A pause closes what it cannot leave as it is.
    void resume();
    void pause() noexcept;

private:
    enum class state { connecting, open, closed };
    using self_pointer = std::shared_ptr<dns_connection>;

    static asio::awaitable<void> connect_body(self_pointer self, connect_request request);
    static asio::awaitable<void> read_body(self_pointer self);
    static asio::awaitable<void> write_body(self_pointer self);
    void start_reader();
    void start_writer();
    void ended(const std::exception_ptr& thrown, bool cancelled);

    bool wants_input() const noexcept { return state_ == state::open && running_; }
    bool wants_output() const noexcept { return state_ == state::open && !outgoing_.empty(); }
    std::uint16_t unused_id();
    byte_view make_room();
    void received(std::size_t size);
    void take_answer(byte_view bytes);
    void heed(const dns::wire::message& reply) noexcept;
    void fail(std::error_code ec);

    async::loop_state& loop_;
    dns_connection_owner* owner_;
    dns_connection_limits limits_;
    state state_ = state::connecting;
    bool running_ = true;
    bool retired_ = false;
    bool proven_ = false;
    async::interrupter ending_;  // of connecting
    connect_trace trace_;
    std::shared_ptr<stream_layer> layer_;                    // once it stands
    std::unordered_map<std::uint16_t, dns_errand> errands_;  // by id
    std::size_t forgotten_ = 0;                              // answers that nobody waits for any more
    async::duration idle_limit_;
    async::time_point heard_at_{};  // the last answer, or when there was a first query to answer

    asio::cancellation_signal stop_reading_;
    std::vector<std::uint8_t> input_;
    std::size_t input_size_ = 0;
    bool reader_runs_ = false;
    bool reader_waits_ = false;
    bool reader_stopped_ = false;  // cancelled, and on its way out

    std::vector<std::uint8_t> outgoing_;
    std::vector<std::uint8_t> sending_;
    bool writer_runs_ = false;
    bool writer_waits_ = false;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/dns_connection.ipp>
