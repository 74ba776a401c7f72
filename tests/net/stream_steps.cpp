// Every split of the input, and a failure or a cancellation at every step, for each kind of read.
#include <dragline/net/stream.hpp>

#include "meddling_layers.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using dragline::net::errc;
using dragline::net::stream;
using dragline::test::endless_layer;
using dragline::test::failing_layer;
using dragline::test::kept_completion;
using dragline::test::meddled_pair;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::settle;
using dragline::test::splitting_layer;
using dragline::test::tls_ends;

namespace {

using step_slot = asio::cancellation_slot;
using step_text = kept_completion<std::string>;

// What one kind of read gives for "ab\r\ncd..ef" and the end.
struct step_kind {
    std::string_view name;
    std::function<void(stream&, step_slot, step_text)> begin;
    std::string_view gives;
    std::string_view leaves;
    bool meets_the_end = false;
};

constexpr std::string_view step_input = "ab\r\ncd..ef";

std::vector<step_kind> step_kinds() {
    const auto bound = [](step_slot slot, step_text to) { return asio::bind_cancellation_slot(slot, to); };
    return {
        {"line", [=](stream& s, step_slot slot, step_text to) { s.read_line(bound(slot, to)); }, "ab",
         "cd..ef"},
        {"delimiter", [=](stream& s, step_slot slot, step_text to) { s.read_until("..", bound(slot, to)); },
         "ab\r\ncd", "ef"},
        {"predicate",
         [=](stream& s, step_slot slot, step_text to) {
             s.read_until(
                 [](std::string_view all) {
                     const auto at = all.find('d');
                     return at == all.npos ? std::nullopt : std::optional(at);
                 },
                 bound(slot, to));
         },
         "ab\r\nc", "d..ef"},
        {"exactly",
         [=](stream& s, step_slot slot, step_text to) { s.read_exactly(std::size_t{5}, bound(slot, to)); },
         "ab\r\nc", "d..ef"},
        {"to the end", [=](stream& s, step_slot slot, step_text to) { s.read_to_end(bound(slot, to)); },
         step_input, "", true},
        {"into a buffer",
         [=](stream& s, step_slot slot, step_text to) {
             auto kept = std::make_shared<std::string>(7, '\0');
             s.read_exactly(
                 asio::buffer(*kept),
                 asio::bind_cancellation_slot(slot, [kept, to](std::error_code ec, std::size_t) mutable {
                     to(ec, ec ? std::string() : *kept);
                 }));
         },
         "ab\r\ncd.", ".ef"},
    };
}

std::string step_rest(dragline::event_loop& loop, stream& from) {
    return run_to_end(loop, from.read_to_end());
}

void shake_step_hands(dragline::event_loop& loop, stream& client, stream& server) {
    kept_completion<void> near, far;
    client.start_tls(tls_ends::get().client, near);
    server.start_tls(tls_ends::get().server, far);
    run_until(loop, [&] { return near.done() && far.done(); });
    REQUIRE(!near.ec());
    REQUIRE(!far.ec());
}

template <class Layer>
void send_step_input(dragline::event_loop& loop, meddled_pair<Layer>& pair) {
    run_to_end(loop, pair.far.write(std::string(step_input)));
    run_to_end(loop, pair.far.shutdown());
}

}  // namespace

TEST_CASE("every split of the input gives the same reads", "[net][stream]") {
    for (const auto& kind : step_kinds()) {
        for (std::size_t split = 0; split <= step_input.size(); ++split) {
            CAPTURE(kind.name, split);
            dragline::event_loop loop;
            meddled_pair<splitting_layer> pair(loop);
            pair.layer->first = split;
            if (split == 0) pair.layer->then = 1;
            send_step_input(loop, pair);
            step_text outcome;
            kind.begin(pair.near, {}, outcome);
            run_until(loop, [&] { return outcome.done(); });
            CHECK(outcome.value() == kind.gives);
            CHECK(step_rest(loop, pair.near) == kind.leaves);
        }
    }
}

TEST_CASE("TLS in every split gives the same reads, and the same handshake", "[net][stream][tls]") {
    const std::size_t piece = GENERATE(1, 2, 3, 5, 17, 1000);
    dragline::event_loop loop;
    meddled_pair<splitting_layer> pair(loop);
    pair.layer->first = 0;
    pair.layer->then = piece;
    shake_step_hands(loop, pair.near, pair.far);
    for (const auto& kind : step_kinds()) {
        if (kind.meets_the_end) continue;
        CAPTURE(kind.name);
        run_to_end(loop, pair.far.write(std::string(step_input)));
        step_text outcome;
        kind.begin(pair.near, {}, outcome);
        run_until(loop, [&] { return outcome.done(); });
        CHECK(outcome.value() == kind.gives);
        CHECK(run_to_end(loop, pair.near.read_exactly(kind.leaves.size())) == kind.leaves);
    }
}

