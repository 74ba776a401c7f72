// The receiving side of a stream: whole reads over what arrives in pieces. A read that fails takes nothing.
#pragma once

#include <dragline/net/detail/byte_queue.hpp>
#include <dragline/net/detail/end_search.hpp>
#include <dragline/net/detail/stream_core.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::net::detail {

/// Where the streams of a loop receive what they don't know the size of: none of them needs a buffer of its
/// own while it waits.
class receive_space final : public async::loop_object {
public:
    explicit receive_space(async::loop_state&) {}
    void shutdown() noexcept override {}

    std::array<char, 16 * 1024> bytes;
};

/// What a read takes whose extent neither a size nor a delimiter tells: a frame.
class unit_reader {
public:
    virtual ~unit_reader() = default;

    /// How many of the bytes it has taken; 0: more are needed. Errors end the read, and take nothing.
    virtual result<std::size_t> take(std::string_view bytes) = 0;

    std::size_t needed = 0;  ///< Bytes, as far as it knows.
};

/// What a read into the caller's buffer is to do.
struct read_wish {
    asio::mutable_buffer into;
    async::duration timeout = async::no_limit;
    std::size_t most = no_size_limit;
    bool exact = false;  // to the end of the buffer

    std::error_code refusal() const noexcept;
};

class stream_reader {
public:
    using pointer = std::shared_ptr<stream_reader>;

    explicit stream_reader(stream_core& core) noexcept : core_(core) {}

    // One at a time, else errc::busy.
    static asio::awaitable<result<std::size_t>> read(pointer self, read_wish wish);
    static asio::awaitable<result<std::string>> read_text(pointer self, std::size_t size, stream_limit limit);
    static asio::awaitable<result<std::string>> read_until(pointer self, end_search search,
                                                           stream_limit limit);
    static asio::awaitable<result<std::string>> read_to_end(pointer self, stream_limit limit);
    /// `unit` must stay; of the limit, the times count.
    static asio::awaitable<result<void>> read_unit(pointer self, unit_reader& unit, stream_limit limit);

    // The same in steps, for who has the turn. All but would_block ends the read.
    result<std::size_t> begin(buffer_read& read, const read_wish& wish);
    result<std::size_t> go_on(buffer_read& read, result<std::size_t> received);

    stream_core& core() noexcept { return core_; }
    /// Whether a read may wait in its layer, without a coroutine. Threads: any.
    bool waits_in_layer() const noexcept {
        return core_.loop.runs_here() && core_.layer->has_pending_reads();
    }
    bool has_ended() const noexcept { return static_cast<bool>(end_); }

    read_wish wish(asio::mutable_buffer into, const read_options& given, bool exact) const noexcept;
    /// Of a read whose end the peer decides; others have a limit only where the caller sets one.
    stream_limit open_limit(const read_options& given) const noexcept;
    stream_limit exact_limit(const read_options& given) const noexcept;

    /// What was received and not read.
    byte_queue& unread() noexcept { return unread_; }
    /// What the last read that met the end wanted to have; 0 where it did not know.
    std::size_t expected() const noexcept { return expected_; }
    bool& reading() noexcept { return core_.reading; }

    /// What is there without waiting, into unread().
    result<std::size_t> try_fill();

private:
    using bound = stream_core::bound;

    // Where a read is in its waits; the deadline is made for the first.
    struct waiting {
        const stream_limit limit;
        std::optional<bound> bounds;
    };

    asio::awaitable<result<void>> wait(waiting& state);
    result<std::size_t> try_read(asio::mutable_buffer into);
    std::error_code note_end(std::error_code ec) noexcept;
    std::error_code ended(std::error_code ec, std::size_t have, std::size_t expected) noexcept;

    stream_core& core_;
    byte_queue unread_;
    std::error_code end_;  // how the stream ended, for good
    std::size_t expected_ = 0;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/stream_reader.ipp>
