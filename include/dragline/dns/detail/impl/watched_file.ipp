// Included by <dragline/dns/detail/watched_file.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <fstream>
#include <system_error>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL bool watched_file::changed(time_point now) {
    if (looked_ && now < next_look_) return false;
    looked_ = true;
    next_look_ = now + std::chrono::seconds(1);

    std::error_code ec;
    const auto written = std::filesystem::last_write_time(path_, ec);
    const auto size = ec ? 0 : std::filesystem::file_size(path_, ec);
    const bool exists = !ec;
    if (known_ && exists == exists_ && (!exists || (size == size_ && written == written_))) return false;
    known_ = true;
    exists_ = exists;
    size_ = size;
    written_ = written;
    return true;
}

DRAGLINE_DECL std::string watched_file::read() const {
    std::string text;
    std::ifstream file(path_, std::ios::binary);
    char block[16 * 1024];
    while (file && text.size() <= max_size_) {
        file.read(block, sizeof block);
        text.append(block, static_cast<std::size_t>(file.gcount()));
    }
    if (text.size() > max_size_) {
        text.resize(max_size_);
        const auto last = text.rfind('\n');
        text.resize(last == text.npos ? 0 : last + 1);
    }
    return text;
}

}  // namespace dragline::dns::detail

#endif
