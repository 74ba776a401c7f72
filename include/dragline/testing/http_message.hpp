// What a scripted HTTP server receives and what it answers. Start with http_reply: data with chainable
// setters, from a plain 200 to a connection that is reset in the middle of a header field.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/h1/field.hpp>
#include <dragline/testing/script.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::testing {

/// How a server leaves a connection.
enum class ending {
    keep,      ///< Open, for the next request.
    close,     ///< Closed in good order; over TLS with a close_notify.
    truncate,  ///< As close, but over TLS without close_notify.
    reset,     ///< Cut off with a TCP reset.
    stall,     ///< Open and silent until the peer closes it.
};

/// Field names with their values, in order.
using http_fields = std::vector<h1::field>;

/// A request as it arrived.
struct http_request {
    std::string method;
    std::string target;   ///< As sent: path and query, an absolute URL, an authority or "*".
    std::string version;  ///< "HTTP/1.1"
    http_fields fields;
    std::string body;              ///< Without its chunked coding.
    std::uint64_t connection = 0;  ///< The number of the connection: 1, 2, ... in order of acceptance.
    std::uint64_t sequence = 0;    ///< The number of the request on its connection: 1, 2, ...
    bool secure = false;           ///< Came over TLS.
    std::string server_name;       ///< The name that the client asked for in TLS (SNI), or empty.
    std::string local_address;     ///< "127.0.0.1:8080"
    std::string peer_address;

    http_request() {}

    /// The value of the first field of this name, whatever its case; empty where there is none.
    std::string_view field(std::string_view name) const noexcept;
    bool has_field(std::string_view name) const noexcept;
    std::string_view path() const noexcept;  ///< The target without its query.
    bool reused() const noexcept { return sequence > 1; }
};

/// How the end of a body is told.
enum class http_framing {
    content_length,
    chunked,
    until_close,  ///< By the end of the connection.
    none,         ///< By what the script's own header fields say, be it true or not.
};

/// So many bytes at a time, with a pause after each; with size 0 all at once.
struct http_pace {
    std::size_t size = 0;
    std::chrono::milliseconds pause{0};
};

/// Where a reply breaks off, and how.
struct http_cut {
    std::size_t after = 0;
    ending how = ending::close;
};

/// One answer of an http_server, faults included. The order of events on the wire:
///
///     delay, interim responses, head, body_delay, body, extra bytes, finish;
///     no_answer, cut_head and cut_body leave off earlier.
///
/// Framing fields given with header() take the place of the computed ones. The answer to HEAD, and a 204 or
/// 304, has no body. Compressed bodies are given compressed. Durations are real time.
class http_reply {
public:
    using duration = std::chrono::milliseconds;

    http_reply() {}
    explicit http_reply(int status) : status_(status) {}

    static http_reply redirect(std::string location, int status = 302);
    static http_reply failure(std::string text);        ///< A 500 that says why.
    static http_reply garbage(std::size_t size = 512);  ///< Bytes that are no HTTP, the same every time.

    http_reply& status(int code) { return status_ = code, *this; }
    http_reply& reason(std::string text) { return reason_ = std::move(text), *this; }
    http_reply& version(std::string text) { return version_ = std::move(text), *this; }
    http_reply& header(std::string name, std::string value);
    /// Adds `count` fields with values of this size, in bytes.
    http_reply& padding(std::size_t count, std::size_t value_size);
    http_reply& body(std::string bytes);
    http_reply& framing(http_framing how) { return framing_ = how, *this; }
    /// Chunked; the last size repeats to the end.
    http_reply& chunks(std::vector<std::size_t> sizes);
    /// Chunked; after each size, as in ";a=b".
    http_reply& chunk_extension(std::string text);
    /// Chunked; after the last chunk.
    http_reply& trailer(std::string name, std::string value);
    /// In place of head and body, exactly as they are.
    http_reply& raw(std::string bytes);

    /// An interim (1xx) response before the final one; may be given several times.
    http_reply& interim(int code, http_fields fields = {}, std::size_t times = 1);

    /// Bytes that belong to no response, this long after it.
    http_reply& extra(std::string bytes, duration after = duration(0));

    /// These bytes again and again, after the fields of a head that so never ends, or after the body; at the
    /// pace of drip_head() or drip_body().
    http_reply& endless_head(std::string line) { return endless_head_ = std::move(line), *this; }
    /// Ended by the connection, if not chunked.
    http_reply& endless_body(std::string piece);

