#include <dragline/async/operation.hpp>

#include <dragline/async/loop_group.hpp>
#include <dragline/async/run.hpp>
#include <dragline/async/where.hpp>

#include <catch2/catch_test_macros.hpp>

#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

using namespace dragline;

// In a namespace with a name: GCC 14 fails at frames whose types have none, when it compiles several files as
// one.
namespace large_values {
struct library {
    library() {}
    std::string title = "untitled";
};
}  // namespace large_values
using large_values::library;

template <>
inline constexpr bool dragline::is_large<library> = true;

namespace {

const auto refusal = std::make_error_code(std::errc::connection_refused);

asio::awaitable<result<boxed<library>>> read_body(std::string title) {
    if (title == "refused") co_return refusal;
    if (title == "bug") throw std::runtime_error("a bug");
    auto made = boxed<library>::make();
    made->title = std::move(title);
    co_return std::move(made);
}
asio::awaitable<result<boxed<library>>> read_here(asio::any_io_executor, std::string title) {
    return read_body(std::move(title));
}

template <async::where Where, class Token = default_token>
auto read(Where&& place, std::string title, Token&& token = {}) {
    return async::initiate<library>(async::executor_of(place), &read_body, std::forward<Token>(token),
                                    std::move(title));
}
auto read(std::string title) { return async::await_here<library>(&read_here, std::move(title)); }

asio::awaitable<std::string> title_or_error(asio::awaitable<library> reading) {
    try {
        const auto found = co_await std::move(reading);
        co_return found.title;
    } catch (const std::exception& thrown) {
        co_return thrown.what();
    }
}

asio::awaitable<std::string> read_as_tuple(event_loop& place, std::string title) {
    auto reading = read(place, std::move(title), as_tuple(asio::use_awaitable));
    const auto [ec, found] = co_await std::move(reading);
    co_return found.title + (ec ? ", " + ec.message() : "");
}

}  // namespace

TEST_CASE("a body may give its value boxed", "[async][operation]") {
    event_loop loop;
    loop_group remote(1);
    for (auto* place : {&loop, &remote.at(0)}) {
        CHECK(run(loop, title_or_error(read(*place, "fable"))) == "fable");
        CHECK(run(loop, title_or_error(read(*place, "refused"))) == std::system_error(refusal).what());
        CHECK(run(loop, title_or_error(read(*place, "bug"))) == "a bug");
    }
    CHECK(run(loop, title_or_error(read("fable"))) == "fable");
    CHECK(run(loop, title_or_error(read("refused"))) == std::system_error(refusal).what());
}

TEST_CASE("where a boxed value is missing, a tuple or callback has a default one", "[async][operation]") {
    const auto bug = make_error_code(errc::unexpected_exception);
    event_loop loop;
    loop_group remote(1);
    for (auto* place : {&loop, &remote.at(0)}) {
        CHECK(run(loop, read_as_tuple(*place, "fable")) == "fable");
        CHECK(run(loop, read_as_tuple(*place, "refused")) == "untitled, " + refusal.message());
        CHECK(run(loop, read_as_tuple(*place, "bug")) == "untitled, " + bug.message());
    }
    std::string called;
    for (auto* title : {"fable", "refused", "bug"}) {
        read(loop, title, [&](std::error_code ec, library found) {
            called += found.title + (ec ? ", " + ec.message() : "") + "\n";
        });
    }
    loop.restart();
    loop.run();
    CHECK(called == "fable\nuntitled, " + refusal.message() + "\nuntitled, " + bug.message() + "\n");
}
