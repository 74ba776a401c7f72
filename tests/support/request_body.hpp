// Bodies of requests: made of files and functions, and read back without a connection.
#pragma once

#include "run.hpp"
#include "temporary_folder.hpp"

#include <dragline/http/body.hpp>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::test {

/// Gives `text`, at most `step` bytes at a time.
class text_reading {
public:
    explicit text_reading(std::string text, std::size_t step = 1000) : text_(std::move(text)), step_(step) {}

    std::size_t operator()(asio::mutable_buffer into) {
        const auto size = std::min({step_, into.size(), text_.size() - at_});
        std::memcpy(into.data(), text_.data() + at_, size);
        at_ += size;
        return size;
    }

private:
    std::string text_;
    std::size_t step_;
    std::size_t at_ = 0;
};

/// The same as a coroutine, that waits for its loop each time.
class slow_text_reading {
public:
    explicit slow_text_reading(std::string text, std::size_t step = 1000) : read_(std::move(text), step) {}

    asio::awaitable<result<std::size_t>> operator()(asio::mutable_buffer into) {
        const auto here = co_await asio::this_coro::executor;
        co_await asio::post(here, asio::use_awaitable);
        co_return read_(into);
    }

private:
    text_reading read_;
};

/// What a body gives when it is opened once, `step` bytes of room at a time; an error in brackets behind it.
inline std::string content_of(const http::body& from, std::size_t step = 1000) {
    if (from.in_memory()) return std::string(from.bytes());
    event_loop loop;
    auto source = http::body_access::open(from);
    if (!source) return "[" + source.error().message() + "]";
    std::string all, piece(step, '\0');
    for (;;) {
        const auto size = run_to_end(loop, (*source)->read(asio::buffer(piece)));
        if (!size) return all + "[" + size.error().message() + "]";
        if (*size == 0) return all;
        all.append(piece, 0, *size);
    }
}

}  // namespace dragline::test
