// What is recorded of a fetch, wherever that goes: traces, events, HAR files. And what is masked in it.
#pragma once

#include <dragline/core/features.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::http {

/// Which header fields and which parameters of URLs are secret. Names are compared without case.
///
/// By default: the fields that carry credentials and cookies, those of secret_header(), parameters with names
/// such as "token" and "password", and user names and passwords in URLs. A name stays, its value becomes
/// "***". A secret in a path, in a body or under another name is not known for one: add its name.
class masking {
public:
    masking() {}

    /// Keeps everything: for a recording that stays where its secrets are.
    static masking none();

    /// A field, or a parameter of queries and fragments, besides the usual ones.
    masking& field(std::string_view name);
    masking& parameter(std::string_view name);

    bool active() const noexcept { return active_; }
    bool hides_field(std::string_view name) const noexcept;
    bool hides_parameter(std::string_view name) const;  ///< `name` may be percent-encoded.

    /// Text with one URL or several in it, absolute or not, without their secrets.
    std::string url(std::string_view text) const;

    /// The value of a field; `secret_names` are further names of fields. Of cookies their names stay.
    std::string value(std::string_view name, std::string_view value,
                      std::span<const std::string> secret_names = {}) const;

    friend bool operator==(const masking&, const masking&) = default;

private:
    bool active_ = true;
    std::vector<std::string> fields_;
    std::vector<std::string> parameters_;
};

/// How much of a fetch is recorded, and with what masked.
class recording {
public:
    recording() {}

    /// The header fields of requests and responses too.
    recording& headers(bool value) { return headers_ = value, *this; }
    bool headers() const noexcept { return headers_; }

    recording& masking(http::masking value) { return masking_ = std::move(value), *this; }
    const http::masking& masking() const noexcept { return masking_; }

    friend bool operator==(const recording&, const recording&) = default;

private:
    bool headers_ = false;
    http::masking masking_;
};

}  // namespace dragline::http

#include <dragline/http/insight/impl/recording.ipp>
