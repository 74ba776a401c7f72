// The seam between fetching and a protocol version: one request and its response, the body streamed.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/error.hpp>
#include <dragline/core/result.hpp>
#include <dragline/h1/limits.hpp>
#include <dragline/http/fields.hpp>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::http {

/// Until when one stage may last, and what its timeout is called.
struct stage_limit {
    async::time_point until = async::no_deadline;
    phase where = phase::total;
};

namespace detail {
class body_source;
}

/// A request as an exchange sends it; the views outlive the exchange.
struct request_view {
    std::string_view method;
    std::string_view scheme;
    std::string_view host;  ///< Of the Host field, or :authority.
    std::string_view target;
    const http::fields* fields = nullptr;  ///< Complete but for Host; checked.
    std::string_view body;

    /// A body that is pulled, in place of the other one. The exchange announces its size, or its coding.
    detail::body_source* source = nullptr;

    /// The body waits for the peer to ask for it with 100 (Continue), at most so long; no_limit: for ever.
    std::optional<async::duration> expect_continue;
    int max_interim = 32;  ///< Interim responses while the request is sent.
};

/// A response before its body.
class response_head {
public:
    response_head() {}

    int status = 0;
    int version_minor = 1;
    std::string reason;
    http::fields headers;
    bool has_body = true;  ///< False for HEAD, 204 and 304, whatever the fields say.

    /// How much read_body() will give in all, where that is known.
    std::optional<std::uint64_t> content_length;
};

/// One request and one response on a connection. Calls come in this order, each once, but take_head() and
/// receive() in turn until there is a head, and read_body() until it gives 0.
///
/// Ended by cancelling a call or by destroying the exchange; the connection is then closed, unless
/// it is reusable().
class exchange {
public:
    virtual ~exchange() = default;

    /// Sends as much of head and body as goes without waiting, and says whether that was all: mostly it is.
    virtual result<bool> begin_request(const request_view& request) = 0;

    /// Sends the rest, if there is one. Over early when the peer answers before it has all: with 300 or more
    /// that is the end of the body, else take_head(), read_body() and finish_request() go on with it as long
    /// as the peer takes it.
    ///
    /// The limit is for all of it, what the source and expect_continue wait for included.
    virtual asio::awaitable<result<void>> send_request(stage_limit limit) = 0;

    /// Takes the final head when all of it has come, and says whether; interim ones are counted and dropped.
    /// `received` is what receive() came to since the call before, 0 in the first one.
    virtual result<bool> take_head(response_head& into, int max_interim, result<std::size_t> received) = 0;

    /// Waits for more of a head: how much has come.
    virtual asio::awaitable<result<std::size_t>> receive(stage_limit limit) = 0;

    /// Reads the next bytes of the body, transfer coding undone: at most what `into` holds, 0 at the end.
    virtual asio::awaitable<result<std::size_t>> read_body(asio::mutable_buffer into, stage_limit limit) = 0;

    /// Appends the body when its length was announced and all of it is at hand; else nothing, and is false.
    /// Then read_body() reads it.
    virtual bool take_body(std::string& into) = 0;

    /// Whether some of the request is still to be sent, though the response may have come whole.
    virtual bool sending() const noexcept = 0;

    /// After the body of the response: sends what is left of the request, unless the peer has said that it
    /// will close. Then the connection may be reusable(); no failure takes the response back.
    virtual asio::awaitable<result<void>> finish_request(stage_limit limit) = 0;

    /// Whether a byte of the response has come.
    virtual bool answered() const noexcept = 0;

    /// The exchange is over and its connection may carry another one.
    virtual bool reusable() const noexcept = 0;

    virtual std::uint64_t bytes_sent() const noexcept = 0;
};

}  // namespace dragline::http
