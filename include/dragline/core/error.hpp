// The errors that belong to no module, the conditions that a user tests against, and the phase of an error.
// Start with `condition`: `if (ec == dragline::condition::timeout)` holds whatever module the code is from.
#pragma once

#include <dragline/core/features.hpp>

#include <system_error>
#include <type_traits>

namespace dragline::inline v1 {

/// Where in an operation an error arose.
enum class phase {
    none,        ///< The code does not say: not one of ours, or tied to no stage.
    queue,       ///< Waiting for a connection or a place under a limit.
    resolve,     ///< Looking up a name.
    connect,     ///< Opening the transport connection.
    proxy,       ///< Talking to a proxy.
    tls,         ///< The TLS handshake or record layer.
    write,       ///< Sending the request.
    first_byte,  ///< Waiting for the first byte of the answer.
    read,        ///< Reading the answer.
    redirect,    ///< Following a redirect.
    total,       ///< The operation as a whole.
    file,        ///< Reading or writing a file of this machine.
};

/// The name of a phase as it stands in messages: "first byte", not "first_byte".
DRAGLINE_DECL const char* to_string(phase where) noexcept;

/// What went wrong, whichever module found it. Compare with `==`.
enum class condition {
    timeout = 1,     ///< A deadline passed; phase_of() names the stage.
    resolve_failed,  ///< The name has no usable address: missing, no data, or no server answered well.
    connect_failed,  ///< No address could be reached.
    tls_failed,      ///< The handshake failed or the certificate was refused.
    protocol_error,  ///< The peer broke the protocol.
    limit_exceeded,  ///< A limit of the options was reached.
    blocked,         ///< A policy refused the address.
    proxy_failed,    ///< The proxy could not be used; never answered by a direct connection.
};

/// Errors that belong to no module.
enum class errc {
    unexpected_exception = 1,  ///< An operation threw something that has no error code.
    callback_failed,           ///< A callback of the user threw inside an operation.
    not_supported,             ///< This build was made without the optional library that is needed.
    invalid_option,  ///< An option has a value that cannot work; the setter kept it, the call refuses it.
    queue_full,      ///< A bounded queue has no place left.
    pool_stopped,    ///< The blocking pool takes no more work.
    wrong_thread,    ///< A blocking wait on the very thread that has to do the work.
};

/// The base of every category of Dragline: an error code that knows its phase.
class category : public std::error_category {
public:
    virtual phase phase_of(int code) const noexcept = 0;
};

DRAGLINE_DECL const std::error_category& error_category() noexcept;
DRAGLINE_DECL const std::error_category& condition_category() noexcept;
DRAGLINE_DECL const std::error_category& timeout_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}
inline std::error_condition make_error_condition(condition code) noexcept {
    return {static_cast<int>(code), condition_category()};
}

/// The timeout of one phase. Every one equals condition::timeout.
inline std::error_code make_timeout(phase where) noexcept {
    return {static_cast<int>(where), timeout_category()};
}

/// What the system said about a file, an errno: equals the std::errc of that number, and has phase::file.
DRAGLINE_DECL std::error_code make_file_error(int number) noexcept;

/// The phase of any code that Dragline made; phase::none for the codes of others.
DRAGLINE_DECL phase phase_of(const std::error_code& ec) noexcept;

}  // namespace dragline::inline v1

template <>
struct std::is_error_code_enum<dragline::errc> : std::true_type {};
template <>
struct std::is_error_condition_enum<dragline::condition> : std::true_type {};

#include <dragline/core/impl/error.ipp>
