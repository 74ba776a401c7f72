#include <dragline/http/download_options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <type_traits>

using dragline::download_options;
using dragline::http::existing_file;

TEST_CASE("download_options keeps what it is given; by default it resumes and replaces",
          "[http][download_options]") {
    STATIC_CHECK(!std::is_aggregate_v<download_options>);
    CHECK(download_options().resume());
    CHECK(download_options().existing() == existing_file::replace);
    CHECK(!download_options().sync());
    CHECK(download_options().sha256().empty());
    CHECK(!download_options().on_progress());
    const auto options = download_options()
                             .resume(false)
                             .existing(existing_file::refuse)
                             .sha256(std::string(64, '0'))
                             .max_size(5)
                             .sync(true)
                             .on_progress([](const dragline::http::download_progress&) {})
                             .fetch(dragline::fetch_options().user_agent("x"));
    CHECK(!options.resume());
    CHECK(options.existing() == existing_file::refuse);
    CHECK(options.sha256() == std::string(64, '0'));
    CHECK(options.max_size() == 5);
    CHECK(options.sync());
    CHECK(options.on_progress());
    CHECK(options.fetch().user_agent() == "x");
}
