#include <dragline/http/detail/body_reader.hpp>

#include "../../support/run.hpp"

#include <dragline/http/detail/fetch_insight.hpp>

#include <asio/buffer.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace http = dragline::http;

namespace {

// Gives a body in pieces, and keeps what the reads were like.
class scripted_exchange final : public http::exchange {
public:
    scripted_exchange(std::size_t size, std::size_t piece) : left_(size), piece_(piece) {}

    asio::awaitable<dragline::result<std::size_t>> read_body(asio::mutable_buffer into,
                                                             http::stage_limit) override {
        const auto size = std::min({into.size(), piece_, left_});
        std::memset(into.data(), 'b', size);
        const auto* begin = static_cast<const char*>(into.data()) - given_;
        moved = moved || (given_ > 0 && begin != begin_);
        begin_ = begin;
        given_ += size;
        left_ -= size;
        had_room = into.size() > size;
        co_return size;
    }

    dragline::result<bool> begin_request(const http::request_view&) override { return true; }
    asio::awaitable<dragline::result<void>> send_request(http::stage_limit) override { return nothing(); }
    dragline::result<bool> take_head(http::response_head&, int, dragline::result<std::size_t>) override {
        return true;
    }
    asio::awaitable<dragline::result<std::size_t>> receive(http::stage_limit) override {
        co_return std::size_t{0};
    }
    bool take_body(std::string&) override { return false; }
    bool sending() const noexcept override { return false; }
    asio::awaitable<dragline::result<void>> finish_request(http::stage_limit) override { return nothing(); }
    bool answered() const noexcept override { return true; }
    bool reusable() const noexcept override { return left_ == 0; }
    std::uint64_t bytes_sent() const noexcept override { return 0; }

    bool moved = false;     // what had been read, for what was read next
    bool had_room = false;  // the last read, for more than it got

private:
    static asio::awaitable<dragline::result<void>> nothing() { co_return dragline::result<void>(); }

    std::size_t left_;
    std::size_t piece_;
    std::size_t given_ = 0;
    const char* begin_ = nullptr;
};

}  // namespace

TEST_CASE("a body of known length is read where it stays, with room for one byte more at its end",
          "[http][body_reader]") {
    const std::size_t size = GENERATE(1, 15, 16, 1000, 65'536, 300'000, 3'000'000);
    const std::size_t piece = GENERATE(7'000, 65'536, 1'000'000);
    CAPTURE(size, piece);
    dragline::event_loop loop;
    const http::fetch_options options;
    http::detail::body_reader reader(loop.state(), options, dragline::async::no_deadline);
    http::response_head head;
    head.content_length = size;
    REQUIRE(!reader.start(head));
    scripted_exchange from(size, piece);
    std::string body;
    CHECK(dragline::test::run_to_end(loop, reader.read_all(from, body)));
    CHECK(body.size() == size);
    CHECK(std::all_of(body.begin(), body.end(), [](char byte) { return byte == 'b'; }));
    CHECK(from.had_room);
    CHECK(!from.moved);
    CHECK(reader.bytes_received() == size);
}
