// The content of a request: a shared immutable handle, so that options stay cheap to copy. See also form.hpp
// and multipart.hpp.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/body_source.hpp>
#include <dragline/http/detail/callable_source.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http {

/// Which bytes of a file: from `offset` on, and as many as `length` says, else all to the end.
struct file_range {
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> length;

    file_range() {}
    explicit file_range(std::uint64_t from, std::optional<std::uint64_t> size = std::nullopt)
        : offset(from), length(size) {}
};

/// What a request carries, and the Content-Type that goes with it unless the request names one.
///
/// In memory, or pulled while it is sent: then with a Content-Length where the size is known, else chunked,
/// and never more than some 64 KiB of it are held. Copies share the content. Threads: a handle is immutable.
class body {
public:
    body() {}

    /// Any bytes. No Content-Type is sent when `content_type` is empty.
    explicit body(std::string bytes, std::string content_type = {});

    /// A JSON text that is already serialised.
    static body json(std::string text) { return body(std::move(text), "application/json"); }

    /// A file, or a part of one, which is opened, measured and read anew each time that it is sent.
    ///
    /// It is read on the loop, 64 KiB at a time: 10 to 25 us where the kernel has read ahead, to which a hop
    /// to a thread and back would add 10. For a disk that may stall use from_source() with a dispatcher.
    /// Errors, of the fetch: why it cannot be opened or read; errc::body_size_differs when it
    ///   shrinks or grows meanwhile, or lacks the range.
    DRAGLINE_DECL static body file(std::string path, std::string content_type = {}, file_range range = {});

    /// What `read` gives, see body_reading, pulled as the peer takes it. It can be sent once: when a
    /// redirect, a challenge or a dead connection wants it again, the fetch ends as
    /// errc::body_not_replayable.
    ///
    /// A function runs on the loop and must not block; a coroutine is cancelled, and awaited, when the fetch
    /// ends before it. With a `size` it has to give just that, else the fetch is errc::body_size_differs and
    /// the peer never sees a complete request. What it throws reaches an awaiting caller as it is.
    template <body_reading Read>
    static body from_source(Read read, std::optional<std::uint64_t> size = std::nullopt,
                            std::string content_type = {}) {
        return body(std::make_shared<detail::single_content<Read>>(std::move(read), size),
                    std::move(content_type));
    }

    /// As above, but `make()` gives a new `read` for each time that it is sent; it must be callable as const.
    template <class Make>
    requires body_reading<std::invoke_result_t<const Make&>>
    static body from_factory(Make make, std::optional<std::uint64_t> size = std::nullopt,
                             std::string content_type = {}) {
        return body(std::make_shared<detail::factory_content<Make>>(std::move(make), size),
                    std::move(content_type));
    }

    /// The same content coded as gzip, to be sent with Content-Encoding: gzip. What is in memory is coded at
    /// once, all else while it is sent, and chunked. A body that is coded already is not coded again.
    ///
    /// Errors, of the fetch: dragline::errc::not_supported without zlib, invalid_option for a level that
    /// does not exist (0 to 9).
    DRAGLINE_DECL body gzip(int level = 6) const;

    /// Whether there is a body at all; an empty one is sent with Content-Length: 0.
    bool has_value() const noexcept { return content_ != nullptr; }
    bool in_memory() const noexcept { return !content_ || !content_->streamed; }

    /// Of a body in memory.
    std::string_view bytes() const noexcept {
        if (!content_) [[likely]]
            return {};
        return content_->bytes;
    }
    std::string_view content_type() const noexcept {
        return content_ ? std::string_view(content_->type) : std::string_view();
    }
    /// "gzip", or empty.
    std::string_view content_coding() const noexcept {
        return content_ ? std::string_view(content_->coding) : std::string_view();
    }

    /// In bytes; nothing where only its end will tell. Errors: those of looking at a file.
    DRAGLINE_DECL result<std::optional<std::uint64_t>> size() const;

    /// Whether it can be sent (once more) from its beginning.
    bool replayable() const noexcept { return in_memory() || content_->streamed->replayable(); }

    /// What is wrong with it: the fetch ends with this before it does anything.
    std::error_code error() const noexcept { return content_ ? content_->error : std::error_code(); }

private:
    friend struct body_access;

    struct content {
        std::string bytes;
        std::string type;
        std::string coding;
        std::shared_ptr<const detail::body_content> streamed;  // in place of bytes
        std::error_code error;
    };

    DRAGLINE_DECL body(std::shared_ptr<const detail::body_content> streamed, std::string content_type);
    explicit body(std::shared_ptr<const content> made) noexcept : content_(std::move(made)) {}

    std::shared_ptr<const content> content_;
};

/// Opens the handle for this module.
struct body_access {
    /// For sending it once; nothing when it is in memory. The body must outlive it.
    static result<std::unique_ptr<detail::body_source>> open(const body& from) {
        if (from.in_memory()) return std::unique_ptr<detail::body_source>();
        return from.content_->streamed->open();
    }
    static bool may_wait(const body& what) noexcept {
        return !what.in_memory() && what.content_->streamed->may_wait();
    }
    static body make(std::shared_ptr<const detail::body_content> streamed, std::string content_type) {
        return body(std::move(streamed), std::move(content_type));
    }
    DRAGLINE_DECL static body refused(std::error_code why);
};

}  // namespace dragline::http

#include <dragline/http/impl/body.ipp>
