// All of Dragline but <dragline/testing.hpp>. Start with fetch_url in <dragline/http.hpp>; a program that
// wants less includes one module.
#pragma once

#include <dragline/async.hpp>
#include <dragline/codec.hpp>
#include <dragline/core.hpp>
#include <dragline/dns.hpp>
#include <dragline/h1.hpp>
#include <dragline/http.hpp>
#include <dragline/net.hpp>
#include <dragline/tls.hpp>
#include <dragline/url.hpp>
