// What a server or proxy asks for in WWW-Authenticate or Proxy-Authenticate (RFC 9110, 11.6.1 and 11.7.1).
// Start with parse_challenges().
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/fields.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::http {

/// `realm="here"`: the name in lower case, the value without quotes and escapes.
class challenge_parameter {
public:
    challenge_parameter() {}
    challenge_parameter(std::string with_name, std::string with_value)
        : name(std::move(with_name)), value(std::move(with_value)) {}

    std::string name;
    std::string value;

    friend bool operator==(const challenge_parameter&, const challenge_parameter&) = default;
};

/// One scheme that would be accepted, and what there is to know for it.
class challenge {
public:
    challenge() {}

    std::string scheme;   ///< As sent: "Digest"; compare with is().
    std::string token68;  ///< What some schemes have in place of parameters; empty where there is none.
    std::vector<challenge_parameter> parameters;  ///< In order, each name once.

    bool is(std::string_view name) const noexcept { return ascii::equals_ignoring_case(scheme, name); }

    /// The value of a parameter; `name` in lower case.
    DRAGLINE_DECL std::optional<std::string_view> find(std::string_view name) const noexcept;

    friend bool operator==(const challenge&, const challenge&) = default;
};

/// How much a peer may make the parser take in.
class challenge_limits {
public:
    challenge_limits() {}

    /// All fields together, in bytes.
    challenge_limits& max_size(std::size_t value) { return max_size_ = value, *this; }
    std::size_t max_size() const noexcept { return max_size_; }

    challenge_limits& max_challenges(std::size_t value) { return max_challenges_ = value, *this; }
    std::size_t max_challenges() const noexcept { return max_challenges_; }

    /// Of one challenge.
    challenge_limits& max_parameters(std::size_t value) { return max_parameters_ = value, *this; }
    std::size_t max_parameters() const noexcept { return max_parameters_; }

private:
    std::size_t max_size_ = 16 * 1024;
    std::size_t max_challenges_ = 16;
    std::size_t max_parameters_ = 32;
};

/// The challenges of one field value, in order; several may stand in it, and empty list elements are skipped.
///
/// Errors: errc::invalid_challenge when the value breaks the grammar or names a parameter twice;
/// errc::challenge_too_large at a limit.
DRAGLINE_DECL result<std::vector<challenge>> parse_challenges(
    std::string_view value, const challenge_limits& limits = challenge_limits());

/// As above, but those of every field of this name. A malformed field is left out: another may be answered.
///
/// Errors: errc::challenge_too_large.
DRAGLINE_DECL result<std::vector<challenge>> parse_challenges(
    const fields& headers, std::string_view name = "WWW-Authenticate",
    const challenge_limits& limits = challenge_limits());

/// The parameters of Authentication-Info or Proxy-Authentication-Info (RFC 9110, 11.6.3).
///
/// Errors: as above.
DRAGLINE_DECL result<std::vector<challenge_parameter>> parse_authentication_info(
    std::string_view value, const challenge_limits& limits = challenge_limits());

}  // namespace dragline::http

#include <dragline/http/authentication/impl/challenge.ipp>
