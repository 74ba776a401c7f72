// Included by <dragline/core/error.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <string>
#include <string_view>

namespace dragline::inline v1 {

DRAGLINE_DECL const char* to_string(phase where) noexcept {
    switch (where) {
        case phase::none: return "none";
        case phase::queue: return "queue";
        case phase::resolve: return "resolve";
        case phase::connect: return "connect";
        case phase::proxy: return "proxy";
        case phase::tls: return "tls";
        case phase::write: return "write";
        case phase::first_byte: return "first byte";
        case phase::read: return "read";
        case phase::redirect: return "redirect";
        case phase::total: return "total";
        case phase::file: return "file";
    }
    return "unknown phase";
}

DRAGLINE_DECL std::error_code make_file_error(int number) noexcept {
    struct file_category final : category {
        const char* name() const noexcept override { return "dragline.file"; }
        std::string message(int code) const override {
            return "file: " + std::generic_category().message(code);
        }
        std::error_condition default_error_condition(int code) const noexcept override {
            return std::generic_category().default_error_condition(code);
        }
        phase phase_of(int) const noexcept override { return phase::file; }
    };
    static const file_category instance;
    return {number, instance};
}

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct general_category final : category {
        const char* name() const noexcept override { return "dragline"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::unexpected_exception: return "an operation threw an unexpected exception";
                case errc::callback_failed: return "a callback threw inside an operation";
                case errc::not_supported: return "not supported by this build of dragline";
                case errc::invalid_option: return "an option has a value that cannot work";
                case errc::queue_full: return "a bounded queue is full";
                case errc::pool_stopped: return "the blocking pool takes no more work";
                case errc::wrong_thread: return "a blocking wait on the thread that has to do the work";
            }
            return "unknown dragline error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::not_supported: return std::errc::not_supported;
                case errc::invalid_option: return std::errc::invalid_argument;
                case errc::queue_full: return condition::limit_exceeded;
                case errc::unexpected_exception:
                case errc::callback_failed:
                case errc::pool_stopped:
                case errc::wrong_thread: break;
            }
            return {code, *this};
        }

        phase phase_of(int code) const noexcept override {
            return static_cast<errc>(code) == errc::queue_full ? phase::queue : phase::none;
        }
    };
    static const general_category instance;
    return instance;
}

DRAGLINE_DECL const std::error_category& condition_category() noexcept {
    struct conditions final : std::error_category {
        const char* name() const noexcept override { return "dragline.condition"; }

        std::string message(int code) const override {
            switch (static_cast<condition>(code)) {
                case condition::timeout: return "timed out";
                case condition::resolve_failed: return "name could not be resolved";
                case condition::connect_failed: return "could not connect";
                case condition::tls_failed: return "TLS failed";
                case condition::protocol_error: return "the peer broke the protocol";
                case condition::limit_exceeded: return "a limit was exceeded";
                case condition::blocked: return "refused by policy";
                case condition::proxy_failed: return "the proxy failed";
            }
            return "unknown condition";
        }

        // System codes that reach a user as they are, from a socket.
        bool equivalent(const std::error_code& ec, int wanted) const noexcept override {
            if (std::error_category::equivalent(ec, wanted)) return true;
            if (static_cast<condition>(wanted) != condition::connect_failed) return false;
            // Asio's own system category names no portable condition in its older releases.
            const bool asio_system = std::string_view(ec.category().name()) == "asio.system";
            const auto code = asio_system ? std::error_code(ec.value(), std::system_category()) : ec;
            return code == std::errc::connection_refused || code == std::errc::host_unreachable ||
                   code == std::errc::network_unreachable || code == std::errc::network_down ||
                   code == std::errc::address_not_available;
        }
    };
    static const conditions instance;
    return instance;
}

DRAGLINE_DECL const std::error_category& timeout_category() noexcept {
    struct timeouts final : category {
        const char* name() const noexcept override { return "dragline.timeout"; }
        std::string message(int code) const override {
            return std::string("timed out (") + to_string(static_cast<phase>(code)) + ")";
        }
        std::error_condition default_error_condition(int) const noexcept override {
            return condition::timeout;
        }
        phase phase_of(int code) const noexcept override { return static_cast<phase>(code); }
    };
    static const timeouts instance;
    return instance;
}

DRAGLINE_DECL phase phase_of(const std::error_code& ec) noexcept {
    auto* ours = dynamic_cast<const category*>(&ec.category());
    return ours ? ours->phase_of(ec.value()) : phase::none;
}

}  // namespace dragline::inline v1

#endif
