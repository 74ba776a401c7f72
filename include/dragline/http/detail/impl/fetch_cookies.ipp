// Included by <dragline/http/detail/fetch_cookies.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::error_code fetch_cookies::prepare(std::optional<fetch_cookies>& into,
                                                     const fetch_options& options,
                                                     const std::shared_ptr<cookie_jar>& of_session) {
    const auto& own = options.own_cookies();
    if (!options.cookies() && !of_session && own.empty()) [[likely]]
        return {};
    auto jar = options.cookies() ? options.cookies()->make_jar() : of_session;
    if (!jar && own.empty()) return {};
    for (const auto& [name, value] : own) {
        if (auto ec = check_cookie_pair(name, value)) return ec;
    }
    if (options.headers().contains("Cookie")) return dragline::errc::invalid_option;
    auto& made = into.emplace();
    made.jar_ = std::move(jar);
    made.own_ = own;
    return {};
}

DRAGLINE_DECL void fetch_cookies::set_field(fields& of_request, const url::url& to, bool away,
                                            async::clock& time) {
    if (away) own_.clear();
    of_request.remove("Cookie");
    const auto field = jar_ ? jar_->field_for(to, time.wall_time(), own_) : cookie_field(own_);
    if (!field.empty()) of_request.add("Cookie", field);
}

DRAGLINE_DECL void fetch_cookies::store(const fields& of_response, const url::url& from, async::clock& time) {
    if (!jar_) return;
    for (const auto& [name, value] : of_response) {
        if (ascii::equals_ignoring_case(name, "Set-Cookie")) jar_->store(from, value, time.wall_time());
    }
}

}  // namespace dragline::http::detail

#endif
