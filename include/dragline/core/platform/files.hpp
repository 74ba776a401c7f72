// Files as this system has them: opened without waiting, told apart, locked, made lasting.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <optional>

#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>
#else
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace dragline::inline v1::platform {

/// A file that is appended to, each time in one piece; when it is new, for its owner alone. -1: not opened.
#if defined(_WIN32)
inline int open_private_log(const char* path) noexcept {
    return ::_open(path, _O_WRONLY | _O_APPEND | _O_CREAT | _O_BINARY | _O_NOINHERIT, _S_IREAD | _S_IWRITE);
}
inline bool append_to_log(int file, const char* bytes, std::size_t size) noexcept {
    return ::_write(file, bytes, static_cast<unsigned>(size)) == static_cast<int>(size);
}
inline void close_log(int file) noexcept { ::_close(file); }
#else
inline int open_private_log(const char* path) noexcept {
    return ::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}
inline bool append_to_log(int file, const char* bytes, std::size_t size) noexcept {
    return static_cast<std::size_t>(::write(file, bytes, size)) == size;
}
inline void close_log(int file) noexcept { ::close(file); }
#endif
// Files that are read or are there already. On Windows nobody asks who owns them.
#if !defined(_WIN32)
/// Opens a regular file for reading, by its name alone: what else bears it is neither waited for nor read.
/// Null: not opened, with the reason in errno; EISDIR or ENOTSUP for what is no file.
inline std::FILE* open_regular_file(const char* path) noexcept {
    const int file = ::open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file < 0) return nullptr;
    struct ::stat found {};
    int reason = ::fstat(file, &found) != 0 ? errno : 0;
    if (reason == 0 && !S_ISREG(found.st_mode)) reason = S_ISDIR(found.st_mode) ? EISDIR : ENOTSUP;
    std::FILE* opened = reason == 0 ? ::fdopen(file, "rb") : nullptr;
    if (opened) return opened;
    if (reason == 0) reason = errno;
    ::close(file);
    return errno = reason, nullptr;
}

namespace detail {
inline bool is_of_this_user(const struct ::stat& file) noexcept {
    return file.st_uid == ::geteuid() && file.st_nlink == 1;
}
}  // namespace detail

/// Whether an open file is a regular one that belongs to another user or has other names.
inline bool is_shared_file(int file) noexcept {
    struct ::stat found {};
    return ::fstat(file, &found) == 0 && S_ISREG(found.st_mode) && !detail::is_of_this_user(found);
}

/// Whether there is a regular file of this user, by this name alone; a link is none.
inline bool is_own_file(const char* path) noexcept {
    struct ::stat found {};
    return ::lstat(path, &found) == 0 && S_ISREG(found.st_mode) && detail::is_of_this_user(found);
}
#else
inline std::FILE* open_regular_file(const char* path) noexcept { return std::fopen(path, "rbN"); }
inline bool is_shared_file(int) noexcept { return false; }
inline bool is_own_file(const char* path) noexcept { return ::_access(path, 0) == 0; }
#endif

/// Tells one file from another that came to have its name.
struct file_identity {
    unsigned long long device = 0;
    unsigned long long number = 0;
    bool operator==(const file_identity&) const = default;
};
#if !defined(_WIN32)
inline std::optional<file_identity> identity_of_file(const char* path) noexcept {
    struct ::stat found {};
    if (::lstat(path, &found) != 0) return std::nullopt;
    return file_identity{found.st_dev, found.st_ino};
}
#else
inline std::optional<file_identity> identity_of_file(const char*) noexcept { return std::nullopt; }
#endif

// Files that are written: -1 stands for a failure, with the reason in errno. Not on Windows: ENOSYS.
#if !defined(_WIN32)
/// Opens a file for writing at its end, makes it where there is none, and locks it against others that come
/// by this function. A symbolic link at `path` is not followed, and a pipe there not waited for.
inline int open_output(const char* path) noexcept {
    constexpr int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    for (int tries = 0; tries < 100; ++tries) {
        const int file = ::open(path, flags, 0666);
        if (file < 0) return -1;
        struct ::stat held {};
        struct ::stat there {};
        // Who held the lock before may have moved the file meanwhile; then it is another one that is wanted.
        const bool locked = ::flock(file, LOCK_EX | LOCK_NB) == 0 && ::fstat(file, &held) == 0;
        if (locked && ::stat(path, &there) == 0 && there.st_ino == held.st_ino &&
            there.st_dev == held.st_dev) {
            return file;
        }
        const int reason = errno;
        ::close(file);
        errno = reason;
        if (!locked) return -1;
    }
    return errno = EAGAIN, -1;
}
inline long write_output(int file, const char* data, std::size_t size) noexcept {
    return static_cast<long>(::write(file, data, size));
}
inline int truncate_output(int file) noexcept { return ::ftruncate(file, 0); }
inline int sync_output(int file) noexcept { return ::fsync(file); }
inline int close_output(int file) noexcept { return ::close(file); }

/// Makes the names in a folder lasting.
inline int sync_folder(const char* path) noexcept {
    const int folder = ::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return -1;
    const int synced = ::fsync(folder);
    ::close(folder);
    return synced;
}
#else
inline int open_output(const char*) noexcept { return errno = ENOSYS, -1; }
inline long write_output(int, const char*, std::size_t) noexcept { return errno = ENOSYS, -1; }
inline int truncate_output(int) noexcept { return errno = ENOSYS, -1; }
inline int sync_output(int) noexcept { return errno = ENOSYS, -1; }
inline int close_output(int) noexcept { return errno = ENOSYS, -1; }
inline int sync_folder(const char*) noexcept { return errno = ENOSYS, -1; }
#endif

}  // namespace dragline::inline v1::platform
