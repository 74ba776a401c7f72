// One attempt as an entry of an HTTP Archive.
#pragma once

#include <dragline/http/detail/json_writer.hpp>
#include <dragline/http/insight/recording.hpp>
#include <dragline/http/trace.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::http::detail {

class har_entry {
public:
    har_entry(json_writer& out, const attempt_record& attempt, const masking& masked)
        : out_(out), attempt_(attempt), masked_(masked) {}

    /// `page`: none when empty.
    void write(std::string_view page);

    /// "2026-11-21T03:20:00.123Z"
    static std::string date(std::chrono::system_clock::time_point at);

private:
    void write_request();
    void write_response();
    void write_timings();
    void write_query(std::string_view url);
    void write_fields(const fields& from);
    void write_cookies(const fields& from, std::string_view name);
    void write_cookie(std::string_view text, bool set);
    void write_connection();
    void write_error(std::error_code ec);
    std::string value_of(fields::field each) const {
        return masked_.value(each.name, each.value, attempt_.secret_names);
    }

    json_writer& out_;
    const attempt_record& attempt_;
    const masking& masked_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/har_entry.ipp>
