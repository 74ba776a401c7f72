// One download: what to ask for, what the answer means, and the bytes into the file.
#pragma once

#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/fetch_place.hpp>
#include <dragline/http/detail/part_file.hpp>
#include <dragline/http/download_options.hpp>
#include <dragline/http/open_url.hpp>
#include <dragline/http/response.hpp>

#include <asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::error_code check_download(const download_options& options,
                                             const std::filesystem::path& path);

/// Adds a whole file to a hash and gives its size; the loop has other turns in between.
asio::awaitable<result<std::uint64_t>> add_file(sha256_hasher& to, std::filesystem::path path);

class download_op {
public:
    /// Options and file must outlive it.
    download_op(fetch_place place, std::string url, const download_options& options, part_file& part);

    /// Call once; the object must outlive the coroutine.
    asio::awaitable<result<response_record>> run();

    std::uint64_t resumed() const noexcept { return resumed_; }
    const std::string& hash() const noexcept { return hash_; }

private:
    /// What an answer comes to.
    enum class next_step { receive, ask_for_all, complete };

    asio::awaitable<result<void>> transfer();
    asio::awaitable<result<void>> receive();
    fetch_options request(bool resuming) const;
    result<next_step> judge(bool resuming);
    std::error_code take(std::string_view piece);
    std::error_code finish();

    fetch_place place_;
    std::string url_;
    const download_options& options_;
    part_file& part_;
    response_stream stream_;
    std::optional<std::uint64_t> total_;  // of the whole file
    std::uint64_t resumed_ = 0;
    std::string hash_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/download_op.ipp>
