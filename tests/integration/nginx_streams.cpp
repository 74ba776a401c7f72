// Responses of nginx read in pieces, kept in files, and taken apart into events.
#include <dragline/http.hpp>

#include "../http/stream_lab.hpp"
#include "../support/http_client.hpp"
#include "../support/request_body.hpp"
#include "nginx_server.hpp"

#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>

using dragline::download_options;
using dragline::fetch_options;
using dragline::test::http_client;
using dragline::test::kept_completion;
using dragline::test::nginx_server;
using dragline::test::pattern;
using dragline::test::run_until;

namespace fs = std::filesystem;
namespace http = dragline::http;

namespace {

// A client that asks for slowness gets little, and the end of its patience in the middle of the file.
constexpr auto throttling = R"(
    server { listen 127.0.0.1:@0;
        location / { root @F/www; types { text/event-stream events; }
            if ($http_x_slow) { set $limit_rate 64k; } } })";

std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct downloaded {
    std::error_code ec;
    http::download_result made;
};

downloaded download(http_client& client, const std::string& url, const fs::path& to,
                    const download_options& options) {
    kept_completion<http::download_result> kept;
    http::download(client.session, url, to, options, kept);
    run_until(client.loop, [&] { return kept.done(); });
    return {kept.ec(), std::move(kept.value())};
}

}  // namespace

TEST_CASE("a large file of nginx is read in pieces, and its connection goes on",
          "[integration][nginx][stream]") {
    const auto whole = pattern(3'000'000);
    const nginx_server nginx(throttling, {{"www/whole", whole}});
    http_client client;
    for (int round = 0; round < 2; ++round) {
        auto [ec, stream] = dragline::test::open(client, nginx.url("/whole"));
        REQUIRE(!ec);
        CHECK(stream.status == 200);
        const auto all = dragline::test::read_rest(client, stream, 100'000);
        CHECK(all.ec == asio::error::eof);
        CHECK(bool(all.text == whole));
        CHECK(stream.peer.reused == (round > 0));
    }
    CHECK(client.statistics().idle_connections == 1);
}

TEST_CASE("a download from nginx that was cut goes on where it ended", "[integration][nginx][download]") {
    const auto whole = pattern(2'000'000);
    const nginx_server nginx(throttling, {{"www/whole", whole}});
    const dragline::test::temporary_folder folder;
    const auto target = fs::path(folder.path()) / "whole";
    http_client client;
    const auto slow = fetch_options().header("X-Slow", "1").read_timeout(std::chrono::milliseconds(300));
    CHECK(download(client, nginx.url("/whole"), target, download_options().fetch(slow)).ec ==
          dragline::condition::timeout);
    CHECK(!fs::exists(target));
    const auto there = fs::file_size(target.string() + ".part");
    CHECK(there > 0);
    CHECK(there < whole.size());

    const auto second = download(client, nginx.url("/whole"), target, download_options());
    REQUIRE(!second.ec);
    CHECK(second.made.resumed == there);
    CHECK(second.made.size == whole.size());
    CHECK(bool(text_of(target) == whole));
    CHECK(!fs::exists(target.string() + ".part"));
    const auto wrong = download_options().sha256(std::string(64, '0'));
    CHECK(download(client, nginx.url("/whole"), target, wrong).ec == http::errc::checksum_mismatch);
    CHECK(bool(text_of(target) == whole));
}

TEST_CASE("events come from a file of nginx as from any server", "[integration][nginx][events]") {
    const nginx_server nginx(throttling, {{"www/two.events", "id: 1\ndata: one\n\nevent: bye\ndata: two\n\n"},
                                          {"www/page.html", "data: x\n\n"}});
    http_client client;
    kept_completion<http::event_stream> opened;
    http::open_events(client.session, nginx.url("/two.events"), opened);
    run_until(client.loop, [&] { return opened.done(); });
    REQUIRE(!opened.ec());
    auto stream = std::move(opened.value());
    for (const auto* data : {"one", "two"}) {
        kept_completion<http::server_event> next;
        stream.next(next);
        run_until(client.loop, [&] { return next.done(); });
        CHECK(!next.ec());
        CHECK(next.value().data == data);
        CHECK(next.value().id == "1");
    }
    kept_completion<http::event_stream> refused;
    http::open_events(client.session, nginx.url("/page.html"), refused);
    run_until(client.loop, [&] { return refused.done(); });
    CHECK(refused.ec() == http::errc::unexpected_type);
}
