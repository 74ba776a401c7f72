#include <dragline/http/events/event_stream_parser.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace std::string_literals;
using dragline::http::errc;
using dragline::http::event_stream_limits;
using dragline::http::event_stream_parser;
using dragline::http::server_event;

namespace {

// Eats one piece, and says what came in it: "type:data:id|".
std::string feed(event_stream_parser& parser, std::string_view piece) {
    std::string out;
    for (;;) {
        const auto step = parser.next(piece);
        if (!step) return out + "!" + step.error().message();
        piece.remove_prefix(step->consumed);
        if (!step->complete) {
            CHECK(piece.empty());
            return out;
        }
        const auto& event = parser.event();
        out += event.type + ":" + event.data + ":" + event.id + "|";
    }
}

// All events of a stream, whatever pieces it comes in.
std::string events(std::string_view stream) {
    event_stream_parser whole;
    const auto expected = feed(whole, stream);
    for (std::size_t split = 0; split <= stream.size(); ++split) {
        event_stream_parser parser;
        auto got = feed(parser, stream.substr(0, split));
        got += feed(parser, stream.substr(split));
        CHECK(got == expected);
        CHECK(parser.last_event_id() == whole.last_event_id());
    }
    event_stream_parser single;
    std::string got;
    for (const char& byte : stream) got += feed(single, {&byte, 1});
    CHECK(got == expected);
    return expected;
}

}  // namespace

TEST_CASE("the examples of the standard are read as it says", "[http][event_stream_parser]") {
    CHECK(events("data: YHOO\ndata: +2\ndata: 10\n\n") == "message:YHOO\n+2\n10:|");
    CHECK(
        events(
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n") ==
        "message:first event:1|message:second event:|message: third event:|");
    CHECK(events("data\n\ndata\ndata\n\ndata:") == "message::|message:\n:|");
    CHECK(events("data:test\n\ndata: test\n\n") == "message:test:|message:test:|");
    CHECK(events("event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n") ==
          "add:73857293:|remove:2153:|add:113411:|");
}

TEST_CASE("lines end in CR, LF or CRLF, in any mixture", "[http][event_stream_parser]") {
    CHECK(events("data: a\r\n\r\ndata: b\r\rdata: c\n\ndata: d\r\n\ndata: e\n\r") ==
          "message:a:|message:b:|message:c:|message:d:|message:e:|");
    CHECK(events("data: a\n\r\ndata: b\r\n\r\n\r\n") == "message:a:|message:b:|");
}

TEST_CASE("a byte order mark counts at the beginning alone", "[http][event_stream_parser]") {
    CHECK(events("\xef\xbb\xbf"
                 "data: a\n\n") == "message:a:|");
    CHECK(events("\xef\xbb\xbf\xef\xbb\xbf"
                 "data: a\n\n")
              .empty());
    CHECK(events("\n\xef\xbb\xbf"
                 "data: a\n\n")
              .empty());
    CHECK(events("\xef\xbb"
                 "data: a\n\n")
              .empty());
}

TEST_CASE("what is no UTF-8 is replaced", "[http][event_stream_parser]") {
    CHECK(events("event: \xff\ndata: a\x80z\nid: \xc3\n\n") == "\xef\xbf\xbd:a\xef\xbf\xbdz:\xef\xbf\xbd|");
    CHECK(events("data: \xf0\x9f\x95\xb7\n\n") == "message:\xf0\x9f\x95\xb7:|");
}

TEST_CASE("an event without data is none, but its id counts", "[http][event_stream_parser]") {
    CHECK(events("event: x\n\ndata: a\n\n") == "message:a:|");
    CHECK(events("id: 7\n\ndata: a\n\n") == "message:a:7|");
    event_stream_parser parser;
    CHECK(feed(parser, "id: 7\nevent: x\n").empty());
    CHECK(parser.last_event_id().empty());  // not before the blank line
    CHECK(feed(parser, "\n").empty());
    CHECK(parser.last_event_id() == "7");
}

TEST_CASE("ids live on, until another comes, and never have a NUL", "[http][event_stream_parser]") {
    CHECK(events("id: 1\ndata: a\n\ndata: b\n\nid: 2\0x\ndata: c\n\nid\ndata: d\n\n"s) ==
          "message:a:1|message:b:1|message:c:1|message:d:|");
}

TEST_CASE("unknown fields, odd cases and comments are ignored", "[http][event_stream_parser]") {
    CHECK(events("DATA: a\ndatax: b\n data: c\ndata : d\n:data: e\nfoo\n\ndata: f\n\n") == "message:f:|");
    CHECK(events("").empty());
    CHECK(events("data: broken off\n").empty());
    CHECK(events("data: a:b: c\n\n") == "message:a:b: c:|");
}

TEST_CASE("retry takes digits alone", "[http][event_stream_parser]") {
    event_stream_parser parser;
    CHECK(!parser.retry());
    for (const auto* bad :
         {"retry\n", "retry: \n", "retry: -1\n", "retry: 1.5\n", "retry: 10 \n", "retry: 0x1\n",
          "retry: 99999999999999999999\n", "retry: 18446744073709551615\n"}) {
        CHECK(feed(parser, bad).empty());
        CHECK(!parser.retry());
    }
    feed(parser, "retry: 1500\n");
    CHECK(parser.retry() == 1500ms);
    feed(parser, "retry:0\n");
    CHECK(parser.retry() == 0ms);
}

TEST_CASE("a new connection keeps id and retry and nothing else", "[http][event_stream_parser]") {
    event_stream_parser parser;
    feed(parser, "id: 1\nretry: 5\ndata: a\n\nid: 2\nevent: x\ndata: b\r");
    parser.reset();
    CHECK(parser.last_event_id() == "1");
    CHECK(parser.retry() == 5ms);
    CHECK(feed(parser,
               "\n\xef\xbb\xbf"
               "data: c\n\n")
              .empty());  // the mark stands in the second line
    CHECK(feed(parser, "data: d\n\n") == "message:d:1|");
    parser.last_event_id("9");
    CHECK(feed(parser, "data: e\n\n") == "message:e:9|");
}

TEST_CASE("lines and events have limits, and a limit is final", "[http][event_stream_parser]") {
    const auto too_large = "!" + make_error_code(errc::event_too_large).message();
    const auto limits = event_stream_limits().max_line(10).max_data(10);
    for (const bool whole : {true, false}) {
        const auto run = [&](std::string_view stream) {
            event_stream_parser parser(limits);
            if (whole) return feed(parser, stream);
            std::string got;
            for (const char& byte : stream) {
                if (got.ends_with(too_large)) break;
                got += feed(parser, {&byte, 1});
            }
            return got;
        };
        CHECK(run("data:12345\n\n") == "message:12345:|");
        CHECK(run("data:123456\n\n") == too_large);
        CHECK(run(":" + std::string(9, 'x') + "\n") == "");
        CHECK(run(":" + std::string(10, 'x')) == too_large);
        CHECK(run("data:12345\ndata:6789\n\n") == "message:12345\n6789:|");
        CHECK(run("data:12345\ndata:67890\n\n") == too_large);
        CHECK(run("data:\xff\xff\xff\n\n") == "message:\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd:|");
        CHECK(run("data:\xff\xff\xff\xff\n\n") == too_large);
    }
    event_stream_parser parser(limits);
    CHECK(feed(parser, "data: 123456") == too_large);
    CHECK(feed(parser, "\n\n") == too_large);
    parser.reset();
    CHECK(feed(parser, "data: 1\n\n") == "message:1:|");
    STATIC_CHECK(!std::is_aggregate_v<server_event>);
}