    http_reply& delay(duration time) { return delay_ = time, *this; }
    http_reply& body_delay(duration time) { return body_delay_ = time, *this; }

    /// Sends so many bytes at a time with a pause after each.
    http_reply& drip_head(std::size_t size, duration pause) {
        drip_head_ = {size, pause};
        return *this;
    }
    http_reply& drip_body(std::size_t size, duration pause) {
        drip_body_ = {size, pause};
        return *this;
    }

    /// Breaks off after so many bytes; before the first one, in no_answer().
    http_reply& no_answer(ending how = ending::stall) { return cut_head(0, how); }
    http_reply& cut_head(std::size_t after, ending how = ending::close);
    /// Counts bytes as they go out: those of the chunked coding, where there is one.
    http_reply& cut_body(std::size_t after, ending how = ending::close);

    /// What happens after a whole response; ending::close adds "Connection: close".
    http_reply& finish(ending how) { return finish_ = how, *this; }
    http_reply& close() { return finish(ending::close); }

    /// Closes the connection when it has been idle for so long after this response, 0 being at once.
    http_reply& close_idle(duration after) { return close_idle_ = after, *this; }

    /// Ends the connection when the next request on it has been read and logged, instead of answering.
    http_reply& next_request(ending how) { return next_request_ = how, *this; }

    /// Answers when the head has been read. The body is read afterwards, or never if the connection ends.
    http_reply& before_body() { return before_body_ = true, *this; }
    /// Sends no 100 (Continue), whatever the request expects.
    http_reply& no_continue() { return no_continue_ = true, *this; }

    int status() const noexcept { return status_; }
    const std::string& reason() const noexcept { return reason_; }
    const std::string& version() const noexcept { return version_; }
    const http_fields& headers() const noexcept { return headers_; }
    const std::string& body() const noexcept { return *body_; }
    http_framing framing() const noexcept { return framing_; }
    const std::vector<std::size_t>& chunks() const noexcept { return chunks_; }
    const std::string& chunk_extension() const noexcept { return chunk_extension_; }
    const http_fields& trailers() const noexcept { return trailers_; }
    const std::optional<std::string>& raw() const noexcept { return raw_; }
    const std::string& interim() const noexcept { return interim_; }
    const std::string& extra() const noexcept { return extra_; }
    duration extra_delay() const noexcept { return extra_delay_; }
    const std::string& endless_head() const noexcept { return endless_head_; }
    const std::string& endless_body() const noexcept { return endless_body_; }
    duration delay() const noexcept { return delay_; }
    duration body_delay() const noexcept { return body_delay_; }
    const http_pace& drip_head() const noexcept { return drip_head_; }
    const http_pace& drip_body() const noexcept { return drip_body_; }
    const std::optional<http_cut>& cut_head() const noexcept { return cut_head_; }
    const std::optional<http_cut>& cut_body() const noexcept { return cut_body_; }
    const std::optional<ending>& finish() const noexcept { return finish_; }
    const std::optional<duration>& close_idle() const noexcept { return close_idle_; }
    const std::optional<ending>& next_request() const noexcept { return next_request_; }
    bool answers_before_body() const noexcept { return before_body_; }
    bool withholds_continue() const noexcept { return no_continue_; }

private:
    int status_ = 200;
    std::string reason_;  // empty: the usual one
    std::string version_ = "HTTP/1.1";
    http_fields headers_;
    std::shared_ptr<const std::string> body_ = std::make_shared<const std::string>();
    http_framing framing_ = http_framing::content_length;
    std::vector<std::size_t> chunks_;
    std::string chunk_extension_;
    http_fields trailers_;
    std::optional<std::string> raw_;
    std::string interim_;
    std::string extra_;
    duration extra_delay_{0};
    std::string endless_head_;
    std::string endless_body_;
    duration delay_{0};
    duration body_delay_{0};
    http_pace drip_head_;
    http_pace drip_body_;
    std::optional<http_cut> cut_head_;
    std::optional<http_cut> cut_body_;
    std::optional<ending> finish_;
    std::optional<duration> close_idle_;
    std::optional<ending> next_request_;
    bool before_body_ = false;
    bool no_continue_ = false;
};

/// What an http_server does about a path: an http_reply, a std::vector of them, or a function of the request.
using http_script = script<http_request, http_reply>;

}  // namespace dragline::testing

#include <dragline/testing/impl/http_message.ipp>
