// Included by <dragline/http/detail/part_file.hpp> only.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/core/platform/files.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <utility>

namespace dragline::inline v1::http::detail {

struct sha256_hasher::state {
    ::EVP_MD_CTX* context = ::EVP_MD_CTX_new();
    bool ok = context != nullptr;
    state() = default;
    state(const state&) = delete;
    ~state() { ::EVP_MD_CTX_free(context); }
};

DRAGLINE_DECL void sha256_hasher::deleter::operator()(state* each) const noexcept { delete each; }

DRAGLINE_DECL sha256_hasher::sha256_hasher() : state_(new state) { reset(); }

DRAGLINE_DECL void sha256_hasher::reset() {
    state_->ok = state_->context && ::EVP_DigestInit_ex(state_->context, ::EVP_sha256(), nullptr) == 1;
}

DRAGLINE_DECL void sha256_hasher::add(std::string_view bytes) {
    state_->ok = state_->ok && ::EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1;
}

DRAGLINE_DECL std::string sha256_hasher::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (!state_->ok || ::EVP_DigestFinal_ex(state_->context, bytes.data(), &size) != 1) return {};
    std::string text;
    for (unsigned at = 0; at < size; ++at) {
        text += "0123456789abcdef"[bytes[at] >> 4];
        text += "0123456789abcdef"[bytes[at] & 15];
    }
    return text;
}

DRAGLINE_DECL std::error_code output_failure() noexcept { return make_file_error(errno ? errno : EIO); }

DRAGLINE_DECL std::error_code output_file::open(const std::filesystem::path& path) {
    // In a folder that others may write to, a file may be there that others can change: it is not used.
    for (int tries = 0; tries < 2; ++tries) {
        close();
        file_ = platform::open_output(path.string().c_str());
        if (!is_open()) return output_failure();
        if (!platform::is_shared_file(file_)) return {};
        std::error_code ec;
        std::filesystem::remove(path, ec);
        if (ec) return close(), make_file_error(ec.value());
    }
    return close(), make_file_error(EPERM);
}

DRAGLINE_DECL std::error_code output_file::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const long written = platform::write_output(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return output_failure();
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

DRAGLINE_DECL std::error_code output_file::truncate() {
    return platform::truncate_output(file_) == 0 ? std::error_code() : output_failure();
}

DRAGLINE_DECL std::error_code output_file::sync() {
    return platform::sync_output(file_) == 0 ? std::error_code() : output_failure();
}

DRAGLINE_DECL void output_file::close() noexcept {
    if (is_open()) platform::close_output(std::exchange(file_, -1));
}

DRAGLINE_DECL std::filesystem::path with_suffix(const std::filesystem::path& path, std::string_view suffix) {
    auto made = path;
    made += suffix;
    return made;
}

DRAGLINE_DECL part_file::part_file(std::filesystem::path target, const std::string& url)
    : target_(std::move(target)), part_(with_suffix(target_, ".part")), info_(with_suffix(part_, ".info")) {
    // Not the URL itself: it may have secrets, which are not to be left on a disk.
    hasher_.add(url);
    url_hash_ = hasher_.finish();
    hasher_.reset();
}

DRAGLINE_DECL std::error_code part_file::open(bool resume, bool hashed) {
    hashed_ = hashed;
    if (auto ec = file_.open(part_)) return ec;
    std::error_code ec;
    size_ = std::filesystem::file_size(part_, ec);
    if (ec) return make_file_error(ec.value());
    if (resume && size_ > 0) read_info();
    return resumable() ? std::error_code() : restart({});
}

// Two lines: the hash of the URL, the validator. What is not like that says nothing.
DRAGLINE_DECL void part_file::read_info() {
    // To open a pipe waits for its other end, and others know other validators.
    if (!platform::is_own_file(info_.string().c_str())) return;
    std::ifstream file(info_, std::ios::binary);
    std::array<char, 4096> text;
    file.read(text.data(), text.size());
    std::string_view rest(text.data(), static_cast<std::size_t>(file.gcount()));
    const auto line = [&rest] {
        const auto end = rest.find('\n');
        const auto found = rest.substr(0, end);
        rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
        return end == rest.npos ? std::string_view() : found;
    };
    const auto url_hash = line();
    const auto validator = line();
    if (!url_hash.empty() && url_hash == url_hash_) validator_ = validator;
}

DRAGLINE_DECL std::error_code part_file::write(std::string_view bytes) {
    if (auto ec = file_.write(bytes)) return ec;
    size_ += bytes.size();
    if (hashed_) hasher_.add(bytes);
    return {};
}

DRAGLINE_DECL std::error_code part_file::restart(std::string validator) {
    validator_ = std::move(validator);
    size_ = 0;
    hasher_.reset();
    std::error_code ignored;
    std::filesystem::remove(info_, ignored);
    if (auto ec = file_.truncate()) return ec;
    if (validator_.empty()) return {};
    output_file info;
    if (auto ec = info.open(info_)) return ec;
    if (auto ec = info.truncate()) return ec;
    return info.write(url_hash_ + "\n" + validator_ + "\n");
}

DRAGLINE_DECL std::error_code part_file::put_in_place(existing_file existing, bool sync) {
    if (sync) {
        if (auto ec = file_.sync()) return ec;
    }
    std::error_code ec;
    if (existing == existing_file::refuse) {
        // A second name, which unlike a new one never takes the place of another file.
        std::filesystem::create_hard_link(part_, target_, ec);
        if (ec == std::errc::file_exists) return errc::file_exists;
        if (!ec) std::filesystem::remove(part_, ec);
    } else {
        std::filesystem::rename(part_, target_, ec);
    }
    if (ec) return make_file_error(ec.value());
    std::filesystem::remove(info_, ec);
    file_.close();
    if (!sync) return {};
    const auto folder = target_.has_parent_path() ? target_.parent_path() : std::filesystem::path(".");
    return platform::sync_folder(folder.string().c_str()) == 0 ? std::error_code() : output_failure();
}

DRAGLINE_DECL void part_file::remove() noexcept {
    std::error_code ignored;
    std::filesystem::remove(info_, ignored);
    std::filesystem::remove(part_, ignored);  // before the lock goes
    file_.close();
}

}  // namespace dragline::http::detail

#endif
