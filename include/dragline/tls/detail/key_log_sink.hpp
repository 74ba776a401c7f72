// Writes the lines of a key log. Bodies only.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/platform/files.hpp>
#include <dragline/core/result.hpp>
#include <dragline/tls/detail/secret_text.hpp>
#include <dragline/tls/error.hpp>
#include <dragline/tls/key_log.hpp>

#if DRAGLINE_HEADER_BODIES

#include <memory>
#include <string>
#include <string_view>

namespace dragline::inline v1::tls::detail {

/// Stays as it is once it is open, so several threads may write.
class key_log_sink {
public:
    static result<std::shared_ptr<const key_log_sink>> open(const key_log& where) {
        auto made = std::make_shared<key_log_sink>();
        if (where.path()) {
            made->file_ = platform::open_private_log(where.path()->c_str());
            if (made->file_ < 0) return errc::key_log_failed;
        } else if (where.sink()) {
            if (!*where.sink()) return dragline::errc::invalid_option;
            made->function_ = where.sink();
        }
        return std::shared_ptr<const key_log_sink>(std::move(made));
    }

    key_log_sink() = default;
    key_log_sink(const key_log_sink&) = delete;
    key_log_sink& operator=(const key_log_sink&) = delete;
    ~key_log_sink() {
        if (file_ >= 0) platform::close_log(file_);
    }

    /// Whether it was written whole.
    bool write(std::string_view line) const {
        if (function_) return (*function_)(line), true;
        std::string whole;
        whole.reserve(line.size() + 1);
        whole.append(line) += '\n';
        const bool written = platform::append_to_log(file_, whole.data(), whole.size());
        wipe(whole);
        return written;
    }

private:
    int file_ = -1;
    std::shared_ptr<const key_log::function> function_;
};

}  // namespace dragline::inline v1::tls::detail

#endif
