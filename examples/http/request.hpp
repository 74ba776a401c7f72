// What is sent: the URL and the options of the fetch, made of the settings.
#pragma once

#include "../probe/json.hpp"
#include "json_syntax.hpp"
#include "settings.hpp"

#include <dragline/dragline.hpp>

#include <algorithm>
#include <filesystem>
#include <string>

namespace http_command {

struct request {
    std::string url;
    dragline::fetch_options options;
};

namespace detail {

inline bool has(const settings& from, item_kind kind) {
    return std::any_of(from.items.begin(), from.items.end(),
                       [&](const item& each) { return each.kind == kind; });
}

inline dragline::http::body json_of(const settings& from) {
    auto object = probe::json_writer::object();
    for (const auto& each : from.items) {
        if (each.kind == item_kind::field) object.add(each.name, each.value);
        if (each.kind == item_kind::json) object.raw(each.name, each.value);
    }
    return dragline::http::body::json(std::move(object).done());
}

inline dragline::http::body form_of(const settings& from) {
    dragline::http::form made;
    for (const auto& each : from.items) {
        if (each.kind == item_kind::field) made.add(each.name, each.value);
    }
    return made;
}

inline dragline::http::body upload_of(const settings& from) {
    dragline::http::multipart made;
    for (const auto& each : from.items) {
        if (each.kind == item_kind::field) made.field(each.name, each.value);
        if (each.kind != item_kind::file) continue;
        if (!std::filesystem::exists(each.value)) throw usage_problem("there is no file " + each.value);
        made.file(each.name, each.value);
    }
    return made;
}

inline std::string with_query(const settings& from) {
    dragline::http::form query;
    for (const auto& each : from.items) {
        if (each.kind == item_kind::query) query.add(each.name, each.value);
    }
    if (query.empty()) return from.url;
    const auto fragment = std::min(from.url.find('#'), from.url.size());
    auto url = from.url.substr(0, fragment);
    url += url.find('?') == url.npos ? '?' : '&';
    return url + query.to_string() + from.url.substr(fragment);
}

}  // namespace detail

inline request make_request(const settings& from) {
    using namespace detail;
    for (const auto& each : from.items) {
        if (each.kind == item_kind::json && !json_syntax::fits(each.value))
            throw usage_problem(each.name + ":= wants JSON");
    }
    const bool uploads = has(from, item_kind::file);
    if (has(from, item_kind::json) && (uploads || from.form))
        throw usage_problem("a form has no JSON: name:=json goes without --form and name@file");
    request made;
    made.url = with_query(from);
    auto& options = made.options;
    if (!from.method.empty()) options.method(from.method);
    for (const auto& each : from.items) {
        if (each.kind == item_kind::header) options.header(each.name, each.value);
    }
    if (uploads) {
        options.body(upload_of(from));
    } else if (from.form && has(from, item_kind::field)) {
        options.body(form_of(from));
    } else if (has(from, item_kind::field) || has(from, item_kind::json)) {
        options.body(json_of(from));
    }
    if (!from.auth.empty()) {
        const auto colon = from.auth.find(':');
        options.credentials(
            dragline::http::credentials::any(from.auth.substr(0, colon), from.auth.substr(colon + 1)));
    }
    options.timeout(from.timeout);
    if (!from.follow) options.redirects(dragline::http::redirect_policy::none());
    if (!from.proxy.empty()) options.proxy(from.proxy);
    if (!from.ca.empty()) options.tls(dragline::tls::client_options().ca_file(from.ca));
    return made;
}

}  // namespace http_command
