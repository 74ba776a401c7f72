// Which connections a hop of a fetch may use, and how one is opened.
#pragma once

#include <dragline/http/detail/proxy_machine.hpp>
#include <dragline/http/detail/session_state.hpp>
#include <dragline/http/options.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/url/url.hpp>

#include <string>

namespace dragline::inline v1::http::detail {

class hop_connection {
public:
    /// `pinned`: the URL is still of the origin for which connect_to() was given. `tls` is set for https,
    /// `proxies` where there may be some. All must outlive this.
    hop_connection(const dragline::url::url& where, const fetch_options& options, bool pinned,
                   const tls_setup* tls, const proxy_machine* proxies) noexcept
        : url_(where), options_(options), pinned_(pinned), tls_(tls), proxies_(proxies) {}

    /// Connections are shared by what may use them alike: origin, trust, and where they were told to go;
    /// those to a proxy that forwards, by all origins.
    void write_key(std::string& into) const;

    /// Without proxies, resolver and deadline, into a new one.
    void write_request(net::connect_request& into) const;

private:
    bool goes_elsewhere() const noexcept { return pinned_ && options_.connect_to(); }

    const dragline::url::url& url_;
    const fetch_options& options_;
    bool pinned_;
    const tls_setup* tls_;
    const proxy_machine* proxies_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/hop_connection.ipp>
