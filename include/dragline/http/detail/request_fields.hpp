// The header fields of a request: the caller's, in his order, and those that the library adds.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/http/body.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/session_options.hpp>

#include <string_view>

namespace dragline::inline v1::http::detail {

/// Complete but for Host, credentials and cookies; and of a body that is not in memory the exchange says how
/// it ends.
DRAGLINE_DECL fields request_fields(const fetch_options& options, const session_options& shared,
                                    std::string_view method, const body& content);

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/request_fields.ipp>
