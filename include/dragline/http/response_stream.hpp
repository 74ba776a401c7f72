// A response whose body is read in pieces, as fast as its reader wants it. Made by open_url().
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/http/detail/open_response.hpp>
#include <dragline/http/response.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/buffer.hpp>
#include <asio/system_executor.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http {

/// The head of a response, and its body, decoded, still to be read. Also an Asio AsyncReadStream.
///
/// Nothing is received but what is asked for. The connection goes back to the session when the body has been
/// read to its end; with this object, an error or the session it is closed. One read at a time, each bounded
/// by read_timeout(), or by timeout() where that has no limit. max_body() and on_limit() hold as for
/// fetch_url(). After an error every further read gives the same; a cancelled read_some() may be repeated,
/// unless the body of the request was still on its way: that ends the response.
/// Threads: moving, destroying and starting operations may be done on any thread, but not at once; other
/// members belong to the loop's. May outlive its loop: then nothing is left to read. One that holds no
/// response, or was moved from, reads asio::error::not_connected.
class response_stream : public response_record {
public:
    using executor_type = asio::any_io_executor;

    response_stream() {}
    response_stream(response_record record, std::shared_ptr<detail::open_response> body) noexcept
        : response_record(std::move(record)), body_(std::move(body)) {}
    response_stream(response_stream&&) = default;
    response_stream& operator=(response_stream&& other) noexcept;
    ~response_stream() { detail::open_response::abandon(std::move(body_)); }

    executor_type get_executor() const noexcept {
        return body_ ? body_->executor() : executor_type(asio::system_executor());
    }

    /// Reads at least one byte: void(error_code, size_t).
    ///
    /// Errors: asio::error::eof at the end; errc::body_too_large; those of codec, h1, tls and of sockets;
    /// make_timeout(phase::read); errc::read_under_way. Cancel: any type; nothing is lost.
    template <class Token = default_token>
    auto read_some(asio::mutable_buffer into, Token&& token = {}) {
        return async::initiate<std::size_t>(get_executor(), &detail::open_response::read_some,
                                            std::forward<Token>(token), body_, into);
    }

    /// As read_some(), for Asio's own algorithms: into the first buffer that is not empty.
    template <class MutableBufferSequence, class Token = default_token>
    auto async_read_some(const MutableBufferSequence& buffers, Token&& token = {}) {
        asio::mutable_buffer into;
        for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers); ++at) {
            if (into.size() == 0) into = *at;
        }
        return read_some(into, std::forward<Token>(token));
    }

    /// Reads the rest: void(error_code, std::string). Cancel: any type; closes the connection.
    template <class Token = default_token>
    requires(!std::integral<std::remove_cvref_t<Token>>) auto read_all(Token&& token = {}) {
        return read_all(~std::uint64_t{0}, std::forward<Token>(token));
    }

    /// As above, but of no more than `limit` bytes: what happens then says on_limit().
    template <class Token = default_token>
    auto read_all(std::uint64_t limit, Token&& token = {}) {
        return async::initiate<std::string>(get_executor(), &detail::open_response::read_all,
                                            std::forward<Token>(token), body_, limit);
    }

    /// Gives each piece to `sink`, to the end or until it returns false: void(error_code, uint64_t), the
    /// bytes that it got.
    ///
    /// A sink takes a std::string_view and returns void, bool or an awaitable of either; the next piece is
    /// read when it has returned. What it throws is the caller's, and leaves the rest to be read.
    /// Cancel: any type; nothing is lost but what the sink makes of it.
    template <detail::body_sink_like Sink, class Token = default_token>
    auto read_to(Sink&& sink, Token&& token = {}) {
        return async::initiate<std::uint64_t>(get_executor(), &detail::open_response::read_to,
                                              std::forward<Token>(token), body_,
                                              detail::body_sink::of(std::forward<Sink>(sink)));
    }

    /// Closes the connection, unless the body has ended: a read under way ends with operation_aborted.
    void close() noexcept {
        if (body_) body_->close();
    }

    /// Whether there may be more to read.
    bool is_open() const noexcept { return body_ && !body_->ended(); }

    /// The body was cut at max_body.
    bool truncated() const noexcept { return body_ && body_->truncated(); }

    /// Throws std::system_error(errc::bad_status) when the status is 400 or more.
    const response_stream& raise_for_status() const { return throw_bad_status(), *this; }

private:
    std::shared_ptr<detail::open_response> body_;
};

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::response_stream;
}

#include <dragline/http/impl/response_stream.ipp>
