// What the signatures beside an answer say of how it came about (RFC 4035, 5.3.4). Nothing is validated here.
#pragma once

#include <dragline/dns/answer.hpp>
#include <dragline/dns/record.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace dragline::inline v1::dns::detail {

// The labels of a name as RRSIG counts them: without the root and without a "*" in front (RFC 4034, 3.1.3).
DRAGLINE_DECL std::size_t count_labels(std::string_view name) noexcept;

// The last `labels` labels of a name; "." for none of them.
DRAGLINE_DECL std::string_view last_labels(std::string_view name, std::size_t labels) noexcept;

// The domain above a name; "." above one label, empty above the root.
DRAGLINE_DECL std::string_view parent_of(std::string_view name) noexcept;

enum class signature_kind {
    none,      // the records of the asked name came without a signature
    exact,     // signed under the asked name
    wildcard,  // signed under a wildcard above it
};

struct signature_finding {
    signature_kind kind = signature_kind::none;
    std::string wildcard;  // "*.example.com"
};

// Looks at the records that the asked name itself has, not at those of its aliases.
DRAGLINE_DECL signature_finding signature_of(const answer& from);

// Whether the zone that answered is signed.
DRAGLINE_DECL bool is_signed(const answer& from);

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/signature_labels.ipp>
