// Scripted servers with faults, throw-away certificates and a clock to turn by hand, for tests of programs
// that use Dragline. Not part of <dragline/dragline.hpp>. Start with http_server.
#pragma once

#include <dragline/testing/certificate_authority.hpp>
#include <dragline/testing/dns_message.hpp>
#include <dragline/testing/dns_server.hpp>
#include <dragline/testing/http_message.hpp>
#include <dragline/testing/http_server.hpp>
#include <dragline/testing/manual_clock.hpp>
#include <dragline/testing/ocsp_response.hpp>
#include <dragline/testing/script.hpp>
#include <dragline/testing/sockets.hpp>
