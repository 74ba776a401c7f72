#include "../../examples/probe/progress_bar.hpp"
#include "../../examples/probe/statistics.hpp"
#include "../../examples/probe/table.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

using namespace probe;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream from(text);
    for (std::string line; std::getline(from, line);) all.push_back(line);
    return all;
}

terminal plain() { return terminal(); }

terminal colored() {
    terminal made;
    made.color = true;
    return made;
}

// Without the sequences of colours.
std::string bare(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\x1b') {
            at = text.find('m', at);
        } else {
            out += text[at];
        }
    }
    return out;
}

}  // namespace

TEST_CASE("percentiles are the values of the nearest rank", "[examples][probe]") {
    latencies some;
    CHECK(some.percentile(50) == 0ms);
    some.add(7ms);
    CHECK(some.percentile(0) == 7ms);
    CHECK(some.percentile(50) == 7ms);
    CHECK(some.percentile(99) == 7ms);
    latencies hundred;
    for (int i = 100; i >= 1; --i) hundred.add(std::chrono::milliseconds(i));
    CHECK(hundred.percentile(50) == 50ms);
    CHECK(hundred.percentile(90) == 90ms);
    CHECK(hundred.percentile(99) == 99ms);
    CHECK(hundred.percentile(100) == 100ms);
    hundred.add(0ms);  // after a question
    CHECK(hundred.percentile(0) == 0ms);
}

TEST_CASE("a table gives each column the width of its widest cell", "[examples][probe]") {
    table some({{"NAME"}, {"N", 8, 0, 0, true}, {"TEXT"}});
    some.add({{"a"}, {"1"}, {"x"}});
    some.add({{"longer"}, {"100"}, {"y z"}});
    CHECK(some.render(plain(), 0) ==
          "NAME      N  TEXT\n"
          "a         1  x\n"
          "longer  100  y z\n");
}

TEST_CASE("a table keeps to the width it is given", "[examples][probe]") {
    table some({{"HOST", 30, 6}, {"LESS", 10, 0, 1}, {"LEAST", 10, 0, 2}, {"CODE"}, {"TITLE", 40, 8}});
    some.add(
        {{"a-long-host-name.example"}, {"less"}, {"least"}, {"200"}, {"a title of many words \u65E5\u672C"}});
    for (std::size_t width = 22; width <= 90; ++width) {
        for (const auto& line : lines_of(some.render(plain(), width))) CHECK(columns_of(line) <= width);
    }
    const auto narrow = lines_of(some.render(plain(), 30));
    CHECK(narrow[0].find("LEAST") == std::string::npos);
    CHECK(narrow[0].find("CODE") != std::string::npos);
    const auto wide = lines_of(some.render(plain(), 0));
    CHECK(wide[1].find("a title of many words \u65E5\u672C") != std::string::npos);
}

TEST_CASE("cells are hostile text", "[examples][probe]") {
    table some({{"A"}, {"B"}});
    some.add({{"\x1b[2J\nx"}, {"\x07"}});
    CHECK(some.render(plain(), 0) == "A       B\n?[2J x  ?\n");
}

TEST_CASE("colours take no width, and there are none without a terminal", "[examples][probe]") {
    table some({{"A"}, {"B"}});
    some.add({{"good", tone::good}, {"bad", tone::bad}});
    CHECK(some.render(plain(), 0).find('\x1b') == std::string::npos);
    CHECK(some.render(colored(), 0).find("\x1b[32mgood\x1b[0m") != std::string::npos);
    CHECK(bare(some.render(colored(), 0)) == some.render(plain(), 0));
}

TEST_CASE("a progress line fits at every width", "[examples][probe]") {
    for (const auto& style : {plain(), colored()}) {
        for (const std::size_t done : {0U, 1U, 250U, 499U, 500U}) {
            progress now{done, 500, done / 3, 2500ms};
            for (std::size_t width = 0; width <= 200; ++width) {
                const auto line = bare(render_progress(now, width, style));
                CHECK(columns_of(line) <= width);
                if (width >= 4) CHECK(line.find(std::to_string(done / 5) + "%") != std::string::npos);
            }
        }
    }
}

TEST_CASE("a progress line tells more where there is room", "[examples][probe]") {
    auto style = plain();
    style.unicode = false;
    const progress now{250, 500, 10, 5s};
    CHECK(render_progress(now, 4, style) == " 50%");
    CHECK(render_progress(now, 25, style) == " 50% [####-----]  250/500");
    CHECK(render_progress(now, 64, style) ==
          " 50% [##########-----------]  250/500  10 failed  50/s  5 s left");
    CHECK(render_progress({0, 500, 0, 0s}, 40, style) == "  0% [--------------------------]  0/500");
    CHECK(render_progress({500, 500, 0, 5s}, 40, style) == "100% [#################]  500/500  100/s");
    CHECK(render_progress({3, 0, 0, 0s}, 20, style).find("100%") != std::string::npos);
    CHECK(render_progress({1, 10'000, 0, 10s}, 80, style).find("27 h 46 min left") != std::string::npos);
    CHECK(render_progress({5, 10, 0, 90s}, 80, style).find("1 min 30 s left") != std::string::npos);
}

TEST_CASE("what is no terminal gets no bar", "[examples][probe]") {
    progress_bar silent(10, terminal::of(-1));
    silent.advance(false);
    silent.draw();  // would fail on descriptor -1, if it wrote
    silent.clear();
    CHECK_FALSE(terminal::of(-1).interactive);
    CHECK_FALSE(terminal::of(-1).color);
    CHECK(terminal::of(-1).width() == 0);
}
