// What the handshakes with proxies have in common, on either side: bytes go in, bytes come out.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::net::detail {

class proxy_handshake {
public:
    virtual ~proxy_handshake() = default;

    /// What is to be sent now: all of it, also after an error.
    std::string_view output() const noexcept { return output_; }
    void output_sent() noexcept { output_.clear(); }

    /// Takes what the peer sent; says how many bytes were the handshake's. What is behind them, once it is
    /// over, belongs to the tunnel. An error is final, and comes again.
    virtual result<std::size_t> receive(std::string_view input) = 0;

    /// How many bytes may be received now without taking any of the tunnel's; 0: none are expected.
    virtual std::size_t wanted() const noexcept = 0;

    /// Why it ended, or why it cannot begin; output() is empty then.
    std::error_code error() const noexcept { return error_; }

    /// The tunnel stands.
    bool done() const noexcept { return done_; }

protected:
    proxy_handshake() = default;
    proxy_handshake(const proxy_handshake&) = default;
    proxy_handshake& operator=(const proxy_handshake&) = default;

    std::string output_;
    std::error_code error_;
    bool done_ = false;
};

/// Of messages whose size is known as they come.
class socks_handshake : public proxy_handshake {
public:
    result<std::size_t> receive(std::string_view input) final;
    std::size_t wanted() const noexcept final { return error_ ? 0 : needed_ - held_.size(); }

protected:
    /// `held_` has `needed_` bytes: wants more of this message, or expects the next, or ends.
    virtual std::error_code step() = 0;

    void expect(std::size_t size) {
        held_.clear();
        needed_ = size;
    }
    void expect_in_all(std::size_t size) noexcept { needed_ = size; }
    std::size_t byte(std::size_t at) const noexcept { return static_cast<unsigned char>(held_[at]); }

    std::string held_;
    std::size_t needed_ = 0;
};

}  // namespace dragline::net::detail

#include <dragline/net/proxies/detail/impl/proxy_handshake.ipp>
