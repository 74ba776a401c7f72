// Included by <dragline/http/response.hpp> only.
#pragma once

#include <dragline/codec/charset.hpp>
#include <dragline/http/detail/media_type.hpp>

#if DRAGLINE_HEADER_BODIES

#include <string_view>

namespace dragline::inline v1::http {

DRAGLINE_DECL result<std::string> response::text() const {
    if (const auto mark = codec::find_byte_order_mark(body); mark.size > 0) {
        return codec::to_utf8(std::string_view(body).substr(mark.size), mark.charset);
    }
    const auto charset = detail::charset_of(headers.get("Content-Type"));
    return codec::to_utf8(body, charset.empty() ? std::string_view("UTF-8") : charset);
}

DRAGLINE_DECL void response_record::throw_bad_status() const {
    if (status >= 400) throw std::system_error(make_error_code(errc::bad_status), std::to_string(status));
}

}  // namespace dragline::http

#endif
