// Where a name ends to belong to one owner: "example.co.uk" is registered, "co.uk" is a public suffix. Start
// with registrable_domain().
#pragma once

#include <dragline/core/features.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::url {

/// True when the functions below follow the Public Suffix List (publicsuffix.org): features::psl, and a
/// libpsl that carries the list. The list is as old as that libpsl; no file is read.
DRAGLINE_DECL bool has_public_suffix_list() noexcept;

/// The part of `name` that its owner registered: a public suffix and one label more, "example.co.uk" of
/// "www.example.co.uk". Nothing for a public suffix, for an address and for what is no domain.
///
/// `name` is read as the host of a URL is; the result is ASCII, in lower case and without a dot at the end.
/// A domain has at most 253 characters in labels of 1 to 63. Suffixes that private owners list ("github.io")
/// count; a top-level domain that no rule names is a suffix.
///
/// Without a list it is the last two labels, which is WRONG wherever the suffix has more than one ("co.uk").
/// Whoever draws a border of trust with it, as cookies do, asks has_public_suffix_list() first.
DRAGLINE_DECL std::optional<std::string> registrable_domain(std::string_view name);

/// True for a domain under which others register theirs: "com", "co.uk", "github.io". False for any other
/// domain, and for what is none.
///
/// Without a list only single labels are.
DRAGLINE_DECL bool is_public_suffix(std::string_view name);

}  // namespace dragline::url

#include <dragline/url/impl/registrable_domain.ipp>
