// Many operations at once, of which most end badly: every one ends as the servers' scripts say.
#include <dragline/dragline.hpp>

#include "soak_lab.hpp"

#include <asio/co_spawn.hpp>
#include <asio/use_future.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <future>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::for_each_limited;
using dragline::get_session;
using dragline::loop_group;
using dragline::test::run_to_end;
using dragline::test::settle;
using dragline::test::soak_lab;

namespace http = dragline::http;

namespace {

constexpr std::size_t operations = 10'000;

using outcomes = std::vector<std::string>;

enum class kind { fetches, resolves };

// Operations first, first + step, ... of one kind. Every eighth belongs to `other`, which may live on another
// loop.
asio::awaitable<outcomes> soak(const soak_lab& lab, kind what, http::session own, http::session other,
                               std::size_t first, std::size_t step, std::size_t at_once) {
    const auto one = [&](std::size_t k) {
        const auto i = first + k * step;
        const auto& session = k % 8 == 7 ? other : own;
        return what == kind::fetches ? lab.fetch(session, i) : lab.resolve(session, i);
    };
    const auto results = co_await for_each_limited(operations / step, at_once, one);
    outcomes out;
    for (const auto& result : results) out.push_back(result ? *result : "threw: " + result.error().message());
    co_return out;
}

// Each operation as the script dictates, and so the sums, too.
void check(const soak_lab& lab, kind what, const outcomes& all, std::size_t first, std::size_t step) {
    std::map<std::string, int> expected;
    std::map<std::string, int> actual;
    std::size_t wrong = 0;
    for (std::size_t k = 0; k < all.size(); ++k) {
        const auto i = first + k * step;
        const auto said = what == kind::fetches ? lab.expected_fetch(i) : lab.expected_resolve(i);
        ++expected[said];
        ++actual[all[k]];
        if (all[k] == said || ++wrong > 5) continue;
        UNSCOPED_INFO("operation " << i << " is '" << all[k] << "' instead of '" << said << "'");
    }
    CHECK(wrong == 0);
    CHECK(actual == expected);
    CHECK(all.size() == operations / step);
    CHECK(expected.size() >= (what == kind::fetches ? 15u : 7u));
}

void check_is_idle(const http::session& session) {
    const auto now = session.statistics();
    CHECK(now.calls == 0);
    CHECK(now.waiting == 0);
    CHECK(now.connections == now.idle_connections);
    CHECK(now.connections <= 256);
}

}  // namespace

TEST_CASE("10,000 fetches and 10,000 look-ups on one loop end as the servers dictate",
          "[integration][soak]") {
    const soak_lab lab;
    dragline::event_loop loop;
    const auto session = get_session(loop, "soak", lab.session());
    for (const auto what : {kind::fetches, kind::resolves}) {
        const auto all = dragline::run(loop, soak(lab, what, session, session, 0, 1, 200));
        check(lab, what, all, 0, 1);
        settle(loop);
        check_is_idle(session);
    }
    CHECK(run_to_end(loop, fetch_url(session, lab.good_url())).status == 200);
    run_to_end(loop, dragline::close_all_sessions(loop));
    CHECK_FALSE(session.is_open());
}

TEST_CASE("10,000 fetches and 10,000 look-ups on two loops end as the servers dictate",
          "[integration][soak]") {
    const soak_lab lab;
    loop_group group(2);
    std::vector<http::session> sessions;
    const auto make = [&](std::size_t which) -> asio::awaitable<std::optional<http::session>> {
        co_return get_session(group.at(which), "soak", lab.session());
    };
    for (const std::size_t which : {0u, 1u}) {
        sessions.push_back(
            asio::co_spawn(group.at(which).get_executor(), make(which), asio::use_future).get().value());
    }
    for (const auto what : {kind::fetches, kind::resolves}) {
        std::vector<std::future<outcomes>> halves;
        for (const std::size_t which : {0u, 1u}) {
            halves.push_back(asio::co_spawn(
                group.at(which).get_executor(),
                soak(lab, what, sessions[which], sessions[1 - which], which, 2, 100), asio::use_future));
        }
        for (const std::size_t which : {0u, 1u}) check(lab, what, halves[which].get(), which, 2);
    }
    for (const std::size_t which : {0u, 1u}) {
        const auto look = [](http::session session) -> asio::awaitable<void> {
            check_is_idle(session);
            co_return;
        };
        auto& loop = group.at(which);
        asio::co_spawn(loop.get_executor(), look(sessions[which]), asio::use_future).get();
        const auto last = dragline::sync_wait(loop, fetch_url(sessions[which], lab.good_url()), 60s);
        CHECK(last.status == 200);
    }
    dragline::close_session("soak", asio::use_future).get();
    for (const auto& session : sessions) CHECK_FALSE(session.is_open());
}
