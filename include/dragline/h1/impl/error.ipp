// Included by <dragline/h1/error.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::h1 {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct h1_category final : category {
        const char* name() const noexcept override { return "dragline.h1"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::malformed_status_line: return "malformed HTTP status line";
                case errc::malformed_request_line: return "malformed HTTP request line";
                case errc::unsupported_version: return "HTTP version is neither 1.0 nor 1.1";
                case errc::malformed_field: return "malformed header field line";
                case errc::whitespace_before_field: return "whitespace before the first header field";
                case errc::whitespace_before_colon: return "whitespace in a field name or before its colon";
                case errc::folded_field: return "header field folded over several lines";
                case errc::malformed_field_value: return "control character in a header field value";
                case errc::bare_line_feed: return "line feed without carriage return";
                case errc::head_too_large: return "message head too large";
                case errc::too_many_fields: return "too many header fields";
                case errc::line_too_long: return "line of a message head too long";
                case errc::invalid_content_length: return "invalid Content-Length";
                case errc::conflicting_content_length: return "several Content-Length values that differ";
                case errc::content_length_with_transfer_encoding:
                    return "both Content-Length and Transfer-Encoding";
                case errc::unsupported_transfer_encoding: return "unsupported Transfer-Encoding";
                case errc::transfer_encoding_in_http10: return "Transfer-Encoding in an HTTP/1.0 message";
                case errc::malformed_chunk: return "malformed chunk";
                case errc::chunk_too_large: return "chunk size of more than 16 digits";
                case errc::chunk_extension_too_large: return "chunk extension too large";
                case errc::trailer_too_large: return "trailer section too large";
                case errc::too_many_trailers: return "too many trailer fields";
                case errc::truncated: return "connection closed inside a message";
                case errc::invalid_method: return "request method is not a token";
                case errc::invalid_target:
                    return "request target has a space, a control character, '#' or a non-ASCII byte";
                case errc::invalid_field_name: return "header field name is not a token";
                case errc::invalid_field_value:
                    return "header field value has CR, LF, NUL or another control character";
            }
            return "unknown HTTP/1 error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::head_too_large:
                case errc::too_many_fields:
                case errc::line_too_long:
                case errc::chunk_extension_too_large:
                case errc::trailer_too_large:
                case errc::too_many_trailers: return condition::limit_exceeded;
                case errc::invalid_method:
                case errc::invalid_target:
                case errc::invalid_field_name:
                case errc::invalid_field_value: return std::errc::invalid_argument;
                case errc::malformed_status_line:
                case errc::malformed_request_line:
                case errc::unsupported_version:
                case errc::malformed_field:
                case errc::whitespace_before_field:
                case errc::whitespace_before_colon:
                case errc::folded_field:
                case errc::malformed_field_value:
                case errc::bare_line_feed:
                case errc::invalid_content_length:
                case errc::conflicting_content_length:
                case errc::content_length_with_transfer_encoding:
                case errc::unsupported_transfer_encoding:
                case errc::transfer_encoding_in_http10:
                case errc::malformed_chunk:
                case errc::chunk_too_large:
                case errc::truncated: return condition::protocol_error;
            }
            return {code, *this};
        }

        phase phase_of(int code) const noexcept override {
            const bool writing = code >= static_cast<int>(errc::invalid_method);
            return writing ? phase::write : phase::read;
        }
    };
    static const h1_category instance;
    return instance;
}

}  // namespace dragline::h1

#endif
