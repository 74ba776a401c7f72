// Rows of text under headings, fitted into the width there is. Start with table.
#pragma once

#include "safe_text.hpp"
#include "terminal.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace probe {

struct cell {
    std::string text;  // any bytes
    tone how = tone::plain;
};

struct column {
    std::string heading;
    std::size_t widest = 40;
    std::size_t narrowest = 0;  // 0: not narrower than its cells
    int rank = 0;               // of columns that do not fit the highest goes first; 0 stays
    bool right = false;
};

class table {
public:
    explicit table(std::vector<column> columns) : columns_(std::move(columns)) {}

    /// One cell for each column.
    void add(std::vector<cell> row) { rows_.push_back(std::move(row)); }
    bool empty() const { return rows_.empty(); }

    /// Lines that take at most `width` columns, or what they need when it is 0.
    std::string render(const terminal& style, std::size_t width) const {
        const auto texts = printable_rows(style);
        const auto widths = fitted(natural_widths(texts), width);
        std::string out = line(style, widths, headings());
        for (const auto& row : texts) out += line(style, widths, row);
        return out;
    }

private:
    static constexpr std::size_t gap = 2;
    static constexpr std::size_t left_out = 0;  // the width of a column that is not shown
    using width_list = std::vector<std::size_t>;

    std::vector<cell> headings() const {
        std::vector<cell> row;
        for (const auto& one : columns_) row.push_back({one.heading, tone::strong});
        return row;
    }

    std::vector<std::vector<cell>> printable_rows(const terminal& style) const {
        auto rows = rows_;
        for (auto& row : rows) {
            for (auto& one : row) one.text = printable(one.text, !style.unicode);
        }
        return rows;
    }

    width_list natural_widths(const std::vector<std::vector<cell>>& rows) const {
        width_list natural;
        for (std::size_t at = 0; at < columns_.size(); ++at) {
            auto widest = columns_of(columns_[at].heading);
            for (const auto& row : rows) widest = std::max(widest, columns_of(row[at].text));
            natural.push_back(std::min(widest, columns_[at].widest));
        }
        return natural;
    }

    static std::size_t total(const width_list& all) {
        std::size_t sum = 0;
        for (const auto one : all) sum += one == left_out ? 0 : one + gap;
        return sum > 0 ? sum - gap : 0;
    }

    width_list fitted(const width_list& natural, std::size_t width) const {
        if (width == 0) return natural;
        auto fit = natural;
        for (std::size_t at = 0; at < fit.size(); ++at) {
            if (columns_[at].narrowest > 0) fit[at] = std::min(fit[at], columns_[at].narrowest);
        }
        while (total(fit) > width) {
            const auto worst = std::max_element(
                columns_.begin(), columns_.end(),
                [&](const auto& a, const auto& b) { return rank_now(a, fit) < rank_now(b, fit); });
            if (rank_now(*worst, fit) == 0) break;
            fit[index(*worst)] = left_out;
        }
        share_out(natural, fit, width);
        return fit;
    }

    // What is left goes to the columns that were made narrower, in equal parts.
    static void share_out(const width_list& natural, width_list& fit, std::size_t width) {
        for (bool grows = true; grows;) {
            grows = false;
            for (std::size_t at = 0; at < fit.size() && total(fit) < width; ++at) {
                if (fit[at] == left_out || fit[at] >= natural[at]) continue;
                ++fit[at];
                grows = true;
            }
        }
    }

    std::size_t index(const column& of) const { return static_cast<std::size_t>(&of - columns_.data()); }
    int rank_now(const column& of, const width_list& fit) const {
        return fit[index(of)] == left_out ? 0 : of.rank;
    }

    std::string line(const terminal& style, const width_list& wide, const std::vector<cell>& row) const {
        std::string out;
        std::size_t last = 0;
        for (std::size_t at = 0; at < row.size(); ++at) last = wide[at] == left_out ? last : at;
        for (std::size_t at = 0; at <= last && at < row.size(); ++at) {
            if (wide[at] == left_out) continue;
            const bool end = at == last && !columns_[at].right;
            const auto text = end ? cut(row[at].text, wide[at], style.ellipsis())
                                  : fit(row[at].text, wide[at], columns_[at].right, style.ellipsis());
            out += style.paint(text, row[at].how);
            if (at != last) out += std::string(gap, ' ');
        }
        return out + '\n';
    }

    std::vector<column> columns_;
    std::vector<std::vector<cell>> rows_;
};

}  // namespace probe
