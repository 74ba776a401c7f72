// A small system file that is read again when it has changed.
#pragma once

#include <dragline/core/features.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace dragline::inline v1::dns::detail {

class watched_file {
public:
    using time_point = std::chrono::steady_clock::time_point;

    watched_file(std::string path, std::size_t max_size) : path_(std::move(path)), max_size_(max_size) {}

    const std::string& path() const noexcept { return path_; }

    /// True at the first call, and when size, time of change or existence differ from what they were at the
    /// last one. Looks at the disk once a second at most.
    bool changed(time_point now);

    /// Makes the next changed() look at the disk.
    void look_again() noexcept { looked_ = false; }

    /// The content, cut after the last whole line within the size limit; empty when it cannot be read.
    std::string read() const;

private:
    std::string path_;
    std::size_t max_size_;
    bool looked_ = false;
    bool known_ = false;
    bool exists_ = false;
    std::uintmax_t size_ = 0;
    std::filesystem::file_time_type written_{};
    time_point next_look_{};
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/watched_file.ipp>
