#include <dragline/dns/trace.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string_view>

using dragline::dns::answer_source;

TEST_CASE("every source of an answer has a name", "[dns][trace]") {
    for (const auto source : {answer_source::none, answer_source::literal, answer_source::local,
                              answer_source::hosts_file, answer_source::cache, answer_source::network}) {
        CHECK(std::string_view(to_string(source)) != "unknown source");
    }
    CHECK(std::string_view(to_string(answer_source::hosts_file)) == "hosts file");
}
