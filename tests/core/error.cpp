#include <dragline/core/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <set>
#include <string>
#include <system_error>

using dragline::condition;
using dragline::phase;

namespace {

constexpr phase timed_phases[] = {phase::queue,    phase::resolve, phase::connect,    phase::proxy,
                                  phase::tls,      phase::write,   phase::first_byte, phase::read,
                                  phase::redirect, phase::total,   phase::file};

constexpr dragline::errc all_codes[] = {dragline::errc::unexpected_exception, dragline::errc::callback_failed,
                                        dragline::errc::not_supported,        dragline::errc::invalid_option,
                                        dragline::errc::queue_full,           dragline::errc::pool_stopped,
                                        dragline::errc::wrong_thread};

constexpr condition all_conditions[] = {
    condition::timeout,        condition::resolve_failed, condition::connect_failed, condition::tls_failed,
    condition::protocol_error, condition::limit_exceeded, condition::blocked,        condition::proxy_failed};

}  // namespace

TEST_CASE("every timeout is condition::timeout and names its phase", "[core][error]") {
    std::set<std::string> texts;
    for (const phase where : timed_phases) {
        const std::error_code ec = dragline::make_timeout(where);
        CAPTURE(ec.message());
        CHECK(ec);
        CHECK(ec == condition::timeout);
        CHECK(ec != condition::resolve_failed);
        CHECK(dragline::phase_of(ec) == where);
        CHECK(ec.message() == std::string("timed out (") + dragline::to_string(where) + ")");
        texts.insert(ec.message());
    }
    CHECK(texts.size() == std::size(timed_phases));
}

TEST_CASE("timeouts of different phases are different codes", "[core][error]") {
    CHECK(dragline::make_timeout(phase::read) != dragline::make_timeout(phase::write));
    CHECK(dragline::make_timeout(phase::read) == dragline::make_timeout(phase::read));
}

TEST_CASE("every error and every condition has a text of its own", "[core][error]") {
    std::set<std::string> texts;
    for (const dragline::errc code : all_codes) texts.insert(make_error_code(code).message());
    for (const condition code : all_conditions) texts.insert(make_error_condition(code).message());
    CHECK(texts.size() == std::size(all_codes) + std::size(all_conditions));
    for (const std::string& text : texts) CHECK(text.find("unknown") == text.npos);
}

TEST_CASE("what the system says about a file is its own errc, with a phase", "[core][error]") {
    const auto full = dragline::make_file_error(ENOSPC);
    CHECK(full == std::errc::no_space_on_device);
    CHECK(full != std::errc::permission_denied);
    CHECK(dragline::phase_of(full) == phase::file);
    CHECK(full.message().starts_with("file: "));
    CHECK(!dragline::make_file_error(0));
}

TEST_CASE("a number that is no enumerator still has a text", "[core][error]") {
    CHECK(std::error_code(999, dragline::error_category()).message() == "unknown dragline error");
    CHECK(std::error_condition(999, dragline::condition_category()).message() == "unknown condition");
    CHECK(std::string(dragline::to_string(static_cast<phase>(999))) == "unknown phase");
}

TEST_CASE("general errors map to the conditions that callers test", "[core][error]") {
    CHECK(make_error_code(dragline::errc::not_supported) == std::errc::not_supported);
    CHECK(make_error_code(dragline::errc::invalid_option) == std::errc::invalid_argument);
    CHECK(make_error_code(dragline::errc::queue_full) == condition::limit_exceeded);
    CHECK(dragline::phase_of(dragline::errc::queue_full) == phase::queue);
    CHECK(dragline::phase_of(dragline::errc::wrong_thread) == phase::none);
}

TEST_CASE("connect_failed covers the system's codes for an address that cannot be reached", "[core][error]") {
    for (const std::errc code :
         {std::errc::connection_refused, std::errc::host_unreachable, std::errc::network_unreachable,
          std::errc::network_down, std::errc::address_not_available}) {
        CHECK(make_error_code(code) == condition::connect_failed);
        CHECK(std::error_code(static_cast<int>(code), std::system_category()) == condition::connect_failed);
    }
    CHECK(make_error_code(std::errc::connection_reset) != condition::connect_failed);
    CHECK(make_error_code(std::errc::connection_refused) != condition::timeout);
    CHECK(std::error_code() != condition::connect_failed);
}

TEST_CASE("the codes of others have no phase", "[core][error]") {
    CHECK(dragline::phase_of(std::error_code()) == phase::none);
    CHECK(dragline::phase_of(make_error_code(std::errc::timed_out)) == phase::none);
}

TEST_CASE("categories are known by their names", "[core][error]") {
    CHECK(std::string(dragline::error_category().name()) == "dragline");
    CHECK(std::string(dragline::condition_category().name()) == "dragline.condition");
    CHECK(std::string(dragline::timeout_category().name()) == "dragline.timeout");
}
