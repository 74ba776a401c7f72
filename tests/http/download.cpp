#include <dragline/http/download.hpp>

#include "download_lab.hpp"

#include <dragline/core/ascii.hpp>
#include <dragline/h1/error.hpp>
#include <dragline/http/detail/part_file.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace std::chrono_literals;
using dragline::download_options;
using dragline::fetch_options;
using dragline::phase;
using dragline::phase_of;
using dragline::test::break_off;
using dragline::test::http_client;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::test::tagged;
using dragline::test::with_ranges;
using dragline::testing::ending;
using dragline::testing::http_framing;
using dragline::testing::http_reply;
using dragline::testing::http_request;
using dragline::testing::http_server;

namespace fs = std::filesystem;
namespace http = dragline::http;
using http::existing_file;
using lab = dragline::test::download_lab;

namespace {

const std::string& content = dragline::test::download_content;

}  // namespace

TEST_CASE("a file appears whole, and nothing else is left", "[http][download]") {
    lab at;
    at.server.on("/x", tagged());
    lab::write(at.target, "old");
    std::vector<std::uint64_t> seen;
    const auto see = [&seen](const http::download_progress& now) {
        CHECK(now.total == content.size());
        seen.push_back(now.received);
    };
    CHECK(!at.get(download_options().on_progress(see).sync(true)));
    CHECK(at.made.size == content.size());
    CHECK(at.made.resumed == 0);
    CHECK(!at.made.kept);
    CHECK(at.made.path == at.target);
    CHECK(at.made.status == 200);
    CHECK((lab::text(at.target) == content));
    CHECK(at.files() == 1);
    CHECK(seen.back() == content.size());
    const auto request = at.server.requests().at(0);
    CHECK(request.field("Accept-Encoding") == "identity");
    CHECK(!request.has_field("Range"));
    CHECK(at.client.statistics().idle_connections == 1);
    at.server.on("/x", http_reply().body(content).framing(http_framing::until_close));
    CHECK(!at.get());
    at.server.on("/x", http_reply());
    CHECK(!at.get());
    CHECK(lab::text(at.target).empty());
}

TEST_CASE("a download that broke off is resumed where it was left", "[http][download]") {
    lab at;
    break_off(at);
    const auto had = fs::file_size(at.part);
    CHECK(had <= 400);
    CHECK((lab::text(at.folder / "file.part.info").find("http") == std::string::npos));  // no URL, no secrets
    at.server.on("/x", [](const http_request& request) { return with_ranges(request); });
    CHECK(!at.get());
    CHECK(at.made.resumed == had);
    CHECK(at.made.size == content.size());
    CHECK(at.made.status == 206);
    CHECK((lab::text(at.target) == content));
    CHECK(at.files() == 1);
    const auto request = at.server.requests().back();
    CHECK(request.field("Range") == "bytes=" + std::to_string(had) + "-");
    CHECK(request.field("If-Range") == "\"v1\"");
}

TEST_CASE("what has changed meanwhile, or is not to be resumed, is downloaded anew", "[http][download]") {
    lab at;
    break_off(at);
    at.server.on("/x", [](const http_request& request) { return with_ranges(request, "\"v2\""); });
    CHECK(!at.get());
    CHECK(at.made.resumed == 0);
    CHECK((lab::text(at.target) == content));
    fs::remove(at.target);
    break_off(at);
    at.server.clear_requests();
    at.server.on("/x", [](const http_request& request) { return with_ranges(request); });
    CHECK(!at.get(download_options().resume(false)));
    CHECK(!at.server.requests().at(0).has_field("Range"));
    CHECK((lab::text(at.target) == content));
}

TEST_CASE("a part of another URL, without a note or with a bad one, is not resumed", "[http][download]") {
    for (const auto* info : {"", "x", "\n\"v1\"\n", "0000\n\"v1\"\n"}) {
        lab at;
        lab::write(at.part, "part of something else");
        if (*info != '\0') lab::write(at.folder / "file.part.info", info);
        at.server.on("/x", [](const http_request& request) { return with_ranges(request); });
        CHECK(!at.get());
        CHECK(!at.server.requests().at(0).has_field("Range"));
        CHECK((lab::text(at.target) == content));
        CHECK(at.files() == 1);
    }
}

