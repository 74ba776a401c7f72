// Where lines go: a file that can be cut back, or standard output. Start with output_file.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace subdomains {

[[noreturn]] inline void throw_errno(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// Writes all of it or throws std::system_error.
inline void write_all(int descriptor, std::string_view text, const std::string& name) {
    while (!text.empty()) {
        const auto written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw_errno("cannot write " + name);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

/// What fails throws std::system_error. What is in the buffer when it is destroyed is lost: flush() can tell
/// of a failure, a destructor cannot.
class output_file {
public:
    /// Standard output.
    output_file() {}

    /// Keeps the first `size` bytes of what is there. Throws std::runtime_error when there is less.
    explicit output_file(const std::string& path, std::uint64_t size = 0) : name_(path), size_(size) {
        descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor_ < 0) throw_errno("cannot write " + path);
        try {
            cut_back(size);
        } catch (...) {
            ::close(descriptor_);
            throw;
        }
    }
    ~output_file() {
        if (descriptor_ != STDOUT_FILENO) ::close(descriptor_);
    }
    output_file(const output_file&) = delete;
    output_file& operator=(const output_file&) = delete;

    void line(std::string_view text) {
        buffer_ += text;
        buffer_ += '\n';
        if (buffer_.size() >= 65'536) flush();
    }

    void flush() {
        write_all(descriptor_, buffer_, name_);
        size_ += buffer_.size();
        buffer_.clear();
    }

    /// Also past the loss of power, where there is a disk.
    void sync() {
        flush();
        if (::fdatasync(descriptor_) != 0 && errno != EINVAL && errno != EROFS)
            throw_errno("cannot write " + name_);
    }

    std::uint64_t size() const { return size_; }  ///< Bytes that were flushed, and were kept.

private:
    void cut_back(std::uint64_t size) {
        struct stat now {};
        if (::fstat(descriptor_, &now) != 0) throw_errno("cannot write " + name_);
        if (!S_ISREG(now.st_mode)) {
            if (size == 0) return;
            throw std::runtime_error(name_ + " is no regular file: it cannot be continued");
        }
        if (static_cast<std::uint64_t>(now.st_size) < size) {
            throw std::runtime_error(name_ + " has " + std::to_string(now.st_size) + " bytes, and had " +
                                     std::to_string(size) + " when the state was written");
        }
        const auto end = static_cast<off_t>(size);
        if (::ftruncate(descriptor_, end) != 0 || ::lseek(descriptor_, end, SEEK_SET) < 0)
            throw_errno("cannot write " + name_);
    }

    std::string name_ = "standard output";
    std::string buffer_;
    int descriptor_ = STDOUT_FILENO;
    std::uint64_t size_ = 0;
};

}  // namespace subdomains
