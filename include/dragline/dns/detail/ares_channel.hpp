// One c-ares channel to one server, driven by one loop: no thread, no cache, no hosts file, no search list.
// Queries are written here, c-ares carries them.
#pragma once

#include <dragline/async/deadline.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/dns/detail/ares_sockets.hpp>
#include <dragline/dns/detail/query_ids.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/dns/transport.hpp>
#include <dragline/dns/wire/query_form.hpp>

#include <asio/ip/udp.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <system_error>
#include <unordered_map>
#include <vector>

struct ares_channeldata;

namespace dragline::inline v1::dns::detail {

// What of a query's form is a matter of the whole channel for c-ares.
struct channel_mode {
    bool tcp = false;
    bool edns = true;
    bool mixed_case = false;

    static channel_mode of(const query_form& form) noexcept {
        return {form.tcp, form.udp_size != 0, form.mixed_case};
    }
    bool operator==(const channel_mode&) const = default;
};

// c-ares' callbacks only store what they are told. Whoever called into c-ares delivers it afterwards, so no
// other code ever runs below c-ares, which may then ask again or destroy the channel. Socket handlers hold
// the channel while they run, and a weak reference while they wait.
class ares_channel final : public std::enable_shared_from_this<ares_channel>, private asked_questions {
public:
    ares_channel(async::loop_state& loop, const server& where, channel_mode mode);
    ~ares_channel();
    ares_channel(const ares_channel&) = delete;
    ares_channel& operator=(const ares_channel&) = delete;

    void ask(const question& asked, const query_form& form, std::shared_ptr<reply_sink> sink,
             std::size_t tag);

    // Between resume() and pause() there is work that keeps the loop running. Queries and sockets outlast a
    // pause.
    void resume();
    void pause() noexcept;
    void shutdown() noexcept;

    async::time_point made_at() const noexcept { return made_at_; }
    std::size_t asked() const noexcept { return asked_; }
    std::size_t outstanding() const noexcept { return pending_.size(); }
    bool was_unreachable() const noexcept { return was_unreachable_; }

private:
    // Any handle of a socket will do: asio only waits on it, and c-ares reads and writes.
    struct watched {
        asio::ip::udp::socket socket;
        bool open = true;  // a handler on its way must not touch the next socket that gets the same number
        bool want[2] = {false, false};  // read, write
        bool armed[2] = {false, false};
        explicit watched(const asio::any_io_executor& loop) : socket(loop) {}
    };
    struct pending {
        ares_channel* channel;
        std::shared_ptr<reply_sink> sink;
        std::size_t tag;
        std::uint16_t id;
        std::vector<std::uint8_t> question;  // where it may be needed, see ares_sockets
        std::list<pending>::iterator at{};
    };
    struct outcome {
        std::shared_ptr<reply_sink> sink;
        std::size_t tag;
        std::error_code error;   // or a reply:
        std::size_t offset = 0;  // where it begins in replies_
        std::size_t size = 0;
    };
    using socket_handle = asio::ip::udp::socket::native_handle_type;

    void open(const server& where, channel_mode mode);
    template <class Byte>
    static void on_answer(void* context, int status, int timeouts, Byte* reply, int size);
    template <class Handle>
    static void on_socket_state(void* context, Handle handle, int readable, int writable);
    static void on_tick(void* context) noexcept;

    byte_view question_of(std::uint16_t id) const noexcept override;
    void answered(pending& query, int status, byte_view reply) noexcept;
    void socket_changed(socket_handle handle, bool readable, bool writable) noexcept;
    void watch_all();
    void watch(socket_handle handle, const std::shared_ptr<watched>& entry, int direction);
    void process(socket_handle readable, socket_handle writable);
    void keep_ticking();
    void deliver();
    void deliver_later();

    async::loop_state& loop_;
    ares_channeldata* channel_ = nullptr;
    std::optional<ares_sockets> own_sockets_;
    std::unordered_map<socket_handle, std::shared_ptr<watched>> sockets_;
    std::list<pending> pending_;  // each is called back once, at the latest when c-ares' channel is destroyed
    std::vector<outcome> outcomes_;
    std::vector<std::uint8_t> replies_;
    std::vector<std::uint8_t> query_;
    query_ids ids_;
    async::deadline tick_;
    async::time_point made_at_;
    std::size_t asked_ = 0;
    bool running_ = false;
    bool delivery_posted_ = false;
    bool was_unreachable_ = false;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/ares_channel.ipp>
