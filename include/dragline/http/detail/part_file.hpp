// The file of a download while it is not complete: beside its target, with a note of where it comes from.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/http/download_options.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::http::detail {

/// A SHA-256 in the making. A failure of OpenSSL shows as a hash of no file.
class sha256_hasher {
public:
    sha256_hasher();
    void reset();
    void add(std::string_view bytes);
    std::string finish();  // in hexadecimal

private:
    struct state;
    struct deleter {
        void operator()(state* each) const noexcept;
    };
    std::unique_ptr<state, deleter> state_;
};

/// A file that is written at its end, and has one writer. A link at its place is not followed; a file of
/// another user, or one that has other names too, is replaced by a new one.
class output_file {
public:
    output_file() = default;
    output_file(const output_file&) = delete;
    ~output_file() { close(); }

    std::error_code open(const std::filesystem::path& path);
    std::error_code write(std::string_view bytes);
    std::error_code truncate();
    std::error_code sync();
    void close() noexcept;
    bool is_open() const noexcept { return file_ >= 0; }

private:
    int file_ = -1;
};

/// TARGET.part has the bytes, TARGET.part.info the hash of the URL and the validator that a later attempt
/// asks with; without the second the first is of no use. All members but the destructor block.
class part_file {
public:
    part_file(std::filesystem::path target, const std::string& url);

    /// Opens it; what an earlier attempt has left is kept if it is of this URL. Not hashed yet is what is
    /// kept.
    std::error_code open(bool resume, bool hashed);

    const std::filesystem::path& path() const noexcept { return part_; }
    sha256_hasher& hasher() noexcept { return hasher_; }
    std::uint64_t size() const noexcept { return size_; }
    const std::string& validator() const noexcept { return validator_; }

    std::error_code write(std::string_view bytes);

    /// Empties it, for content that can be asked for with `validator`, if it is not empty.
    std::error_code restart(std::string validator);

    /// Whether a later attempt can go on with it.
    bool resumable() const noexcept { return size_ > 0 && !validator_.empty(); }

    /// The hash of all that is in it, when open() was told to keep one and hasher() was given what was kept.
    std::string hash() { return hasher_.finish(); }

    std::error_code put_in_place(existing_file existing, bool sync);
    void remove() noexcept;

private:
    void read_info();

    std::filesystem::path target_, part_, info_;
    std::string url_hash_;
    std::string validator_;
    output_file file_;
    sha256_hasher hasher_;
    std::uint64_t size_ = 0;
    bool hashed_ = false;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/part_file.ipp>
