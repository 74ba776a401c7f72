// A folder, a server and a client for downloads, and what they serve.
#pragma once

#include "../support/http_client.hpp"

#include <dragline/h1/error.hpp>
#include <dragline/http/download.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace dragline::test {

namespace fs = std::filesystem;

inline const std::string download_content = [] {
    std::string text;
    while (text.size() < 1000) text += "0123456789abcdef" + std::to_string(text.size());
    return text.substr(0, 1000);
}();

// A folder of its own, a server and a client.
class download_lab {
public:
    download_lab() : folder(fs::temp_directory_path() / ("dragline_download_" + std::to_string(::getpid()))) {
        fs::remove_all(folder);
        fs::create_directories(folder);
    }
    ~download_lab() {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }

    fs::path folder;
    fs::path target = folder / "file";
    fs::path part = folder / "file.part";
    testing::http_server server;
    http_client client;
    http::download_result made;

    std::error_code get(const download_options& options = download_options()) {
        kept_completion<http::download_result> kept;
        http::download(client.session, server.url("/x"), target, options, kept);
        run_until(client.loop, [&] { return kept.done(); });
        made = std::move(kept.value());
        return kept.ec();
    }

    static std::string text(const fs::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    static void write(const fs::path& path, std::string_view bytes) {
        std::ofstream(path, std::ios::binary) << bytes;
    }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
    }
};

inline testing::http_reply tagged(testing::http_reply reply = testing::http_reply().body(download_content)) {
    return reply.header("ETag", "\"v1\"");
}

// The first attempt breaks off after 400 bytes, and leaves them.
inline void break_off(download_lab& at, const testing::http_reply& reply = tagged()) {
    at.server.on("/x", testing::http_reply(reply).cut_body(400));
    CHECK(at.get() == dragline::h1::errc::truncated);
    CHECK(!fs::exists(at.target));
}

// What a server should do, with a file that has this tag.
inline testing::http_reply with_ranges(const testing::http_request& request,
                                       const std::string& tag = "\"v1\"") {
    const auto range = request.field("Range");
    auto reply = testing::http_reply().header("ETag", tag);
    if (range.empty() || request.field("If-Range") != tag) return reply.body(download_content);
    const auto first = std::stoul(std::string(range.substr(6)));
    const auto whole = "/" + std::to_string(download_content.size());
    if (first >= download_content.size()) return reply.status(416).header("Content-Range", "bytes *" + whole);
    return reply.status(206)
        .header("Content-Range",
                "bytes " + std::to_string(first) + "-" + std::to_string(download_content.size() - 1) + whole)
        .body(download_content.substr(first));
}

}  // namespace dragline::test
