#include "../support/child_descriptors.hpp"
#include "../support/temporary_folder.hpp"
#include "server_lab.hpp"

#include <dragline/net/datagram.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace dragline::test;
using dragline::net::endpoint;

TEST_CASE("a program that this one starts gets none of its sockets", "[net]") {
    const temporary_folder folder;
    const auto before = child_descriptors();
    server_lab lab;
    for (const auto& at : {endpoint("127.0.0.1", 0), endpoint::local_socket(folder.file("socket"))}) {
        const auto server = lab.start(&echo_lines, {}, at);
        auto client = lab.connect(server.local_endpoint());
        CHECK(lab.ask(client, "accepted") == "accepted");
        CHECK(child_descriptors() == before);
        lab.stop(server);
    }
    const auto datagrams =
        run_to_end(lab.loop, dragline::net::open_datagram(lab.loop, endpoint("127.0.0.1", 0)));
    CHECK(child_descriptors() == before);
}
