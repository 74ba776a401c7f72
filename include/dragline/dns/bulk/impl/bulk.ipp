// Included by <dragline/dns/bulk/bulk.hpp> only.
#pragma once

#include <dragline/core/error.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {

DRAGLINE_DECL const char* to_string(drop_reason why) noexcept {
    switch (why) {
        case drop_reason::none: return "none";
        case drop_reason::unreachable: return "unreachable";
        case drop_reason::silent: return "silent";
        case drop_reason::failing: return "failing";
        case drop_reason::lying: return "lying";
    }
    return "unknown";
}

DRAGLINE_DECL bulk_options& bulk_options::add_server(std::string_view text) {
    if (auto parsed = server::parse(text)) {
        servers_.push_back(*std::move(parsed));
    } else {
        bad_server_ = true;
    }
    return *this;
}

DRAGLINE_DECL bulk_options& bulk_options::add_trusted(std::string_view text) {
    if (auto parsed = server::parse(text)) {
        trusted_.push_back(*std::move(parsed));
    } else {
        bad_server_ = true;
    }
    return *this;
}

DRAGLINE_DECL std::error_code bulk_options::problem() const noexcept {
    if (bad_server_) return errc::invalid_server;
    const bool good = window_ >= 1 && window_ <= max_window && tries_ >= 1 && tries_ <= 100 &&
                      async::valid_timeout(try_timeout_) && try_timeout_ != async::no_limit &&
                      async::valid_timeout(timeout_) && rate_ >= 0 && rate_ <= 1e9 && progress_step_ >= 1 &&
                      servers_.size() <= max_servers && trusted_.size() <= max_servers;
    return good ? std::error_code() : make_error_code(dragline::errc::invalid_option);
}

}  // namespace dragline::dns

#endif
