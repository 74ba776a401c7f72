// The secrets of TLS connections, for programs that decrypt captured traffic: client_options().key_log(...).
// Start with `key_log::to_file`.
#pragma once

#include <dragline/core/features.hpp>

#include <compare>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::tls {

/// Where the secrets of connections go, a line for each, in the format of NSS. Whoever reads them
/// can read those connections. Off by default, whatever the environment says: a program decides it.
class key_log {
public:
    /// Gets each line, without its end. Called in the loop of the connection: when options serve several
    /// loops, by several threads at once. What it throws ends the handshake with errc::callback_failed.
    using function = std::function<void(std::string_view line)>;

    key_log() {}

    /// Appends to the file, which when it is new is readable for its owner alone (mode 0600). Each line is
    /// written in one piece, so any number of loops and processes may share the file. One that cannot be
    /// written, to a full disk say, ends its handshake with errc::key_log_failed.
    static key_log to_file(std::string path) {
        key_log made;
        made.path_ = std::move(path);
        return made;
    }

    static key_log to_function(function sink) {
        key_log made;
        made.function_ = std::make_shared<const function>(std::move(sink));
        return made;
    }

    /// The file that SSLKEYLOGFILE names now; none when it is unset or empty, and none in a program that runs
    /// with more rights than its user (AT_SECURE).
    static key_log from_environment();

    explicit operator bool() const noexcept { return path_.has_value() || function_ != nullptr; }
    const std::optional<std::string>& path() const noexcept { return path_; }
    const std::shared_ptr<const function>& sink() const noexcept { return function_; }

    /// Functions are equal when they were copied from one key_log.
    bool operator==(const key_log&) const = default;
    std::strong_ordering operator<=>(const key_log&) const = default;

private:
    std::optional<std::string> path_;
    std::shared_ptr<const function> function_;
};

}  // namespace dragline::inline v1::tls

#include <dragline/tls/impl/key_log.ipp>
