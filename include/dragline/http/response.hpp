// What a fetch yields.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/http/error.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/redirect_policy.hpp>
#include <dragline/tls/peer_info.hpp>
#include <dragline/url/url.hpp>

#include <asio/ip/address.hpp>

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::http {

/// Who answered.
class peer_record {
public:
    peer_record() {}

    asio::ip::address address;
    std::uint16_t port = 0;
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
    async::duration tls{};
    async::duration first_byte{};  ///< From the request sent to the end of the response head.
    async::duration total{};       ///< Of the whole fetch, all hops.
};

/// A response with its body. A status of 400 or more is no error by itself.
class response {
public:
    response() {}

    int status = 0;
    std::string reason;     ///< As sent; may be empty.
    int version_minor = 1;  ///< Of HTTP/1.x.
    fields headers;
    std::string body;        ///< Decoded; any bytes.
    bool truncated = false;  ///< The body was cut at max_body.
    dragline::url::url url;  ///< The final one, after redirects.
    std::vector<redirect_record> history;
    peer_record peer;
    timings_record timings;

    /// Throws std::system_error(errc::bad_status) when the status is 400 or more.
    const response& raise_for_status() const {
        if (status >= 400) throw std::system_error(make_error_code(errc::bad_status), std::to_string(status));
        return *this;
    }
};

}  // namespace dragline::http
