// The cookies of one fetch: those of its jar, and those that were given for it alone.
#pragma once

#include <dragline/http/cookies/cookie_jar.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/options.hpp>
#include <dragline/url/url.hpp>

#include <memory>
#include <optional>
#include <system_error>
#include <vector>

namespace dragline::inline v1::http::detail {

class fetch_cookies {
public:
    using time_point = cookie_jar::time_point;

    /// Makes those of a fetch, if there are any: else a Cookie field is the caller's.
    static std::error_code prepare(std::optional<fetch_cookies>& into, const fetch_options& options,
                                   const std::shared_ptr<cookie_jar>& of_session);

    /// Writes the Cookie field anew for a hop. `away`: a redirect has left the origin of the fetch for good.
    void set_field(fields& of_request, const url::url& to, bool away, async::clock& time);

    /// Obeys every Set-Cookie field; one that the jar refuses is no error of the fetch.
    void store(const fields& of_response, const url::url& from, async::clock& time);

private:
    std::shared_ptr<cookie_jar> jar_;
    std::vector<cookie_pair> own_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fetch_cookies.ipp>
