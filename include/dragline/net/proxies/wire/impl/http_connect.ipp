// Included by <dragline/net/proxies/wire/http_connect.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/h1/error.hpp>
#include <dragline/h1/head_writer.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net {

DRAGLINE_DECL h1::head_limits http_connect::default_limits() {
    return h1::head_limits().max_size(64 * 1024).max_fields(256).max_line(16 * 1024);
}

DRAGLINE_DECL http_connect::http_connect(const proxy_target& target, std::string_view authorization,
                                         h1::head_limits limits)
    : parser_(limits), authorized_(!authorization.empty()) {
    if (h1::check_field_value(authorization)) {
        error_ = errc::invalid_proxy;
        return;
    }
    const auto authority = target.to_string();
    h1::append_request_line(output_, "CONNECT", authority);
    h1::append_field(output_, "Host", authority);
    if (authorized_) h1::append_field(output_, "Proxy-Authorization", authorization);
    output_ += h1::line_end;
}

DRAGLINE_DECL result<std::size_t> http_connect::receive(std::string_view input) {
    if (error_) return error_;
    if (done_) return std::size_t{0};
    held_ += input;
    error_ = on_head();
    if (error_) return error_;
    if (!done_) return input.size();
    const auto behind = held_.size();
    held_ = {};
    return input.size() - behind;
}

// Leaves in held_ what is behind the heads.
DRAGLINE_DECL std::error_code http_connect::on_head() {
    constexpr int most_interim = 32;
    for (;;) {
        const auto size = parser_.parse(held_);
        if (!size) {
            const bool limit = size.error() == condition::limit_exceeded;
            return limit ? errc::proxy_limit_exceeded : errc::proxy_protocol_error;
        }
        if (*size == 0) return {};
        const auto ec = on_status(parser_.head());
        const bool final = parser_.head().status >= 200;
        parser_.reset();
        held_.erase(0, *size);
        if (ec || final) return ec;
        if (++interim_ > most_interim) return errc::proxy_limit_exceeded;
    }
}

DRAGLINE_DECL std::error_code http_connect::on_status(const h1::response_head& head) {
    const int status = head.status;
    if (status == 101) return errc::proxy_protocol_error;
    if (status < 200) return {};
    status_ = status;
    done_ = status < 300;
    switch (status) {
        case 407:
            for (const auto& each : head.fields) {
                if (ascii::equals_ignoring_case(each.name, "Proxy-Authenticate"))
                    challenges_.emplace_back(each.value);
            }
            return authorized_ ? errc::proxy_authentication_refused : errc::proxy_authentication_required;
        case 502:
        case 503: return errc::proxy_host_unreachable;
        case 504: return errc::proxy_target_timeout;
        default: break;
    }
    if (done_) return {};
    return status >= 500 ? errc::proxy_failure : errc::proxy_refused;
}

}  // namespace dragline::net

#endif
