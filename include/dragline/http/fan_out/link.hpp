// What a resource is related to, as its Link fields say (RFC 8288). Start with parse_links() or find_link().
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/response.hpp>
#include <dragline/url/url.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::http {

/// `title="here"`: the name in lower case, the value without quotes and escapes.
class link_parameter {
public:
    link_parameter() {}
    link_parameter(std::string with_name, std::string with_value)
        : name(std::move(with_name)), value(std::move(with_value)) {}

    std::string name;
    std::string value;

    friend bool operator==(const link_parameter&, const link_parameter&) = default;
};

/// One link: whereto, and in which relation.
class link {
public:
    link() {}

    std::string target;                      ///< As sent: relative, as a rule, to the URL of the response.
    std::vector<std::string> relations;      ///< In lower case: "next", "https://example.com/rel/own".
    std::vector<link_parameter> parameters;  ///< All in order, rel included.

    bool is(std::string_view relation) const noexcept;

    /// The value of the first parameter of that name; `name` in lower case.
    std::optional<std::string_view> find(std::string_view name) const noexcept;

    /// What to call it: title* where there is one in UTF-8 that can be read (RFC 8187), else title.
    std::optional<std::string> title() const;

    friend bool operator==(const link&, const link&) = default;
};

/// How much a peer may make the parser take in.
class link_limits {
public:
    link_limits() {}

    /// All fields together, in bytes.
    link_limits& max_size(std::size_t value) { return max_size_ = value, *this; }
    std::size_t max_size() const noexcept { return max_size_; }

    link_limits& max_links(std::size_t value) { return max_links_ = value, *this; }
    std::size_t max_links() const noexcept { return max_links_; }

    /// Of one link.
    link_limits& max_parameters(std::size_t value) { return max_parameters_ = value, *this; }
    std::size_t max_parameters() const noexcept { return max_parameters_; }

private:
    std::size_t max_size_ = 64 * 1024;
    std::size_t max_links_ = 256;
    std::size_t max_parameters_ = 32;
};

/// The links of one field value, in order; empty list elements are skipped.
///
/// A value without quotes may have any character but ',' and ';', as real servers send it. Errors:
/// errc::invalid_link when it breaks the grammar; errc::link_too_large at a limit.
DRAGLINE_DECL result<std::vector<link>> parse_links(std::string_view value,
                                                    const link_limits& limits = link_limits());

/// As above, but those of every Link field. A malformed field is left out.
///
/// Errors: errc::link_too_large.
DRAGLINE_DECL result<std::vector<link>> parse_links(const fields& headers,
                                                    const link_limits& limits = link_limits());

/// The first link of this relation, in absolute form and without user name and password; nothing where there
/// is none. Links about another resource than the response (anchor) do not count.
///
/// Errors: those of parse_links() and, for its target, of url::parse().
DRAGLINE_DECL result<std::optional<url::url>> find_link(const response_record& from,
                                                        std::string_view relation,
                                                        const link_limits& limits = link_limits());

}  // namespace dragline::http

#include <dragline/http/fan_out/impl/link.ipp>
