#include "../../examples/subdomains/console.hpp"
#include "../../examples/subdomains/output_file.hpp"
#include "../../examples/subdomains/state_file.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>

using namespace subdomains;

namespace {

class folder {
public:
    folder() {
        auto name = (std::filesystem::temp_directory_path() / "dragline-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()));
        path_ = name;
    }
    ~folder() { std::filesystem::remove_all(path_); }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;

    std::string file(const std::string& name) const { return path_ + '/' + name; }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(file(name), std::ios::binary) << text;
        return file(name);
    }
    std::string read(const std::string& name) const {
        std::ifstream in(file(name), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    }

private:
    std::string path_;
};

run_state some_state() {
    run_state state;
    state.domains = "a.test b.test";
    state.types = "A AAAA";
    state.list_bytes = 1234;
    state.names = 18'446'744'073'709'551'615U;
    state.output = 99;
    state.found = 3;
    state.synthesised = 4;
    state.unresolved = 5;
    return state;
}

}  // namespace

TEST_CASE("a state reads as it was written", "[examples][subdomains]") {
    auto state = some_state();
    CHECK(parse_state(to_text(state)) == state);
    state.complete = true;
    CHECK(parse_state(to_text(state)) == state);
    CHECK(parse_state(to_text(run_state())) == run_state());
}

TEST_CASE("what is not all of a state is none", "[examples][subdomains]") {
    const auto text = to_text(some_state());
    for (std::size_t size = 0; size < text.size(); ++size) {
        INFO(size);
        CHECK_FALSE(parse_state(text.substr(0, size)));
    }
    CHECK_FALSE(parse_state(text + "\n"));
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto other = text;
        other[at] = '\x01';
        const auto read = parse_state(other);
        CHECK((!read || read->domains != some_state().domains || read->types != some_state().types));
    }
    auto larger = text;
    larger.insert(larger.find("names ") + 6, "1");
    CHECK_FALSE(parse_state(larger));  // more than 64 bits
    auto negative = text;
    negative.insert(negative.find("found ") + 6, "-");
    CHECK_FALSE(parse_state(negative));
    auto neither = text;
    neither.replace(neither.find("complete 0"), 10, "complete 2");
    CHECK_FALSE(parse_state(neither));
}

TEST_CASE("a state goes with the run that left it", "[examples][subdomains]") {
    auto now = some_state();
    now.names = now.output = 0;
    CHECK(difference(some_state(), now).empty());
    now.list_bytes = 1235;
    CHECK(difference(some_state(), now) == "its word list has 1234 bytes, this one 1235");
    now.list_bytes = 0;
    CHECK(difference(some_state(), now) == "one of the word lists is no file");
    now.types = "A";
    CHECK(difference(some_state(), now) == "its types are A AAAA");
    now.domains = "a.test";
    CHECK(difference(some_state(), now) == "its domains are a.test b.test");
}

TEST_CASE("a state file is replaced as a whole", "[examples][subdomains]") {
    folder here;
    const auto path = here.file("state");
    CHECK_FALSE(load_state(path));
    auto state = some_state();
    save_state(path, state);
    CHECK(load_state(path) == state);
    state.names = 7;
    save_state(path, state);
    CHECK(load_state(path) == state);
    CHECK_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_CASE("a file that is no state, or cannot be read or written, is told", "[examples][subdomains]") {
    folder here;
    CHECK_THROWS_AS(load_state(here.write("empty", "")), std::runtime_error);
    CHECK_THROWS_AS(load_state(here.write("garbage", std::string("\0\xFF\n", 3))), std::runtime_error);
    CHECK_THROWS_AS(load_state(here.write("large", std::string(3'000'000, 'x'))), std::runtime_error);
    CHECK_THROWS_AS(load_state(here.file("")), std::system_error);
    CHECK_THROWS_AS(save_state(here.file("missing/state"), some_state()), std::system_error);
}

TEST_CASE("an output is cut back to what is kept, and goes on there", "[examples][subdomains]") {
    folder here;
    const auto path = here.write("out", "one\ntwo\nthree\n");
    {
        output_file out(path, 8);
        CHECK(out.size() == 8);
        out.line("four");
        CHECK(here.read("out") == "one\ntwo\n");
        out.sync();
        CHECK(out.size() == 13);
    }
    CHECK(here.read("out") == "one\ntwo\nfour\n");
    output_file anew(path);
    CHECK(here.read("out").empty());
}

TEST_CASE("an output that has less than was written to it is left alone", "[examples][subdomains]") {
    folder here;
    const auto path = here.write("out", "one\n");
    CHECK_THROWS_AS(output_file(path, 5), std::runtime_error);
    CHECK(here.read("out") == "one\n");
    CHECK_THROWS_AS(output_file("/dev/null", 5), std::runtime_error);
    CHECK_NOTHROW(output_file("/dev/null"));
    CHECK_THROWS_AS(output_file(here.file("missing/out")), std::system_error);
}

TEST_CASE("a full disk is told when lines are flushed", "[examples][subdomains]") {
    if (!std::filesystem::exists("/dev/full")) SKIP("no /dev/full");
    output_file out("/dev/full");
    out.line("one");
    CHECK_THROWS_AS(out.flush(), std::system_error);
}

TEST_CASE("progress is one line", "[examples][subdomains]") {
    progress now;
    now.done = 3600;
    now.per_second = 1199.6;
    now.found = 12;
    now.in_flight = 1000;
    now.retries = 3;
    CHECK(progress_line(now) == "1200/s  3600 names  12 found  1000 in flight  3 retries  0 errors");
    now.total = 10'000;
    CHECK(progress_line(now) == "1200/s  3600/10000 names  12 found  1000 in flight  3 retries  0 errors");
}
