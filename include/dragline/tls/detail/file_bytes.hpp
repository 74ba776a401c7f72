// Reads whole files of certificates and keys. Bodies only.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/tls/detail/secret_text.hpp>

#if DRAGLINE_HEADER_BODIES

#include <array>
#include <fstream>
#include <optional>
#include <string>

namespace dragline::inline v1::tls::detail {

DRAGLINE_DECL std::optional<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes;
    std::array<char, 16 * 1024> block;
    do {
        file.read(block.data(), static_cast<std::streamsize>(block.size()));
        bytes.append(block.data(), static_cast<std::size_t>(file.gcount()));
    } while (file);
    if (!file.is_open() || file.bad()) return std::nullopt;
    return bytes;
}

}  // namespace dragline::inline v1::tls::detail

#endif
