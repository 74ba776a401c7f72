// Messages and the line of progress, on standard error. Start with console; progress_line() is that line.
#pragma once

#include "../probe/safe_text.hpp"
#include "../probe/terminal.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include <unistd.h>

namespace subdomains {

struct progress {
    std::uint64_t done = 0;  ///< Names, those of earlier runs too.
    std::optional<std::uint64_t> total;
    double per_second = 0;
    std::uint64_t found = 0;
    std::size_t in_flight = 0;
    std::uint64_t retries = 0;
    std::uint64_t errors = 0;
};

/// "1200/s  3600/10000 names  12 found  1000 in flight  3 retries  0 errors"
inline std::string progress_line(const progress& now) {
    char pace[32];
    std::snprintf(pace, sizeof pace, "%.0f/s  ", now.per_second);
    const auto total = now.total ? '/' + std::to_string(*now.total) : std::string();
    return pace + std::to_string(now.done) + total + " names  " + std::to_string(now.found) + " found  " +
           std::to_string(now.in_flight) + " in flight  " + std::to_string(now.retries) + " retries  " +
           std::to_string(now.errors) + " errors";
}

class console {
public:
    /// Shows progress on a terminal, and where it is `asked` for.
    explicit console(bool asked) : shows_progress_(asked || place_.interactive) {}
    ~console() { clear(); }
    console(const console&) = delete;
    console& operator=(const console&) = delete;

    bool shows_progress() const { return shows_progress_; }

    void say(std::string_view text) {
        clear();
        write("subdomains: " + probe::printable(text) + '\n');
    }

    /// A terminal has one line for all progress, what is no terminal a line each time.
    void show(const progress& now) {
        if (!shows_progress_) return;
        const auto line = progress_line(now);
        if (!place_.interactive) return write(line + '\n');
        const auto width = place_.width();
        write('\r' + probe::cut(line, width > 0 ? width - 1 : 0) + "\x1b[K");
        drawn_ = true;
    }

    void clear() {
        if (drawn_) write("\r\x1b[K");
        drawn_ = false;
    }

private:
    static void write(const std::string& text) {
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    }

    probe::terminal place_ = probe::terminal::of(STDERR_FILENO);
    bool shows_progress_;
    bool drawn_ = false;
};

}  // namespace subdomains
