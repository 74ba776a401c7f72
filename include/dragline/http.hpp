// The HTTP client. Start with fetch_url() in fetch.hpp and get_session() in session.hpp.
#pragma once

#include <dragline/http/authentication/challenge.hpp>
#include <dragline/http/authentication/credentials.hpp>
#include <dragline/http/authentication/digest.hpp>
#include <dragline/http/authentication/netrc.hpp>
#include <dragline/http/body.hpp>
#include <dragline/http/cookies/cookie.hpp>
#include <dragline/http/cookies/cookie_date.hpp>
#include <dragline/http/cookies/cookie_jar.hpp>
#include <dragline/http/cookies/cookie_jar_options.hpp>
#include <dragline/http/cookies/cookie_policy.hpp>
#include <dragline/http/cookies/netscape_cookies.hpp>
#include <dragline/http/cookies/set_cookie.hpp>
#include <dragline/http/error.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/http/fetch.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/form.hpp>
#include <dragline/http/multipart.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/redirect_policy.hpp>
#include <dragline/http/response.hpp>
#include <dragline/http/session.hpp>
#include <dragline/http/session_options.hpp>
#include <dragline/http/trace.hpp>
