// Forms with files (multipart/form-data, RFC 7578), whose files are streamed from the disk.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/features.hpp>
#include <dragline/http/body.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::http {

/// The parts of such a form, in their order; several may have one name.
///
///     http::multipart upload;
///     upload.field("title", "Holiday").file("photo", "/home/me/beach.jpg", "image/jpeg");
///     co_await fetch_url(url, fetch_options().body(upload));
///
/// In names and file names a quote and line ends are sent as browsers do it: %22, %0D, %0A. The length of the
/// whole is announced when that of every part is known; when all parts are small, they are sent from memory.
class multipart {
public:
    multipart() {}

    /// A field of text, without a type of its own.
    multipart& field(std::string_view name, std::string_view value) {
        return part(name, body(std::string(value)));
    }

    /// A file of the disk: see body::file(). The file name that is sent is the last part of the path.
    DRAGLINE_DECL multipart& file(std::string_view name, std::string path,
                                  std::string content_type = "application/octet-stream");

    /// Any body as a part, with its own type; with a file name where that is not empty. One that is coded
    /// (body::gzip()) is refused: RFC 7578 has no place to say so.
    DRAGLINE_DECL multipart& part(std::string_view name, body content, std::string_view file_name = {});

    bool empty() const noexcept { return parts_.empty(); }
    std::size_t size() const noexcept { return parts_.size(); }

    /// With a boundary of 128 random bits that occurs in no part that is in memory.
    ///
    /// Errors, of the fetch: h1::errc::invalid_field_value for a name, file name or type with a control that
    /// cannot be sent; dragline::errc::invalid_option for a part without content, or one that is coded; those
    /// of the parts.
    DRAGLINE_DECL body to_body(async::random_source& random = async::system_random()) const;
    operator body() const { return to_body(); }

private:
    struct part_record {
        part_record(std::string text, body what) : fields(std::move(text)), content(std::move(what)) {}
        std::string fields;  // its head, without the boundary
        body content;
    };

    bool contains(std::string_view text) const noexcept;

    std::vector<part_record> parts_;
    std::error_code error_;
};

}  // namespace dragline::http

#include <dragline/http/impl/multipart.ipp>
