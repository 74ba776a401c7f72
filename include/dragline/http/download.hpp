// download: a URL to a file, in one step as others see it, and resumed when it was interrupted.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/http/detail/fetch_place.hpp>
#include <dragline/http/download_options.hpp>
#include <dragline/http/response.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http {

/// What a download has made, and the response that it ended with; none when the target was kept as it was.
class download_result : public response_record {
public:
    download_result() {}

    std::filesystem::path path;
    std::uint64_t size = 0;     ///< Of the file.
    std::uint64_t resumed = 0;  ///< Of that, what an earlier attempt had got.
    bool kept = false;          ///< existing_file::keep: it was there.
    std::string sha256;         ///< In hexadecimal, when the options have one to compare with.
};

namespace detail {

asio::awaitable<result<download_result>> download_body(fetch_place place, std::string url,
                                                       std::filesystem::path path, download_options options);

}  // namespace detail

/// Downloads `url` to the file `path` and completes with void(error_code, download_result).
///
/// The bytes go to PATH.part, which replaces PATH when it is complete. An attempt that fails leaves it, and a
/// note of its validator in PATH.part.info, to one that resumes by Range and If-Range: a strong ETag or
/// Last-Modified; without either nothing stays. The name is the caller's alone. Files are written on the
/// loop: a piece of 64 KiB takes some 15 us, less than a change of threads, where the disk keeps up. Errors:
/// those of open_url() and response_stream; errc::bad_status, unexpected_status, invalid_range,
///   body_too_large, checksum_mismatch, file_exists; files: what the system says, with phase::file.
/// Cancel, Threads: as fetch_url().
template <detail::fetch_where Where, class Token = default_token>
auto download(Where&& where, std::string_view url, std::filesystem::path path, download_options options,
              Token&& token = {}) {
    auto place = detail::place_of(where);
    const auto& loop = *place.loop;
    return async::initiate<download_result>(loop, &detail::download_body, std::forward<Token>(token),
                                            std::move(place), std::string(url), std::move(path),
                                            std::move(options));
}

/// As above, with default options.
template <detail::fetch_where Where, class Token = default_token>
requires(!std::same_as<std::remove_cvref_t<Token>, download_options>) auto download(
    Where&& where, std::string_view url, std::filesystem::path path, Token&& token = {}) {
    return download(std::forward<Where>(where), url, std::move(path), download_options(),
                    std::forward<Token>(token));
}

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::download;
}

#include <dragline/http/impl/download.ipp>
