// Included by <dragline/http/proxies/proxy_environment.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <cstdlib>
#include <initializer_list>
#include <string>

namespace dragline::inline v1::http {

DRAGLINE_DECL std::optional<net::proxy> proxy_environment::parse(std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (text.find("://") != text.npos) return net::proxy(text);
    return net::proxy("http://" + std::string(text));
}

DRAGLINE_DECL proxy_environment proxy_environment::read(const lookup_function& lookup) {
    const auto value = [&](std::initializer_list<const char*> names) {
        for (const auto* name : names) {
            const auto* text = lookup(name);
            if (text && *text != '\0') return std::string_view(text);
        }
        return std::string_view();
    };
    return proxy_environment()
        .http_proxy(value({"http_proxy"}))
        .https_proxy(value({"https_proxy", "HTTPS_PROXY"}))
        .all_proxy(value({"all_proxy", "ALL_PROXY"}))
        .no_proxy(http::no_proxy(value({"no_proxy", "NO_PROXY"})));
}

DRAGLINE_DECL proxy_environment proxy_environment::read() {
    return read([](const char* name) -> const char* { return std::getenv(name); });
}

}  // namespace dragline::http

#endif
