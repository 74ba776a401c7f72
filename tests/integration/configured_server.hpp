// What servers with a configuration file have in common: text that names ports and its folder, and files.
#pragma once

#include "server_process.hpp"

#include <dragline/testing/certificate_authority.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::test {

/// What a configuration refers to, by name, in the server's folder.
using file_list = std::map<std::string, std::string>;

/// A certificate as the files NAME.pem and NAME.key.
inline void add_certificate(file_list& to, const std::string& name,
                            const testing::issued_certificate& certificate) {
    to[name + ".pem"] = certificate.chain_pem;
    to[name + ".key"] = certificate.private_key_pem;
}

/// Text of any size in which no stretch of a line or more comes twice: each line begins with its number.
inline std::string pattern(std::size_t size) {
    const std::string filler(240, '.');
    std::string text;
    text.reserve(size + 300);
    for (std::size_t line = 0; text.size() < size; ++line)
        text.append(std::to_string(line)).append(filler) += '\n';
    text.resize(size);
    return text;
}

/// Ports that a configuration speaks of: "@0" to "@9".
inline std::size_t ports_in(std::string_view configuration) {
    std::size_t ports = 1;
    for (std::size_t which = 0; which < 10; ++which) {
        if (configuration.find('@' + std::to_string(which)) != configuration.npos) ports = which + 1;
    }
    return ports;
}

/// A configuration with its ports, and the folder for "@F". No other '@' may stand in it.
inline std::string filled_in(std::string text, const std::string& folder,
                             const std::vector<std::uint16_t>& ports) {
    for (std::size_t at = 0; (at = text.find('@', at)) != text.npos;) {
        const char what = text.at(at + 1);
        const auto value =
            what == 'F' ? folder : std::to_string(ports.at(static_cast<std::size_t>(what - '0')));
        text.replace(at, 2, value);
        at += value.size();
    }
    return text;
}

/// A server at 127.0.0.1.
class configured_server {
public:
    explicit configured_server(const server_plan& plan) : process_(plan) {}

    std::uint16_t port(std::size_t which = 0) const { return process_.port(which); }

    std::string url(std::string_view target, std::size_t which = 0) const {
        return "http://127.0.0.1:" + std::to_string(port(which)) + std::string(target);
    }
    std::string secure_url(std::string_view target, std::size_t which = 0) const {
        return "https://127.0.0.1:" + std::to_string(port(which)) + std::string(target);
    }

private:
    server_process process_;
};

}  // namespace dragline::test