TEST_CASE("only a strong validator is worth a part", "[http][download]") {
    lab at;
    at.server.on("/x", http_reply().header("ETag", "W/\"v1\"").body(content).cut_body(400));
    CHECK(at.get() == dragline::h1::errc::truncated);
    CHECK(at.files() == 0);
}

TEST_CASE("a server that lies about its range is asked for the whole", "[http][download]") {
    for (const auto* lie : {"", "bytes 0-999/1000", "bytes 401-999/1000", "bytes 5-9", "bytes 400-998/1000",
                            "bytes */1000", "nonsense"}) {
        CAPTURE(lie);
        lab at;
        break_off(at);
        fs::resize_file(at.part, 400 - 100);
        at.server.on("/x", [lie](const http_request& request) {
            if (!request.has_field("Range")) return with_ranges(request);
            auto reply = http_reply(206).body(std::string(600, '!')).header("ETag", "\"v1\"");
            return *lie ? reply.header("Content-Range", lie) : reply;
        });
        CHECK(!at.get());
        CHECK((lab::text(at.target) == content));
        CHECK(at.server.request_count() == 3);
    }
    lab at;
    at.server.on("/x", http_reply(206).header("Content-Range", "bytes 0-999/1000").body(content));
    CHECK(at.get() == http::errc::invalid_range);  // nobody has asked for a part
    CHECK(at.files() == 0);
}

TEST_CASE("a part that is shorter or longer than its range says is refused", "[http][download]") {
    for (const std::size_t size : {699u, 701u}) {
        lab at;
        break_off(at);
        fs::resize_file(at.part, 300);
        at.server.on("/x", http_reply(206)
                               .header("ETag", "\"v1\"")
                               .header("Content-Range", "bytes 300-999/1000")
                               .body(std::string(size, '!')));
        CHECK(at.get() == http::errc::invalid_range);
        CHECK(!fs::exists(at.target));
    }
}

TEST_CASE("416 says that nothing is missing, or that all is wrong", "[http][download]") {
    for (const bool complete : {true, false}) {
        lab at;
        break_off(at);
        lab::write(at.part, complete ? content : content + "!");
        at.server.on("/x", [](const http_request& request) { return with_ranges(request); });
        CHECK(!at.get());
        CHECK(at.made.status == (complete ? 416 : 200));
        CHECK((lab::text(at.target) == content));
        CHECK(at.files() == 1);
    }
    // Of the same size, but another file: a server that looks at If-Range too late.
    lab at;
    break_off(at);
    lab::write(at.part, std::string(content.size(), '!'));
    at.server.on("/x", [](const http_request& request) {
        if (!request.has_field("Range")) return with_ranges(request);
        return http_reply(416).header("Content-Range", "bytes */1000").header("ETag", "\"v2\"");
    });
    CHECK(!at.get());
    CHECK((lab::text(at.target) == content));
}

