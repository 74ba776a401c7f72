// What a fetch yields.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/boxed.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/error.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/json.hpp>
#include <dragline/http/redirect_policy.hpp>
#include <dragline/tls/peer_info.hpp>
#include <dragline/url/url.hpp>

#include <asio/ip/address.hpp>

#include <cstdint>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::http {

/// Who answered.
class peer_record {
public:
    peer_record() {}

    asio::ip::address address;  ///< What was dialled: the first proxy, where there is one.
    std::uint16_t port = 0;
    std::string proxy;             ///< "http://host:3128", several with spaces between them; empty without.
    bool reused = false;           ///< The connection had carried an exchange before.
    dragline::tls::peer_info tls;  ///< Empty without TLS.
};

/// How long the steps of the last hop took; zero for what was not needed.
class timings_record {
public:
    timings_record() {}

    async::duration queue{};
    async::duration resolve{};
    async::duration connect{};
    async::duration proxy{};  ///< With the proxies, the connection to the first one included.
    async::duration tls{};
    async::duration first_byte{};  ///< From the request sent to the end of the response head.
    async::duration total{};       ///< Of the whole fetch, all hops; of open_url(), up to the head.
};

/// What is known of a response besides its body. A status of 400 or more is no error by itself.
class response_record {
public:
    response_record() {}

    int status = 0;
    std::string reason;     ///< As sent; may be empty.
    int version_minor = 1;  ///< Of HTTP/1.x.
    fields headers;
    dragline::url::url url;  ///< The final one, after redirects.
    std::vector<redirect_record> history;
    peer_record peer;
    timings_record timings;

protected:
    void throw_bad_status() const;
};

/// A response with its body.
class response : public response_record {
public:
    response() {}
    explicit response(response_record record) : response_record(std::move(record)) {}

    std::string body;        ///< Decoded; any bytes.
    bool truncated = false;  ///< The body was cut at max_body.

    /// The body as UTF-8, with U+FFFD for what is malformed: from the charset of its byte order mark, which
    /// is left out, else of Content-Type, else UTF-8.
    ///
    /// Errors: codec::errc::unknown_charset; codec::to_utf8() says what is known.
    result<std::string> text() const;

    /// The body, which JSON requires to be UTF-8, as json_traits<T> reads it. Errors: errc::invalid_json.
    template <json_readable T>
    result<T> json() const {
        return parse_json<T>(body);
    }

    /// Throws std::system_error(errc::bad_status) when the status is 400 or more.
    const response& raise_for_status() const { return throw_bad_status(), *this; }
};

}  // namespace dragline::http

template <>
inline constexpr bool dragline::is_large<dragline::http::response> = true;

#include <dragline/http/impl/response.ipp>
