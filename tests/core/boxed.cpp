#include <dragline/core/boxed.hpp>

#include <dragline/core/asio.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

using dragline::boxed;
using dragline::result;

// In a namespace with a name: GCC 14 fails at frames whose types have none, when it compiles several files as
// one.
namespace large_values {
// Not copyable, nor to be made without a text.
struct book {
    explicit book(std::string text) : words(std::make_unique<std::string>(std::move(text))) {}
    std::unique_ptr<std::string> words;
    std::array<char, 4096> pages{};
};
}  // namespace large_values
using large_values::book;

template <>
inline constexpr bool dragline::is_large<book> = true;

namespace {

asio::awaitable<book> print(std::string text) {
    if (text.empty()) throw std::invalid_argument("no words");
    co_return book(std::move(text));
}

asio::awaitable<book> write_boxed(std::string text) {
    auto made = boxed<book>::make(std::move(text));
    co_return std::move(made);
}

asio::awaitable<book> hand_on(asio::awaitable<book> writing) {
    auto written = co_await std::move(writing);
    *written.words += " and on";
    co_return written;
}

asio::awaitable<result<boxed<book>>> borrow(bool there) {
    if (!there) co_return std::make_error_code(std::errc::no_such_file_or_directory);
    co_return boxed<book>::make("found");
}

template <class T>
T outcome_of(asio::awaitable<T> coroutine) {
    asio::io_context loop;
    std::exception_ptr thrown;
    boxed<T> kept;
    asio::co_spawn(loop, std::move(coroutine), [&](std::exception_ptr error, T value) {
        thrown = error;
        kept = boxed<T>::make(std::move(value));
    });
    loop.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*kept);
}

// As a coroutine of its own, since to complete co_spawn() takes what can be made without a text.
asio::awaitable<std::string> words_of(asio::awaitable<book> writing) {
    const auto written = co_await std::move(writing);
    co_return *written.words;
}

}  // namespace

TEST_CASE("a box holds nothing until one is made with a value", "[core][boxed]") {
    boxed<book> box;
    CHECK_FALSE(box);
    box = boxed<book>::make("text");
    REQUIRE(box);
    CHECK(*box->words == "text");
    CHECK(*(*box).words == "text");
}

TEST_CASE("what is boxed stays where it is when the box goes on", "[core][boxed]") {
    auto box = boxed<book>::make("text");
    const auto* const where = &*box;
    auto other = std::move(box);
    CHECK(&*other == where);
    CHECK_FALSE(box);  // NOLINT: it says so
    box = std::move(other);
    CHECK(&*box == where);
}

TEST_CASE("what its value throws leaves no box", "[core][boxed]") {
    struct refusing {
        refusing() { throw std::runtime_error("refused"); }
    };
    CHECK_THROWS_AS(boxed<refusing>::make(), std::runtime_error);
}

TEST_CASE("the value in a result is the same one, boxed or not", "[core][boxed]") {
    result<std::string> plain(std::string("text"));
    CHECK(&dragline::value_in(plain) == &*plain);
    result<boxed<std::string>> in_box(boxed<std::string>::make("text"));
    CHECK(&dragline::value_in(in_box) == &**in_box);
    CHECK(dragline::value_in(in_box) == "text");
}

TEST_CASE("what stands beside an error is taken, too", "[core][boxed]") {
    const auto failed = std::make_error_code(std::errc::io_error);
    result<std::string> plain(failed);
    *plain = "half a text";
    CHECK(dragline::take_value(plain) == "half a text");
    result<boxed<std::string>> in_box(failed);
    CHECK(dragline::take_value(in_box).empty());
    *in_box = boxed<std::string>::make("half a text");
    CHECK(dragline::take_value(in_box) == "half a text");
}

TEST_CASE("a coroutine may return what is large, or its box", "[core][boxed]") {
    CHECK(outcome_of(words_of(print("a tale"))) == "a tale");
    CHECK(outcome_of(words_of(write_boxed("a tale"))) == "a tale");
    CHECK(outcome_of(words_of(hand_on(hand_on(write_boxed("a tale"))))) == "a tale and on and on");
    CHECK_THROWS_AS(outcome_of(words_of(print(""))), std::invalid_argument);
    CHECK_THROWS_AS(outcome_of(words_of(hand_on(print("")))), std::invalid_argument);
}

TEST_CASE("a result of a box tells why there is none", "[core][boxed]") {
    auto found = outcome_of(borrow(true));
    REQUIRE(found);
    CHECK(*dragline::value_in(found).words == "found");
    const auto missing = outcome_of(borrow(false));
    CHECK(missing.error() == std::errc::no_such_file_or_directory);
    CHECK_FALSE(*missing);
}
