// URLs as the WHATWG URL Standard reads them: parse, resolve, serialise. No I/O and no Asio.
// Start with `parse` in parse.hpp; `url` in url.hpp is what it returns.
#pragma once

#include <dragline/url/error.hpp>
#include <dragline/url/host.hpp>
#include <dragline/url/idna.hpp>
#include <dragline/url/ipv4.hpp>
#include <dragline/url/ipv6.hpp>
#include <dragline/url/parse.hpp>
#include <dragline/url/percent.hpp>
#include <dragline/url/registrable_domain.hpp>
#include <dragline/url/url.hpp>
