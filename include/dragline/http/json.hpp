// JSON through the library of your choice. Start with json_traits.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/http/body.hpp>
#include <dragline/http/error.hpp>

#include <concepts>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http {

/// How a T is read from JSON and written as JSON: the customisation point. Specialise it for your types, or
/// once for all that your library converts:
///
///     template <class T>
///     requires std::constructible_from<nlohmann::json, T>
///     struct dragline::http::json_traits<T> {
///         static T parse(std::string_view text) { return nlohmann::json::parse(text).get<T>(); }
///         static std::string write(const T& value) { return nlohmann::json(value).dump(); }
///     };
///
/// parse() may return a T or a result<T>; one of the two functions may be left out. What parse() throws
/// becomes errc::invalid_json.
template <class T>
struct json_traits {};

template <class T>
concept json_readable = requires(std::string_view text) {
    { json_traits<T>::parse(text) } -> std::convertible_to<result<T>>;
};

template <class T>
concept json_writable = requires(const T& value) {
    { json_traits<T>::write(value) } -> std::convertible_to<std::string>;
};

/// `text` as a T; a byte order mark is skipped (RFC 8259, 8.1). Errors: errc::invalid_json, or what parse()
/// gives.
template <json_readable T>
result<T> parse_json(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    try {
        return json_traits<T>::parse(text);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (...) {
        return errc::invalid_json;
    }
}

/// A request body: `value` as application/json. What write() throws is the caller's.
template <json_writable T>
http::body json_body(const T& value) {
    return http::body::json(json_traits<T>::write(value));
}

}  // namespace dragline::http
