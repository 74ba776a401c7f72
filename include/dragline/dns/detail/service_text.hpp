// The parameters of a service as text (RFC 9460, 2.1).
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/dns/records/service_binding.hpp>

#include <string>
#include <string_view>

namespace dragline::inline v1::dns::detail {

// Appends all of them, a space before each. What is not well-formed gets the form of a key that has no name.
DRAGLINE_DECL void append_parameters(std::string& text, const service_parameters& parameters);

// Adds the parameter in a word, `key`, `key=value` or `key="value"`; false when it is none, or the second of
// its key. Whether the value is well-formed remains to be asked.
DRAGLINE_DECL bool add_parameter(service_parameters& to, std::string_view word);

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/service_text.ipp>
