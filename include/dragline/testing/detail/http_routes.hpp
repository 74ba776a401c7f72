// Which script answers which request.
#pragma once

#include <dragline/testing/http_message.hpp>

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::testing::detail {

// Hosts are lower-case and without port; the host "" stands for any.
class http_routes {
public:
    void add(std::string_view host, std::string pattern, http_script script);

    // The exact target, its path, the longest pattern that ends in '*'; for the host, then for any; else a
    // 404.
    http_script find(const http_request& request) const;

private:
    using table = std::map<std::string, http_script, std::less<>>;
    static const http_script* find_in(const table& paths, const http_request& request);

    mutable std::mutex mutex_;
    std::map<std::string, table, std::less<>> hosts_;
    http_script missing_ = http_reply(404);
};

}  // namespace dragline::testing::detail

#include <dragline/testing/detail/impl/http_routes.ipp>
