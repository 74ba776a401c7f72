// Included by <dragline/http/detail/file_content.hpp> only.
#pragma once

#include <dragline/core/platform/files.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <system_error>

namespace dragline::inline v1::http::detail {

struct content_file_closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using content_file = std::unique_ptr<std::FILE, content_file_closer>;

DRAGLINE_DECL std::error_code file_failure() noexcept {
    const int number = errno;
    return {number != 0 ? number : EIO, std::generic_category()};
}

class file_source final : public body_source {
public:
    file_source(content_file file, std::uint64_t size, bool to_the_end)
        : file_(std::move(file)), size_(size), remaining_(size), to_the_end_(to_the_end) {}

    std::optional<std::uint64_t> size() const noexcept override { return size_; }
    asio::awaitable<result<std::size_t>> read(asio::mutable_buffer into) override {
        co_return read_now(into);
    }

private:
    result<std::size_t> read_now(asio::mutable_buffer into) {
        errno = 0;
        if (remaining_ == 0) {
            const bool grown = to_the_end_ && std::fgetc(file_.get()) != EOF;
            if (grown) return errc::body_size_differs;
            return std::size_t{0};
        }
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, into.size()));
        const auto got = std::fread(into.data(), 1, wanted, file_.get());
        if (got < wanted && std::ferror(file_.get())) return file_failure();
        if (got == 0) return errc::body_size_differs;
        remaining_ -= got;
        return got;
    }

    content_file file_;
    std::uint64_t size_;
    std::uint64_t remaining_;
    bool to_the_end_;
};

DRAGLINE_DECL result<std::uint64_t> file_content::size_within(std::uint64_t whole) const {
    if (offset_ > whole || length_.value_or(0) > whole - offset_) return errc::body_size_differs;
    return length_.value_or(whole - offset_);
}

DRAGLINE_DECL result<std::optional<std::uint64_t>> file_content::size() const {
    std::error_code ec;
    const auto status = std::filesystem::status(path_, ec);
    if (ec) return ec;
    // To open a pipe waits for its other end, and a device has no size.
    if (std::filesystem::is_directory(status)) return make_error_code(std::errc::is_a_directory);
    if (!std::filesystem::is_regular_file(status)) return make_error_code(std::errc::not_supported);
    const auto whole = std::filesystem::file_size(path_, ec);
    if (ec) return ec;
    const auto size = size_within(whole);
    if (!size) return size.error();
    return std::optional(*size);
}

DRAGLINE_DECL result<std::unique_ptr<body_source>> file_content::open() const {
    errno = 0;
    content_file file(platform::open_regular_file(path_.c_str()));
    if (!file) return file_failure();
    std::setvbuf(file.get(), nullptr, _IONBF, 0);  // it is read in large pieces
    // The size is that of the file that was opened, whatever bears its name by now.
    if (std::fseek(file.get(), 0, SEEK_END) != 0) return file_failure();
    const long whole = std::ftell(file.get());
    if (whole < 0) return file_failure();
    const auto size = size_within(static_cast<std::uint64_t>(whole));
    if (!size) return size.error();
    if (std::fseek(file.get(), static_cast<long>(offset_), SEEK_SET) != 0) return file_failure();
    return std::unique_ptr<body_source>(std::make_unique<file_source>(std::move(file), *size, !length_));
}

}  // namespace dragline::http::detail

#endif