TEST_CASE("a failure at any step of a read loses no byte that came before", "[net][stream]") {
    for (const auto& kind : step_kinds()) {
        for (int at = 1;; ++at) {
            CAPTURE(kind.name, at);
            dragline::event_loop loop;
            meddled_pair<failing_layer> pair(loop);
            pair.layer->fail_at = at;
            send_step_input(loop, pair);
            step_text outcome;
            kind.begin(pair.near, {}, outcome);
            run_until(loop, [&] { return outcome.done(); });
            if (!outcome.ec()) {
                CHECK(outcome.value() == kind.gives);
                CHECK(pair.layer->steps < at);
                break;
            }
            CHECK(outcome.ec() == failing_layer::failure());
            const auto kept = pair.near.incomplete_read().partial;
            CHECK(step_input.starts_with(kept));
            if (!kept.empty()) CHECK(run_to_end(loop, pair.near.read_exactly(kept.size())) == kept);
        }
    }
}

TEST_CASE("a cancellation at any wait of a read leaves it to be read again", "[net][stream]") {
    for (const bool secure : {false, true}) {
        for (const auto& kind : step_kinds()) {
            if (secure && kind.meets_the_end) continue;
            for (int at = 1;; ++at) {
                CAPTURE(kind.name, at, secure);
                dragline::event_loop loop;
                meddled_pair<failing_layer> pair(loop);
                if (secure) shake_step_hands(loop, pair.near, pair.far);
                asio::cancellation_signal ending;
                pair.layer->steps = 0;
                pair.layer->fail_at = at;
                pair.layer->cancel = &ending;
                step_text outcome;
                kind.begin(pair.near, ending.slot(), outcome);
                for (const char each : step_input) {
                    settle(loop);
                    run_to_end(loop, pair.far.write(std::string(1, each)));
                }
                settle(loop);
                if (kind.meets_the_end) run_to_end(loop, pair.far.shutdown());
                run_until(loop, [&] { return outcome.done(); });
                if (!outcome.ec()) break;
                CHECK(outcome.ec() == asio::error::operation_aborted);
                step_text again;
                kind.begin(pair.near, {}, again);
                run_until(loop, [&] { return again.done(); });
                CHECK(again.value() == kind.gives);
                CHECK(run_to_end(loop, pair.near.read_exactly(kind.leaves.size())) == kind.leaves);
            }
        }
    }
}

TEST_CASE("a failure at any step of a write, a drain or a close is told", "[net][stream]") {
    const bool secure = GENERATE(false, true);
    // More than memory holds; over TLS it must hold what the server sends after the handshake.
    const std::size_t capacity = secure ? 4000 : 8;
    const std::string queued(5 * capacity, 'q'), after(2 * capacity, 'w');
    for (int at = 1;; ++at) {
        CAPTURE(at, secure);
        dragline::event_loop loop;
        meddled_pair<failing_layer> pair(loop, dragline::net::stream_pair_options().capacity(capacity));
        if (secure) shake_step_hands(loop, pair.near, pair.far);
        pair.layer->steps = 0;
        pair.layer->fail_at = at;
        pair.layer->on_reads = false;
        pair.layer->on_writes = true;
        step_text received;
        pair.far.read_to_end(received);
        std::error_code told = pair.near.queue(queued).error();
        kept_completion<std::size_t> written;
        if (!told) {
            pair.near.write(after, written);
            run_until(loop, [&] { return written.done(); });
            told = written.ec();
        }
        kept_completion<void> closed;
        pair.near.close(closed);
        run_until(loop, [&] { return closed.done(); });
        if (!told) told = closed.ec();
        run_until(loop, [&] { return received.done(); });
        CHECK(!pair.near.is_open());
        if (pair.layer->steps < at) {
            CHECK(!told);
            CHECK(received.value() == queued + after);
            break;
        }
        // Of a peer that has everything but the end, close() says nothing.
        const std::string all = received.ec() ? pair.far.incomplete_read().partial : received.value();
        if (all != queued + after) CHECK(told == failing_layer::failure());
    }
}

TEST_CASE("a peer that always has more keeps no one else waiting, and is no way past a deadline",
          "[net][stream]") {
    using namespace std::chrono_literals;
    using dragline::net::read_options;
    constexpr std::size_t much = 64 * 1024 * 1024;
    dragline::event_loop loop;
    meddled_pair<endless_layer> pair(loop);
    const auto kind = GENERATE(0, 1, 2);
    const auto begin = [&](const read_options& options, step_slot slot, step_text to) {
        auto token = asio::bind_cancellation_slot(slot, to);
        if (kind == 0) pair.near.read_to_end(options, token);
        if (kind == 1) pair.near.read_line(options, token);
        if (kind == 2) pair.near.read_exactly(much, options, token);
    };
    asio::cancellation_signal cancel;
    step_text cancelled;
    begin(read_options().limit(much), cancel.slot(), cancelled);
    int before = 0;
    asio::post(loop.get_executor(), [&] {
        asio::post(loop.get_executor(), [&] {
            before = pair.layer->reads;
            cancel.emit(asio::cancellation_type::terminal);
        });
    });
    run_until(loop, [&] { return cancelled.done(); });
    CHECK(cancelled.ec() == asio::error::operation_aborted);
    CHECK(before < 200);
    step_text late;
    begin(read_options().limit(16 * much).timeout(1ms), step_slot(), late);
    run_until(loop, [&] { return late.done(); });
    CHECK(late.ec() == dragline::make_timeout(dragline::phase::read));
}
