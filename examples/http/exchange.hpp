// Sends the request and shows what comes: to standard output piece by piece, or to a file.
#pragma once

#include "../mirror/local_path.hpp"
#include "byte_bar.hpp"
#include "report.hpp"

#include <dragline/dragline.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace http_command {

/// The last part of the path, fit to be a file name.
inline std::filesystem::path file_name_of(const std::string& url) {
    const auto parsed = dragline::url::parse(url);
    return parsed ? mirror::local_path(*parsed).filename() : std::filesystem::path("download");
}

inline asio::awaitable<dragline::http::response_record> download_to(std::filesystem::path path,
                                                                    request sent) {
    byte_bar bar;
    const auto here = co_await asio::this_coro::executor;
    auto progress = [&bar](const dragline::http::download_progress& now) { bar.draw(now); };
    dragline::http::download_options options;
    options.fetch(std::move(sent.options)).on_progress(progress);
    auto downloading = dragline::http::download(here, sent.url, std::move(path), options);
    auto made = co_await std::move(downloading);
    std::cerr << "http: " << made.size << " bytes in " << probe::printable(made.path.string()) << '\n';
    co_return std::move(made);
}

inline asio::awaitable<dragline::http::response_record> show(request sent, bool verbose) {
    const auto place = probe::terminal::of(STDOUT_FILENO);
    sent.options.max_body(std::numeric_limits<std::uint64_t>::max());
    auto opening = dragline::http::open_url(sent.url, std::move(sent.options));
    auto got = co_await std::move(opening);
    if (verbose || place.interactive) print_response(got);
    auto print = [&place](std::string_view piece) {
        // On a terminal the text of others must not steer it; elsewhere it is copied to the byte.
        if (!place.interactive) {
            std::cout << piece;
            return;
        }
        while (!piece.empty()) {
            const auto line = piece.substr(0, piece.find('\n'));
            std::cout << probe::printable(line);
            if (line.size() < piece.size()) std::cout << '\n';
            piece.remove_prefix(std::min(line.size() + 1, piece.size()));
        }
    };
    auto reading = got.read_to(print);
    co_await std::move(reading);
    std::cout << std::flush;
    if (!std::cout) throw std::system_error(std::make_error_code(std::errc::io_error), "standard output");
    co_return static_cast<dragline::http::response_record&&>(got);
}

/// What was done, also when it failed; secrets are masked.
inline void write_har(const std::string& file, const dragline::http::trace& done) {
    std::ofstream out(file, std::ios::binary);
    out << dragline::http::to_har(done) << '\n';
    if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

/// Returns the exit status.
inline int run_exchange(const settings& options) {
    auto sent = make_request(options);
    if (options.verbose) print_request(sent);
    dragline::http::trace trace;
    if (!options.har.empty()) sent.options.trace(&trace).recording(dragline::http::recording().headers(true));
    const auto begin = std::chrono::steady_clock::now();
    dragline::http::response_record got;
    try {
        if (options.download) {
            const auto name =
                options.download->empty() ? file_name_of(sent.url) : std::filesystem::path(*options.download);
            got = dragline::run(download_to(name, std::move(sent)));
            if (options.verbose) print_response(got);
        } else {
            got = dragline::run(show(std::move(sent), options.verbose));
        }
    } catch (const std::system_error&) {
        if (!options.har.empty()) write_har(options.har, trace);
        throw;
    }
    if (!options.har.empty()) write_har(options.har, trace);
    if (options.timing) print_timing(got.timings, std::chrono::steady_clock::now() - begin);
    return status_of(got.status);
}

}  // namespace http_command
