#include <dragline/http/fan_out/page_options.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("a walk over pages stays with its origin and ends somewhere, unless told otherwise",
          "[http][page_options]") {
    const dragline::page_options usual;
    CHECK(usual.same_origin());
    CHECK(usual.max_pages() == 1000);
    CHECK(usual.relation() == "next");
    const auto other = dragline::page_options()
                           .same_origin(false)
                           .max_pages(2)
                           .relation("prev")
                           .limits(dragline::http::link_limits().max_links(3))
                           .fetch(dragline::fetch_options().method("HEAD"));
    CHECK_FALSE(other.same_origin());
    CHECK(other.max_pages() == 2);
    CHECK(other.relation() == "prev");
    CHECK(other.limits().max_links() == 3);
    CHECK(other.fetch().method() == "HEAD");
}
