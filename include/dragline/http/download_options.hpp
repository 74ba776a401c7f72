// The knobs of download().
#pragma once

#include <dragline/http/options.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http {

/// What happens when the target of a download is there already.
enum class existing_file {
    replace,  ///< It is replaced in one step, when the new one is complete.
    keep,    ///< It stays, and nothing is requested; errc::checksum_mismatch when it is not that of sha256().
    refuse,  ///< errc::file_exists, also when it appears while the download is under way.
};

/// How far a download has come.
struct download_progress {
    std::uint64_t received = 0;          ///< Of the file in bytes, what an earlier attempt got included.
    std::optional<std::uint64_t> total;  ///< If the server has said so.
};

/// How download() makes a file. A value that cannot work is kept and fails the operation.
class download_options {
public:
    download_options() {}

    /// The request: fields, credentials, timeouts as for open_url(). Must be a GET. What is stored are the
    /// bytes as sent: decompress() and max_body() have no meaning here, no coding is asked for, and Range and
    /// If-Range are not the caller's.
    download_options& fetch(fetch_options value) { return fetch_ = std::move(value), *this; }
    const fetch_options& fetch() const noexcept { return fetch_; }

    /// Goes on with what an earlier attempt at the same URL has left. Off: it is thrown away.
    download_options& resume(bool value) { return resume_ = value, *this; }
    bool resume() const noexcept { return resume_; }

    download_options& existing(existing_file value) { return existing_ = value, *this; }
    existing_file existing() const noexcept { return existing_; }

    /// What the SHA-256 of the whole file must be, in 64 hexadecimal digits.
    download_options& sha256(std::string_view value) { return sha256_ = value, *this; }
    const std::string& sha256() const noexcept { return sha256_; }

    /// The whole file in bytes; exact to the byte.
    download_options& max_size(std::uint64_t value) { return max_size_ = value, *this; }
    std::uint64_t max_size() const noexcept { return max_size_; }

    /// Waits until the file is on the disk (fsync) before it takes its place. That blocks the loop.
    download_options& sync(bool value) { return sync_ = value, *this; }
    bool sync() const noexcept { return sync_; }

    /// Called on the loop after each piece. What it throws ends the download.
    download_options& on_progress(std::function<void(const download_progress&)> value) {
        return on_progress_ = std::move(value), *this;
    }
    const std::function<void(const download_progress&)>& on_progress() const noexcept { return on_progress_; }

private:
    fetch_options fetch_;
    std::string sha256_;
    std::function<void(const download_progress&)> on_progress_;
    std::uint64_t max_size_ = std::uint64_t{16} * 1024 * 1024 * 1024;
    existing_file existing_ = existing_file::replace;
    bool resume_ = true;
    bool sync_ = false;
};

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::download_options;
}
