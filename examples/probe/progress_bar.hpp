// A live line at the bottom of a terminal: how far the run is. Start with progress_bar; render_progress() is
// the line itself, as text.
#pragma once

#include "safe_text.hpp"
#include "statistics.hpp"
#include "terminal.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>

namespace probe {

struct progress {
    std::size_t done = 0;
    std::size_t total = 0;
    std::size_t failed = 0;
    duration elapsed{};
};

namespace detail {

inline std::string seconds_text(double seconds) {
    const auto whole = std::max(static_cast<long long>(seconds + 0.5), 1LL);
    if (whole < 60) return std::to_string(whole) + " s";
    if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
    return std::to_string(whole / 3600) + " h " + std::to_string(whole / 60 % 60) + " min";
}

// The part after the bar: rate and time that is left.
inline std::string pace(const progress& now) {
    const double seconds = std::chrono::duration<double>(now.elapsed).count();
    if (now.done == 0 || seconds < 0.2) return {};
    const double rate = static_cast<double>(now.done) / seconds;
    char text[32];
    std::snprintf(text, sizeof text, rate < 10 ? "%.1f/s" : "%.0f/s", rate);
    if (now.done >= now.total) return text;
    return text + std::string("  ") + seconds_text(static_cast<double>(now.total - now.done) / rate) +
           " left";
}

inline std::string repeat(std::string_view piece, std::size_t times) {
    std::string out;
    while (times-- > 0) out += piece;
    return out;
}

}  // namespace detail

/// At most `width` columns, and fewer parts on fewer columns: "62% [####---] 310/500  41 failed  118/s  2 s
/// left".
inline std::string render_progress(const progress& now, std::size_t width, const terminal& style) {
    constexpr std::size_t shortest_bar = 8, longest_bar = 40;
    const auto total = std::max<std::size_t>(now.total, 1);
    const auto done = std::min(now.done, total);
    const auto percent = fit(std::to_string(done * 100 / total) + "%", 4, true);
    if (width < percent.size()) return {};
    const auto count = "  " + std::to_string(now.done) + "/" + std::to_string(now.total);
    const auto failed = now.failed ? "  " + std::to_string(now.failed) + " failed" : std::string();
    auto pace = detail::pace(now);
    if (!pace.empty()) pace.insert(0, "  ");

    auto used = percent.size();
    std::string tail;
    for (const auto& [text, how] :
         {std::pair(count, tone::plain), {failed, tone::bad}, {pace, tone::faint}}) {
        if (used + text.size() + (tail.empty() ? 0 : shortest_bar + 2) > width) break;
        used += text.size();
        tail += style.paint(text, how);
    }
    const auto room = std::min(width - used, longest_bar + 2);
    if (room < shortest_bar + 2) return percent + tail;
    const auto cells = room - 2, filled = cells * done / total;
    const auto bar =
        style.unicode
            ? "  " + style.paint(detail::repeat("\u2501", filled), tone::good) +
                  style.paint(detail::repeat(style.color ? "\u2501" : "\u2500", cells - filled), tone::faint)
            : " [" + detail::repeat("#", filled - (filled ? 1 : 0)) +
                  detail::repeat("-", cells - filled - (filled ? 0 : 1)) + "]";
    return percent + bar + tail;
}

/// Draws on a terminal, and nowhere else. What is drawn is gone when this object is.
class progress_bar {
public:
    progress_bar(std::size_t total, terminal place) : place_(place) { now_.total = total; }
    ~progress_bar() { clear(); }
    progress_bar(const progress_bar&) = delete;
    progress_bar& operator=(const progress_bar&) = delete;

    void advance(bool failed) {
        ++now_.done;
        now_.failed += failed ? 1 : 0;
    }

    void draw() {
        if (!place_.interactive) return;
        now_.elapsed = std::chrono::steady_clock::now() - begin_;
        const auto width = place_.width();
        write("\r" + render_progress(now_, width > 0 ? width - 1 : 0, place_) + "\x1b[K");
        drawn_ = true;
    }

    void clear() {
        if (drawn_) write("\r\x1b[K");
        drawn_ = false;
    }

private:
    // In one call, so that a line is never seen in halves.
    void write(const std::string& text) const {
        [[maybe_unused]] const auto written = ::write(place_.descriptor, text.data(), text.size());
    }

    terminal place_;
    progress now_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    bool drawn_ = false;
};

}  // namespace probe
