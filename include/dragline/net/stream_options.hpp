// How long the operations of a stream may take, and how much they may hold.
#pragma once

#include <dragline/async/clock.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace dragline::inline v1::net {

/// What one read may take; what is not set is that of the stream.
class read_options {
public:
    read_options() {}

    /// The whole read, from its beginning.
    read_options& timeout(async::duration value) { return timeout_ = value, *this; }
    const std::optional<async::duration>& timeout() const noexcept { return timeout_; }

    /// The most bytes that it may return, with what ends them. read_exactly() and read_some() heed only a
    /// limit that is given here.
    read_options& limit(std::size_t bytes) { return limit_ = bytes, *this; }
    const std::optional<std::size_t>& limit() const noexcept { return limit_; }

    /// Whether the text that ends a read_until() or read_line() stands in the result, too.
    read_options& keep_delimiter(bool value) { return keep_delimiter_ = value, *this; }
    bool keep_delimiter() const noexcept { return keep_delimiter_; }

private:
    std::optional<async::duration> timeout_;
    std::optional<std::size_t> limit_;
    bool keep_delimiter_ = false;
};

/// What one write, drain, shutdown or close may take.
class write_options {
public:
    write_options() {}

    /// The whole operation, from its beginning.
    write_options& timeout(async::duration value) { return timeout_ = value, *this; }
    const std::optional<async::duration>& timeout() const noexcept { return timeout_; }

private:
    std::optional<async::duration> timeout_;
};

/// What a read that met the end of the stream had, and what it wanted.
class read_shortfall {
public:
    read_shortfall() {}

    std::string partial;       ///< What arrived; it can still be read.
    std::size_t expected = 0;  ///< Bytes that were asked for; 0 where the read did not know.
};

/// The budgets and limits of one stream. A timeout that is not above zero fails the operations it is for.
class stream_options {
public:
    using duration = async::duration;

    stream_options() {}

    /// Each read; phase::read.
    stream_options& read_timeout(duration value) { return read_timeout_ = value, *this; }
    duration read_timeout() const noexcept { return read_timeout_; }

    /// Each write, drain, shutdown and close, and each portion of what is queued; phase::write.
    stream_options& write_timeout(duration value) { return write_timeout_ = value, *this; }
    duration write_timeout() const noexcept { return write_timeout_; }

    /// The handshake of start_tls(); phase::tls.
    stream_options& tls_timeout(duration value) { return tls_timeout_ = value, *this; }
    duration tls_timeout() const noexcept { return tls_timeout_; }

    /// The whole connection, from when opening it began: whatever waits then ends; phase::total.
    stream_options& total_timeout(duration value) { return total_timeout_ = value, *this; }
    duration total_timeout() const noexcept { return total_timeout_; }

    /// The most bytes that a read returns whose end the peer decides: read_until(), read_line(),
    /// read_to_end().
    stream_options& read_limit(std::size_t bytes) { return read_limit_ = bytes, *this; }
    std::size_t read_limit() const noexcept { return read_limit_; }

    /// drain() waits while more bytes than the high-water mark are queued, until no more than the low one.
    stream_options& high_water(std::size_t bytes) { return high_water_ = bytes, *this; }
    std::size_t high_water() const noexcept { return high_water_; }
    stream_options& low_water(std::size_t bytes) { return low_water_ = bytes, *this; }
    std::size_t low_water() const noexcept { return low_water_; }

    /// The most bytes that may be queued; queue() refuses what would go beyond it.
    stream_options& most_queued(std::size_t bytes) { return most_queued_ = bytes, *this; }
    std::size_t most_queued() const noexcept { return most_queued_; }

private:
    duration read_timeout_ = std::chrono::seconds(60);
    duration write_timeout_ = std::chrono::seconds(60);
    duration tls_timeout_ = std::chrono::seconds(10);
    duration total_timeout_ = async::no_limit;
    std::size_t read_limit_ = 64 * 1024;
    std::size_t high_water_ = 64 * 1024;
    std::size_t low_water_ = 16 * 1024;
    std::size_t most_queued_ = 16 * 1024 * 1024;
};

}  // namespace dragline::net
