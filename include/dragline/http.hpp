// The HTTP client. Start with fetch_url() in fetch.hpp and get_session() in session.hpp.
#pragma once

#include <dragline/http/authentication/challenge.hpp>
#include <dragline/http/authentication/credentials.hpp>
#include <dragline/http/authentication/digest.hpp>
#include <dragline/http/authentication/netrc.hpp>
#include <dragline/http/body.hpp>
#include <dragline/http/error.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/http/fetch.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/response.hpp>
#include <dragline/http/session.hpp>
#include <dragline/http/session_options.hpp>
#include <dragline/http/trace.hpp>
