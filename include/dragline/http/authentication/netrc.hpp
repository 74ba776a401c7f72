// The file ~/.netrc: user names and passwords by host, as ftp, curl and git read it.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/authentication/credentials.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::http {

/// The entries of a netrc file: an immutable handle, cheap to copy. Its memory is wiped with the last copy.
class netrc {
public:
    static constexpr std::size_t max_size = 1024 * 1024;  ///< Of the text, in bytes.

    /// No entries.
    netrc() {}

    /// Reads `machine`, `default`, `login`, `password`, `account` and `macdef`; values may stand in quotes,
    /// with the escapes \" \\ \n \r \t; a '#' in place of a keyword begins a comment.
    ///
    /// Errors: errc::invalid_netrc, std::errc::file_too_large.
    DRAGLINE_DECL static result<netrc> parse(std::string_view text);

    /// Reads a file; one that does not exist has no entries. Blocks, so do it before the loop runs.
    ///
    /// Errors: as above, and those of the system.
    DRAGLINE_DECL static result<netrc> load(const std::string& path);

    /// The file that the environment variable NETRC names, else .netrc in the home directory.
    DRAGLINE_DECL static result<netrc> load_default();

    std::size_t size() const noexcept {
        if (!entries_) [[likely]]
            return 0;
        return entries_->size();
    }

    /// What there is for `host`, of that user if one is given: the first such entry of this machine; the
    /// default where no entry names the machine, if `with_default`. Kind none when there is nothing. A
    /// password never comes from the entry of another machine.
    DRAGLINE_DECL credentials find(std::string_view host, std::string_view user = {},
                                   bool with_default = true) const;

    friend bool operator==(const netrc& a, const netrc& b) noexcept;

private:
    struct entry {
        std::string machine;  // empty: the default
        bool has_user = false;
        credentials login;

        friend bool operator==(const entry&, const entry&) = default;
    };
    class reader;

    std::shared_ptr<const std::vector<entry>> entries_;
};

}  // namespace dragline::http

#include <dragline/http/authentication/impl/netrc.ipp>
