// The names that the machine itself knows. Start with hosts_file, which reads them and reads them again.
#pragma once

#include <dragline/core/platform.hpp>
#include <dragline/dns/detail/watched_file.hpp>
#include <dragline/dns/error.hpp>

#include <asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dragline::inline v1::dns {

/// What a hosts file says (hosts(5)): names to addresses, and addresses to names.
///
/// A name may stand on several lines, and has all their addresses, in the order of the file.
class hosts_table {
public:
    /// Addresses of one name, and names of one address, beyond which the rest is ignored.
    static constexpr std::size_t max_per_entry = 128;

    hosts_table() {}

    /// Reads the text of a hosts file: comments, CRLF, aliases. Lines with a bad address or a bad name are
    /// counted; the good names of such a line still count.
    DRAGLINE_DECL static hosts_table parse(std::string_view text);

    /// The addresses of a name, as normal_host_name() returns it; none when the file does not know it.
    DRAGLINE_DECL std::span<const asio::ip::address> addresses_of(std::string_view name) const;

    /// The names of an address, host name before aliases; lower case.
    DRAGLINE_DECL std::span<const std::string> names_of(const asio::ip::address& address) const;

    std::size_t size() const noexcept { return addresses_.size(); }
    std::size_t bad_lines() const noexcept { return bad_lines_; }

private:
    struct text_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>()(text);
        }
    };
    bool add(const asio::ip::address& address, std::string_view name);

    std::unordered_map<std::string, std::vector<asio::ip::address>, text_hash, std::equal_to<>> addresses_;
    std::map<asio::ip::address, std::vector<std::string>> names_;
    std::size_t bad_lines_ = 0;
};

/// A hosts file on disk: parsed once, and again when its size or time of change is another.
///
/// A file that is missing or cannot be read is empty. Threads: one at a time.
class hosts_file {
public:
    static constexpr std::size_t default_max_size = 32 * 1024 * 1024;

    /// Of a file larger than `max_size` bytes, only the whole lines within them count.
    explicit hosts_file(std::string path = platform::hosts_file, std::size_t max_size = default_max_size)
        : file_(std::move(path), max_size) {}

    /// The table as of `now`; the disk is looked at once a second at most. Valid until the next call.
    DRAGLINE_DECL const hosts_table& table(std::chrono::steady_clock::time_point now);

private:
    detail::watched_file file_;
    hosts_table table_;
};

}  // namespace dragline::dns

#include <dragline/dns/impl/hosts_file.ipp>
