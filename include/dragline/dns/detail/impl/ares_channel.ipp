// Included by <dragline/dns/detail/ares_channel.hpp> only.
#pragma once

#include <dragline/core/platform/sockets.hpp>
#include <dragline/dns/detail/ares_error.hpp>
#include <dragline/dns/detail/ares_release.hpp>
#include <dragline/dns/detail/query_writer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <ares.h>

#include <asio/error.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>

// From 1.28 on c-ares calls deprecated what 1.18 has as its only way: ares_send(), ares_set_servers_ports().
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

namespace dragline::inline v1::dns::detail {

inline constexpr std::chrono::milliseconds ares_tick{50};

// Longer than anybody waits for one try: the caller's deadlines are kept by the resolver, not by c-ares.
inline constexpr std::chrono::milliseconds ares_patience{5000};

// What c-ares takes at most over UDP where EDNS is used; queries say themselves what they take.
inline constexpr int ares_udp_size = 4096;

inline constexpr int ares_receive_buffer = 4 << 20;  // one UDP socket may take every answer

DRAGLINE_DECL ares_channel::ares_channel(async::loop_state& loop, const server& where, channel_mode mode)
    : loop_(loop), ids_(loop.random()), tick_(&on_tick, this), made_at_(loop.now()) {
    open(where, mode);
}

DRAGLINE_DECL ares_channel::~ares_channel() { shutdown(); }

DRAGLINE_DECL void ares_channel::open(const server& where, channel_mode mode) {
    static const int library = ares_library_init(ARES_LIB_INIT_ALL);
    char no_hosts_file[] = "b";  // our own is parsed once; c-ares would read it at every look-up
    ares_options options;
    std::memset(&options, 0, sizeof options);
    // No STAYOPEN: an idle channel closes its socket, so the next query comes from another port (RFC
    // 5452, 9.2). NOCHECKRESP: SERVFAIL and REFUSED are answers; what to do about them is decided above.
    options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
    if (mode.edns) options.flags |= ARES_FLAG_EDNS;
    if (mode.tcp) options.flags |= ARES_FLAG_USEVC;
#if defined(ARES_FLAG_DNS0x20)
    if (mode.mixed_case) options.flags |= ARES_FLAG_DNS0x20;
#endif
    options.timeout = static_cast<int>(ares_patience.count());
    options.tries = ares_tries();
    options.ndots = 1;
    options.lookups = no_hosts_file;
    options.ednspsz = ares_udp_size;
    options.socket_receive_buffer_size = ares_receive_buffer;
    options.sock_state_cb_data = this;
    options.sock_state_cb = [](void* context, ares_socket_t handle, int readable, int writable) {
        on_socket_state(context, handle, readable, writable);
    };
    in_addr anywhere;
    std::memset(&anywhere, 0, sizeof anywhere);
    options.servers = &anywhere;  // replaced below; with this and no domains c-ares need not read resolv.conf
    options.nservers = 1;
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS | ARES_OPT_LOOKUPS |
               ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_RCVBUF | ARES_OPT_SOCK_STATE_CB | ARES_OPT_SERVERS |
               ARES_OPT_DOMAINS | ARES_OPT_SORTLIST;
#if defined(ARES_OPT_QUERY_CACHE)
    options.qcache_max_ttl = 0;
    mask |= ARES_OPT_QUERY_CACHE;
#endif
#if defined(ARES_OPT_UDP_MAX_QUERIES)
    // Newer releases end all queries of a socket at one malformed answer. Also harder to forge.
    options.udp_max_queries = 1;
    mask |= ARES_OPT_UDP_MAX_QUERIES;
#endif
#if defined(ARES_OPT_MAXTIMEOUTMS)
    options.maxtimeout = static_cast<int>(ares_patience.count());
    mask |= ARES_OPT_MAXTIMEOUTMS;
#endif
    if (library != ARES_SUCCESS) throw std::system_error(error_of_ares(library));
    if (const int status = ares_init_options(&channel_, &options, mask))
        throw std::system_error(error_of_ares(status));

    ares_addr_port_node node;
    std::memset(&node, 0, sizeof node);
    node.udp_port = node.tcp_port = where.port();
    if (where.address().is_v4()) {
        node.family = AF_INET;
        const auto bytes = where.address().to_v4().to_bytes();
        std::memcpy(&node.addr.addr4, bytes.data(), bytes.size());
    } else {
        node.family = AF_INET6;
        const auto bytes = where.address().to_v6().to_bytes();
        std::memcpy(&node.addr.addr6, bytes.data(), bytes.size());
    }
    if (const int status = ares_set_servers_ports(channel_, &node)) {
        shutdown();
        throw std::system_error(error_of_ares(status));
    }
    if (platform::socket_calls && !ares_rewrites_messages())
        own_sockets_.emplace(channel_, static_cast<const asked_questions&>(*this), ares_receive_buffer);
}

DRAGLINE_DECL void ares_channel::shutdown() noexcept {
    running_ = false;
    tick_.disarm();
    outcomes_.clear();
    replies_.clear();
    // What c-ares has outstanding calls back now, and finds channel_ empty.
    if (auto* channel = std::exchange(channel_, nullptr)) ares_destroy(channel);
}

DRAGLINE_DECL void ares_channel::ask(const question& asked, const query_form& form,
                                     std::shared_ptr<reply_sink> sink, std::size_t tag) {
    if (!channel_) return;
    ++asked_;
    query_.clear();
    const auto id = ids_.take();
    if (const auto ec = wire::append_query(id, asked, form, query_)) {
        outcomes_.push_back(outcome{std::move(sink), tag, ec, 0, 0});
        return ids_.give_back(id), deliver_later();
    }
    auto& query = pending_.emplace_back(pending{this, std::move(sink), tag, id, {}});
    query.at = std::prev(pending_.end());
    if (own_sockets_) {
        const auto question = byte_view(query_).first(question_end(query_)).subspan(query_header_size);
        query.question.assign(question.begin(), question.end());
    }
    // May call back before it returns.
    ares_send(channel_, query_.data(), static_cast<int>(query_.size()), on_answer, &query);
    if (!outcomes_.empty()) deliver_later();
    if (running_) {
        watch_all();
        keep_ticking();
    }
}

// The type of `reply` is const in one release of c-ares only.
template <class Byte>
void ares_channel::on_answer(void* context, int status, int, Byte* reply, int size) {
    auto& query = *static_cast<pending*>(context);
    auto& channel = *query.channel;
    channel.answered(query, status,
                     reply && size > 0 ? byte_view(reply, static_cast<std::size_t>(size)) : byte_view());
    channel.ids_.give_back(query.id);
    channel.pending_.erase(query.at);
}

// The oldest is asked first: replies come about in the order of the queries.
DRAGLINE_DECL byte_view ares_channel::question_of(std::uint16_t id) const noexcept {
    const auto found =
        std::find_if(pending_.begin(), pending_.end(), [id](const pending& query) { return query.id == id; });
    return found == pending_.end() ? byte_view() : byte_view(found->question);
}

DRAGLINE_DECL void ares_channel::answered(pending& query, int status, byte_view reply) noexcept {
    if (!channel_) return;
    if (status == ARES_ECONNREFUSED) was_unreachable_ = true;
    try {
        // With a message at hand the status is c-ares' reading of it, and ours is taken instead.
        const auto error = reply.empty() ? error_of_ares(status) : std::error_code();
        replies_.insert(replies_.end(), reply.begin(), reply.end());
        outcomes_.push_back(
            outcome{std::move(query.sink), query.tag, error, replies_.size() - reply.size(), reply.size()});
    } catch (...) {  // out of memory: no exception may pass through c-ares, and the try will time out
    }
}

template <class Handle>
void ares_channel::on_socket_state(void* context, Handle handle, int readable, int writable) {
    static_cast<ares_channel*>(context)->socket_changed(handle, readable != 0, writable != 0);
}

DRAGLINE_DECL void ares_channel::socket_changed(socket_handle handle, bool readable, bool writable) noexcept {
    std::error_code ignored;
    if (!readable && !writable) {  // c-ares closes it right after this
        const auto found = sockets_.find(handle);
        if (found == sockets_.end()) return;
        found->second->open = false;
        found->second->socket.release(ignored);
        sockets_.erase(found);
        return;
    }
    auto& entry = sockets_[handle];
    if (!entry) {
        entry = std::make_shared<watched>(loop_.executor());
        entry->socket.assign(asio::ip::udp::v4(), handle, ignored);
    }
    entry->want[0] = readable;
    entry->want[1] = writable;
    // Not armed here: ask() and process() do that once c-ares has returned.
}

DRAGLINE_DECL void ares_channel::watch_all() {
    for (const auto& [handle, entry] : sockets_) {
        watch(handle, entry, 0);
        watch(handle, entry, 1);
    }
}

DRAGLINE_DECL void ares_channel::watch(socket_handle handle, const std::shared_ptr<watched>& entry,
                                       int direction) {
    if (!entry->want[direction] || entry->armed[direction]) return;
    entry->armed[direction] = true;
    entry->socket.async_wait(
        direction == 0 ? asio::ip::udp::socket::wait_read : asio::ip::udp::socket::wait_write,
        [weak = weak_from_this(), entry, handle, direction](std::error_code ec) {
            entry->armed[direction] = false;
            const auto self = weak.lock();
            if (!self || !entry->open) return;
            constexpr auto none = static_cast<socket_handle>(ARES_SOCKET_BAD);
            if (!ec) self->process(direction == 0 ? handle : none, direction == 0 ? none : handle);
            if (self->running_) self->watch_all();  // also after a pause that a resume overtook
        });
}

DRAGLINE_DECL void ares_channel::process(socket_handle readable, socket_handle writable) {
    if (!channel_) return;
    do {
        ares_process_fd(channel_, static_cast<ares_socket_t>(readable), static_cast<ares_socket_t>(writable));
    } while (own_sockets_ && own_sockets_->take_progress() && sockets_.contains(readable));
    deliver();
}

// c-ares' own timeouts and repetitions. ares_timeout() walks every query in 1.18, so it is not asked when.
DRAGLINE_DECL void ares_channel::keep_ticking() {
    if (tick_.armed() || pending_.empty()) return;
    loop_.deadlines().arm(tick_, loop_.now() + ares_tick);
}

DRAGLINE_DECL void ares_channel::on_tick(void* context) noexcept {
    const auto self = static_cast<ares_channel*>(context)->shared_from_this();
    if (!self->channel_ || !self->running_) return;
    ares_process_fd(self->channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    if (!self->outcomes_.empty()) self->deliver_later();
    self->watch_all();
    self->keep_ticking();
}

DRAGLINE_DECL void ares_channel::deliver() {
    auto outcomes = std::exchange(outcomes_, {});
    auto replies = std::exchange(replies_, {});
    for (auto& each : outcomes) {
        const auto reply = byte_view(replies).subspan(each.offset, each.size);
        if (each.error) {
            each.sink->on_reply(each.tag, each.error);
        } else if (!each.sink->on_reply_bytes(each.tag, reply)) {
            each.sink->on_reply(each.tag, wire::decode_message(reply));
        }
    }
    if (outcomes_.empty() && channel_) {  // keep the memory for the next ones
        outcomes.clear();
        outcomes_ = std::move(outcomes);
        replies.clear();
        replies_ = std::move(replies);
    }
}

DRAGLINE_DECL void ares_channel::deliver_later() {
    if (std::exchange(delivery_posted_, true)) return;
    asio::post(loop_.executor(), [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        self->delivery_posted_ = false;
        self->deliver();
    });
}

DRAGLINE_DECL void ares_channel::resume() {
    if (!channel_) return;
    running_ = true;
    watch_all();
    keep_ticking();
}

DRAGLINE_DECL void ares_channel::pause() noexcept {
    running_ = false;
    tick_.disarm();
    std::error_code ignored;
    for (const auto& [handle, entry] : sockets_) entry->socket.cancel(ignored);
}

}  // namespace dragline::dns::detail

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#endif