TEST_CASE("the checksum decides whether the file takes its place", "[http][download]") {
    http::detail::sha256_hasher hasher;
    hasher.add("abc");
    CHECK(hasher.finish() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hasher.reset();
    hasher.add(content);
    auto hash = hasher.finish();
    lab at;
    break_off(at);
    at.server.on("/x", [](const http_request& request) { return with_ranges(request); });
    hash[0] = dragline::ascii::to_upper(hash[0]);
    CHECK(!at.get(download_options().sha256(hash)));  // the part of the first attempt counts too
    CHECK(at.made.resumed > 0);
    CHECK(at.made.sha256.size() == 64);
    CHECK(at.get(download_options().sha256(std::string(64, '0'))) == http::errc::checksum_mismatch);
    CHECK((lab::text(at.target) == content));  // the one of before
    CHECK(at.files() == 1);
}

TEST_CASE("a target that is there is kept or not replaced, when told so", "[http][download]") {
    lab at;
    at.server.on("/x", [&at](const http_request&) {
        lab::write(at.target, "made meanwhile");
        return http_reply().body(content);
    });
    CHECK(at.get(download_options().existing(existing_file::refuse)) == http::errc::file_exists);
    CHECK(lab::text(at.target) == "made meanwhile");
    CHECK(at.files() == 1);
    CHECK(at.get(download_options().existing(existing_file::refuse)) == http::errc::file_exists);
    CHECK(!at.get(download_options().existing(existing_file::keep)));
    CHECK(at.made.kept);
    CHECK(at.made.size == 14);
    CHECK(at.server.request_count() == 1);
    fs::remove(at.target);
    at.server.on("/x", http_reply().body(content));
    CHECK(!at.get(download_options().existing(existing_file::refuse)));
    CHECK(at.files() == 1);
}

TEST_CASE("max_size is exact, announced or not", "[http][download]") {
    for (const auto how : {http_framing::content_length, http_framing::chunked}) {
        lab at;
        at.server.on("/x", tagged().framing(how));
        CHECK(!at.get(download_options().max_size(1000)));
        CHECK(at.get(download_options().max_size(999)) == http::errc::body_too_large);
        CHECK(at.files() == 1);
    }
}

TEST_CASE("what is no file fails without a trace of it", "[http][download]") {
    lab at;
    for (const auto& [status, ec] : {std::pair(404, http::errc::bad_status),
                                     {500, http::errc::bad_status},
                                     {204, http::errc::unexpected_status},
                                     {416, http::errc::bad_status}}) {
        at.server.on("/x", http_reply(status));
        CHECK(at.get() == ec);
        CHECK(at.files() == 0);
    }
    http::trace seen;
    at.server.on("/x", http_reply(404).endless_body("x"));
    CHECK(at.get(download_options().fetch(fetch_options().trace(&seen))) == http::errc::bad_status);
    CHECK(seen.attempts.at(0).complete);  // and nothing is written there later
    for (const auto& bad : {download_options().sha256("12"), download_options().sha256(std::string(64, 'g')),
                            download_options().fetch(fetch_options().header("range", "bytes=0-")),
                            download_options().fetch(fetch_options().header("If-Range", "x")),
                            download_options().fetch(fetch_options().method("POST")),
                            download_options().fetch(fetch_options().body("x"))}) {
        CHECK(at.get(bad) == dragline::errc::invalid_option);
    }
    at.target = at.folder / "";
    CHECK(at.get() == dragline::errc::invalid_option);
}

TEST_CASE("errors of files are values with a phase", "[http][download]") {
    lab at;
    at.server.on("/x", tagged());
    const auto target = std::exchange(at.target, at.folder / "missing" / "file");
    const auto missing = at.get();
    CHECK(missing == std::errc::no_such_file_or_directory);
    CHECK(phase_of(missing) == phase::file);
    at.target = target;
    fs::create_symlink("/dev/null", at.part);
    CHECK(at.get() == std::errc::too_many_symbolic_link_levels);
    fs::remove(at.part);
    fs::create_directory(at.target);
    const auto folder = at.get();
    CHECK(folder == std::errc::is_a_directory);
    CHECK(phase_of(folder) == phase::file);
    fs::remove_all(at.target);
    http::detail::output_file other;
    REQUIRE(!other.open(at.part));
    CHECK(at.get() == std::errc::resource_unavailable_try_again);  // another download has it
    other.close();
    CHECK(!at.get());
    http::detail::output_file full;
    if (!full.open("/dev/full")) CHECK(full.write("x") == std::errc::no_space_on_device);
}

TEST_CASE("a part or a note that others can change is not resumed but replaced", "[http][download]") {
    const auto* shared = GENERATE("file.part", "file.part.info");
    lab at;
    break_off(at);
    at.server.on("/x", [](const http_request& request) { return with_ranges(request); });
    const auto other = at.folder / "other";
    fs::create_hard_link(at.folder / shared, other);
    const auto before = lab::text(other);
    CHECK(!at.get());
    CHECK(at.made.resumed == 0);
    CHECK((lab::text(at.target) == content));
    CHECK(lab::text(other) == before);
}

TEST_CASE("a pipe in the place of a part or of its note is refused, and not waited for", "[http][download]") {
    lab at;
    at.server.on("/x", tagged());
    REQUIRE(::mkfifo(at.part.c_str(), 0600) == 0);
    CHECK(phase_of(at.get()) == phase::file);
    const int reader = ::open(at.part.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    CHECK(at.get() == std::errc::not_supported);
    ::close(reader);
    fs::remove(at.part);
    lab::write(at.part, "part");
    REQUIRE(::mkfifo((at.folder / "file.part.info").c_str(), 0600) == 0);
    CHECK(!at.get());
    CHECK(at.made.resumed == 0);
    CHECK((lab::text(at.target) == content));
    CHECK(at.files() == 1);
}

TEST_CASE("a target that is kept has the checksum, too", "[http][download]") {
    lab at;
    const auto keep = download_options().existing(existing_file::keep);
    lab::write(at.target, "abc");
    const auto* of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    CHECK(!at.get(download_options(keep).sha256(of_abc)));
    CHECK(at.made.kept);
    CHECK(at.made.sha256 == of_abc);
    CHECK(at.get(download_options(keep).sha256(std::string(64, '0'))) == http::errc::checksum_mismatch);
    CHECK(lab::text(at.target) == "abc");
    CHECK(at.server.request_count() == 0);
}

TEST_CASE("a part is hashed in turns of the loop, which may end it", "[http][download]") {
    lab at;
    break_off(at);
    {
        std::ofstream file(at.part, std::ios::binary | std::ios::app);
        const std::string piece(1 << 20, 'x');
        for (int i = 0; i < 64; ++i) file << piece;
    }
    asio::cancellation_signal cancel;
    kept_completion<http::download_result> kept;
    http::download(at.client.session, at.server.url("/x"), at.target,
                   download_options().sha256(std::string(64, '0')),
                   asio::bind_cancellation_slot(cancel.slot(), kept));
    asio::post(at.client.loop.get_executor(), [&cancel] { cancel.emit(asio::cancellation_type::terminal); });
    run_until(at.client.loop, [&] { return kept.done(); });
    CHECK(kept.ec() == asio::error::operation_aborted);
    CHECK(at.server.request_count() == 1);
    CHECK(fs::file_size(at.part) > (64u << 20));
}

TEST_CASE("a callback that throws, and a caller that cancels, leave the part", "[http][download]") {
    lab at;
    at.server.on("/x", tagged());
    const auto throws = [](const http::download_progress&) { throw std::runtime_error("enough"); };
    CHECK(at.get(download_options().on_progress(throws)) == dragline::errc::callback_failed);
    CHECK((lab::text(at.part) == content));
    at.server.on("/x", tagged().cut_body(400, ending::stall));
    asio::cancellation_signal cancel;
    kept_completion<http::download_result> kept;
    const auto cancels = [&cancel](const http::download_progress&) {
        cancel.emit(asio::cancellation_type::terminal);
    };
    http::download(at.client.session, at.server.url("/x"), at.target,
                   download_options().resume(false).on_progress(cancels),
                   asio::bind_cancellation_slot(cancel.slot(), kept));
    run_until(at.client.loop, [&] { return kept.done(); });
    CHECK(kept.ec() == asio::error::operation_aborted);
    CHECK(fs::file_size(at.part) > 0);
    CHECK(!fs::exists(at.target));
}

TEST_CASE("a download restarts within the one connection that its session may have", "[http][download]") {
    lab at;
    break_off(at);
    at.server.on("/x", [](const http_request& request) {
        if (!request.has_field("Range")) return with_ranges(request);
        return http_reply(206).header("Content-Range", "nonsense").body(std::string(1 << 20, '!'));
    });
    http_client narrow(http::session_options().connections_per_host(1));
    kept_completion<http::download_result> kept;
    http::download(narrow.session, at.server.url("/x"), at.target, download_options(), kept);
    run_until(narrow.loop, [&] { return kept.done(); });
    CHECK(!kept.ec());
    CHECK((lab::text(at.target) == content));
}
