// Included by <dragline/net/proxies/wire/socks_server.hpp> only.
#pragma once

#include <dragline/core/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <string>
#include <utility>

namespace dragline::inline v1::net {

DRAGLINE_DECL socks5_server::socks5_server(authenticator asked) : asked_(std::move(asked)) { expect(2); }

DRAGLINE_DECL std::error_code socks5_server::step() {
    switch (stage_) {
        case stage::method_count:
            if (byte(0) != 5) return errc::proxy_protocol_error;
            if (byte(1) == 0) return on_methods();
            stage_ = stage::methods;
            expect_in_all(2 + byte(1));
            return {};
        case stage::methods: return on_methods();
        case stage::user_size:
            if (byte(0) != 1) return errc::proxy_protocol_error;
            stage_ = stage::password_size;
            expect_in_all(2 + byte(1) + 1);
            return {};
        case stage::password_size:
            stage_ = stage::password;
            expect_in_all(needed_ + byte(needed_ - 1));
            if (wanted() > 0) return {};
            [[fallthrough]];
        case stage::password: return on_password();
        case stage::request: return on_request();
        case stage::address: return on_address();
        case stage::answering:
        case stage::over: break;
    }
    return errc::proxy_protocol_error;
}

DRAGLINE_DECL std::error_code socks5_server::on_methods() {
    const char wanted_method = asked_ ? '\2' : '\0';
    if (held_.find(wanted_method, 2) == held_.npos) {
        output_.append("\5\xff", 2);
        return errc::proxy_authentication_required;
    }
    (output_ += '\5') += wanted_method;
    if (asked_) {
        stage_ = stage::user_size;
        expect(2);
    } else {
        stage_ = stage::request;
        expect(5);
    }
    return {};
}

DRAGLINE_DECL std::error_code socks5_server::on_password() {
    const std::string_view held = held_;
    const auto user = held.substr(2, byte(1));
    bool good = false;
    try {
        good = asked_(user, held.substr(2 + user.size() + 1));
    } catch (...) {
        output_.append("\1\1", 2);
        error_ = dragline::errc::callback_failed;
        throw;
    }
    output_ += '\1';
    output_ += good ? '\0' : '\1';
    if (!good) return errc::proxy_authentication_refused;
    stage_ = stage::request;
    expect(5);
    return {};
}

// Version, command, a byte of nothing, the type of the address, and its first byte.
DRAGLINE_DECL std::error_code socks5_server::on_request() {
    if (byte(0) != 5) return errc::proxy_protocol_error;
    switch (static_cast<proxy_target::kind>(byte(3))) {
        case proxy_target::kind::ipv4: expect_in_all(4 + 4 + 2); break;
        case proxy_target::kind::ipv6: expect_in_all(4 + 16 + 2); break;
        case proxy_target::kind::name: expect_in_all(4 + 1 + byte(4) + 2); break;
        default: return refuse(socks_reply::address_not_supported, errc::proxy_address_not_supported);
    }
    stage_ = stage::address;
    return {};
}

// The whole request has been read by then, so that the client is not reset before it reads the answer.
DRAGLINE_DECL std::error_code socks5_server::on_address() {
    constexpr std::size_t connect = 1;
    if (byte(1) != connect)
        return refuse(socks_reply::command_not_supported, errc::proxy_command_not_supported);
    auto target = proxy_target::parse(std::string_view(held_).substr(3));
    if (!target) return refuse(socks_reply::general_failure, errc::proxy_protocol_error);
    target_ = *std::move(target);
    stage_ = stage::answering;
    expect(0);
    return {};
}

DRAGLINE_DECL std::error_code socks5_server::refuse(socks_reply answer, errc reason) {
    append_reply(answer, proxy_target());
    return reason;
}

DRAGLINE_DECL void socks5_server::append_reply(socks_reply answer, const proxy_target& bound) {
    ((output_ += '\5') += static_cast<char>(answer)) += '\0';
    bound.append_to(output_);
    stage_ = stage::over;
}

DRAGLINE_DECL void socks5_server::reply(socks_reply answer, const proxy_target& bound) {
    if (!has_request()) return;
    append_reply(answer, bound);
    done_ = answer == socks_reply::succeeded;
    if (!done_) error_ = make_socks_error(answer);
}

}  // namespace dragline::net

#endif
