// Reads whole files of certificates and keys. Bodies only.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/tls/detail/secret_text.hpp>

#if DRAGLINE_HEADER_BODIES

#include <fstream>
#include <optional>
#include <string>
#include <utility>

namespace dragline::inline v1::tls::detail {

// The caller wipes what he gets, where it is a key. No other copy is left: the stream has no buffer of its
// own, and the memory that the text has outgrown is wiped.
DRAGLINE_DECL std::optional<std::string> read_file(const std::string& path) {
    std::ifstream file;
    file.rdbuf()->pubsetbuf(nullptr, 0);
    file.open(path, std::ios::binary);
    std::string bytes;
    std::size_t size = 0;
    do {
        if (size == bytes.size()) {
            std::string larger(bytes.empty() ? 16 * 1024 : 2 * bytes.size(), '\0');
            larger.replace(0, size, bytes, 0, size);
            wipe(bytes);
            bytes = std::move(larger);
        }
        file.read(bytes.data() + size, static_cast<std::streamsize>(bytes.size() - size));
        size += static_cast<std::size_t>(file.gcount());
    } while (file);
    if (!file.is_open() || file.bad()) return wipe(bytes), std::nullopt;
    bytes.resize(size);
    return bytes;
}

}  // namespace dragline::inline v1::tls::detail

#endif
