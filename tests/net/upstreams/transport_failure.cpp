#include <dragline/net/upstreams/transport_failure.hpp>

#include <dragline/dns/error.hpp>
#include <dragline/net/error.hpp>
#include <dragline/tls/error.hpp>

#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <system_error>

using dragline::make_timeout;
using dragline::phase;
using dragline::net::is_transport_failure;

TEST_CASE("what tells that a server cannot be reached or does not answer counts",
          "[net][transport_failure]") {
    for (const std::error_code ec :
         {make_error_code(asio::error::connection_refused), make_error_code(asio::error::connection_reset),
          make_error_code(asio::error::broken_pipe), make_error_code(asio::error::host_unreachable),
          make_error_code(asio::error::timed_out), make_error_code(asio::error::eof),
          make_timeout(phase::connect), make_timeout(phase::tls), make_timeout(phase::read),
          make_timeout(phase::first_byte), make_timeout(phase::total), make_timeout(phase::resolve),
          make_error_code(dragline::dns::errc::name_not_found),
          make_error_code(dragline::net::errc::no_address),
          make_error_code(dragline::net::errc::incomplete_read),
          std::error_code(ENOENT, asio::error::get_system_category()),  // the file of a Unix socket
          make_error_code(dragline::tls::errc::host_mismatch),
          make_error_code(dragline::tls::errc::truncated)}) {
        CAPTURE(ec.message());
        CHECK(is_transport_failure(ec));
    }
}

TEST_CASE("what is no fault of the server does not count", "[net][transport_failure]") {
    for (const std::error_code ec :
         {std::error_code(), make_error_code(asio::error::operation_aborted),
          make_error_code(asio::error::no_descriptors), make_error_code(asio::error::no_memory),
          make_timeout(phase::queue), make_timeout(phase::proxy), make_timeout(phase::file),
          make_error_code(dragline::errc::invalid_option), make_error_code(dragline::errc::queue_full),
          make_error_code(dragline::errc::callback_failed), make_error_code(dragline::net::errc::no_upstream),
          make_error_code(dragline::net::errc::invalid_endpoint),
          make_error_code(dragline::tls::errc::invalid_trust),
          make_error_code(dragline::tls::errc::empty_trust_store),
          make_error_code(dragline::tls::errc::library_failure),
          std::make_error_code(std::errc::bad_message)}) {
        CAPTURE(ec.message());
        CHECK(!is_transport_failure(ec));
    }
}
