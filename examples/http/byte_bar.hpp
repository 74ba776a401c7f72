// How far a download is, on a terminal and nowhere else.
#pragma once

#include "../probe/terminal.hpp"

#include <dragline/http/download_options.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>

namespace http_command {

/// "12.3 MB"
inline std::string bytes_text(double bytes) {
    const char* const units[] = {"B", "kB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    for (; bytes >= 1000 && unit + 1 < std::size(units); ++unit) bytes /= 1000;
    char text[32];
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
    return text;
}

/// The line itself: " 62% [######----] 12.3 MB  4.5 MB/s".
inline std::string byte_line(std::uint64_t received, std::optional<std::uint64_t> total, double seconds) {
    std::string line;
    if (total && *total > 0) {
        const auto part = std::min(static_cast<double>(received) / static_cast<double>(*total), 1.0);
        const auto cells = static_cast<std::size_t>(part * 30);
        char percent[8];
        std::snprintf(percent, sizeof percent, "%3.0f%%", part * 100);
        line = percent + (" [" + std::string(cells, '#') + std::string(30 - cells, '-') + "] ");
    }
    line += bytes_text(static_cast<double>(received));
    if (seconds > 0.2) line += "  " + bytes_text(static_cast<double>(received) / seconds) + "/s";
    return line;
}

class byte_bar {
public:
    byte_bar() : place_(probe::terminal::of(STDERR_FILENO)) {}
    ~byte_bar() {
        if (drawn_) std::cerr << "\r\x1b[K";
    }
    byte_bar(const byte_bar&) = delete;
    byte_bar& operator=(const byte_bar&) = delete;

    void draw(const dragline::http::download_progress& now) {
        using namespace std::chrono_literals;
        const auto time = std::chrono::steady_clock::now();
        const bool last = now.total && now.received == *now.total;
        if (!place_.interactive || (drawn_ && !last && time - drawn_at_ < 50ms)) return;
        const std::chrono::duration<double> passed = time - begin_;
        std::cerr << '\r' << byte_line(now.received, now.total, passed.count()) << "\x1b[K" << std::flush;
        drawn_ = true;
        drawn_at_ = time;
    }

private:
    probe::terminal place_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point drawn_at_;
    bool drawn_ = false;
};

}  // namespace http_command
