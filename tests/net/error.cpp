#include <dragline/net/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>
#include <system_error>

using dragline::condition;
using dragline::phase;
using dragline::phase_of;
using dragline::net::errc;

TEST_CASE("every code of net has a text, a condition and a phase", "[net][error]") {
    const std::error_code invalid = errc::invalid_endpoint;
    const std::error_code none = errc::no_address;
    CHECK(std::string(invalid.category().name()) == "dragline.net");
    CHECK(invalid.message() != none.message());
    CHECK(invalid == std::errc::invalid_argument);
    CHECK(none == condition::resolve_failed);
    CHECK(phase_of(invalid) == phase::connect);
    CHECK(phase_of(none) == phase::resolve);
}

TEST_CASE("every failure of a proxy is told apart, and is one of condition::proxy_failed", "[net][error]") {
    std::set<std::string> texts;
    const auto first = static_cast<int>(errc::proxy_not_resolved);
    const auto last = static_cast<int>(errc::proxy_address_not_supported);
    for (int code = first; code <= last; ++code) {
        const std::error_code ec(code, dragline::net::error_category());
        CHECK(ec == condition::proxy_failed);
        CHECK(phase_of(ec) == phase::proxy);
        CHECK(texts.insert(ec.message()).second);
    }
    const std::error_code blocked = errc::address_blocked, invalid = errc::invalid_proxy;
    CHECK(blocked == condition::blocked);
    CHECK(phase_of(blocked) == phase::connect);
    CHECK(invalid == std::errc::invalid_argument);
    CHECK(phase_of(invalid) == phase::proxy);
    CHECK(texts.insert(blocked.message()).second);
    CHECK(texts.insert(invalid.message()).second);
}

TEST_CASE("codes of frames and secure channels tell their conditions and phases", "[net][error]") {
    std::set<std::string> texts;
    for (int code = static_cast<int>(errc::frame_too_large); code <= static_cast<int>(errc::channel_failure);
         ++code) {
        const std::error_code ec(code, dragline::net::error_category());
        CHECK(texts.insert(ec.message()).second);
        CHECK(phase_of(ec) != phase::none);
    }
    const std::error_code large = errc::frame_too_large, forged = errc::packet_not_authentic;
    CHECK(large == condition::limit_exceeded);
    CHECK(forged == condition::protocol_error);
    CHECK(std::error_code(errc::wrong_channel_key) == std::errc::permission_denied);
    CHECK(std::error_code(errc::channel_closed) == std::errc::not_connected);
    CHECK(std::error_code(errc::unencodable_frame) == std::errc::invalid_argument);
    CHECK(phase_of(forged) == phase::read);
    CHECK(phase_of(errc::wrong_channel_key) == phase::connect);
}

TEST_CASE("a loop that was stopped is no failure of a peer", "[net][error]") {
    const std::error_code stopped = errc::loop_not_running;
    CHECK(stopped.message() == "a loop of the server was stopped");
    CHECK(phase_of(stopped) == phase::none);
    CHECK(stopped.default_error_condition().category() == dragline::net::error_category());
}

TEST_CASE("a number that is no code of net has a text too", "[net][error]") {
    const std::error_code unknown(4711, dragline::net::error_category());
    CHECK(unknown.message() == "unknown net error");
    CHECK(unknown.default_error_condition().category() == dragline::net::error_category());
}
