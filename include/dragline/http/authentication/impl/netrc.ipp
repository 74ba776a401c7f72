// Included by <dragline/http/authentication/netrc.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http {

class netrc::reader {
public:
    explicit reader(std::string_view text) : rest_(text) {}
    ~reader() {
        detail::wipe(word_);
        detail::wipe(password_);
    }

    std::error_code read(std::vector<entry>& into) {
        for (;;) {
            skip_space();
            if (rest_.empty()) return finish(into), std::error_code();
            if (rest_.front() == '#') {
                skip_line();
                continue;
            }
            if (!take_word()) return errc::invalid_netrc;
            if (word_ == "macdef") {
                if (!take_value()) return errc::invalid_netrc;
                skip_macro();
            } else if (word_ == "machine") {
                if (!take_value() || word_.empty()) return errc::invalid_netrc;
                begin(into, word_);
            } else if (word_ == "default") {
                begin(into, {});
            } else if (auto ec = read_detail()) {
                return ec;
            }
        }
    }

private:
    std::error_code read_detail() {
        const bool login = word_ == "login" || word_ == "user", password = word_ == "password";
        if (!open_ || (!login && !password && word_ != "account") || !take_value())
            return errc::invalid_netrc;
        if (login) {
            user_ = word_;
            current_.has_user = true;
        } else if (password) {
            detail::wipe(password_);
            password_ = word_;
        }
        return {};
    }

    void begin(std::vector<entry>& into, std::string_view machine) {
        finish(into);
        current_ = entry();
        current_.machine = machine;
        open_ = true;
    }

    void finish(std::vector<entry>& into) {
        if (!open_) return;
        current_.login = credentials::any(user_, password_);
        into.push_back(std::move(current_));
        user_.clear();
        detail::wipe(password_);
        password_.clear();
        open_ = false;
    }

    static bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

    void skip_space() noexcept {
        while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
    }
    void skip_line() noexcept { rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size())); }

    // A macro lasts to the next empty line.
    void skip_macro() noexcept {
        skip_line();
        while (!rest_.empty()) {
            rest_.remove_prefix(1);
            const auto line = rest_.substr(0, rest_.find('\n'));
            skip_line();
            if (line.empty() || line == "\r") return;
        }
    }

    bool take_value() {
        skip_space();
        return !rest_.empty() && take_word();
    }

    bool take_word() {
        detail::wipe(word_);
        word_.clear();
        if (rest_.front() == '"') return take_quoted();
        const auto end = std::find_if(rest_.begin(), rest_.end(), is_space);
        word_ = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(word_.size());
        return true;
    }

    // A quoted value stays on its line.
    bool take_quoted() {
        word_.reserve(std::min(rest_.find('\n'), rest_.size()));  // so that no copy stays behind
        for (std::size_t at = 1; at < rest_.size() && rest_[at] != '\n'; ++at) {
            if (rest_[at] == '"') {
                rest_.remove_prefix(at + 1);
                return rest_.empty() || is_space(rest_.front());
            }
            if (rest_[at] != '\\') {
                word_ += rest_[at];
            } else if (++at < rest_.size()) {
                const char c = rest_[at];
                word_ += c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
            }
        }
        return false;
    }

    std::string_view rest_;
    std::string word_;
    std::string user_;
    std::string password_;
    entry current_;
    bool open_ = false;  // current_ is an entry
};

DRAGLINE_DECL result<netrc> netrc::parse(std::string_view text) {
    if (text.size() > max_size) return std::make_error_code(std::errc::file_too_large);
    std::vector<entry> entries;
    if (auto ec = reader(text).read(entries)) return ec;
    netrc made;
    if (!entries.empty()) made.entries_ = std::make_shared<const std::vector<entry>>(std::move(entries));
    return made;
}

DRAGLINE_DECL result<netrc> netrc::load(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR) return netrc();
        return std::error_code(errno, std::generic_category());
    }
    std::setvbuf(file, nullptr, _IONBF, 0);  // no second copy of what is in it
    std::string text(4096, '\0');
    std::size_t size = 0;
    for (std::size_t got = 1; got > 0 && size <= max_size; size += got) {
        if (size == text.size()) {
            std::string wider(2 * size, '\0');
            std::copy(text.begin(), text.end(), wider.begin());
            detail::wipe(text);
            text = std::move(wider);
        }
        errno = 0;
        got = std::fread(text.data() + size, 1, text.size() - size, file);
    }
    const auto failure =
        std::ferror(file) ? std::error_code(errno, std::generic_category()) : std::error_code();
    std::fclose(file);
    auto made = failure ? result<netrc>(failure) : parse(std::string_view(text).substr(0, size));
    detail::wipe(text);
    return made;
}

DRAGLINE_DECL result<netrc> netrc::load_default() {
    if (const char* path = std::getenv("NETRC")) return load(path);
    const char* home = std::getenv("HOME");
    if (!home) home = std::getenv("USERPROFILE");
    return home ? load(std::string(home) + "/.netrc") : netrc();
}

DRAGLINE_DECL credentials netrc::find(std::string_view host, std::string_view user, bool with_default) const {
    if (!entries_) return {};
    const auto of = [&](std::string_view machine, bool& listed) -> credentials {
        for (const auto& each : *entries_) {
            if (!ascii::equals_ignoring_case(each.machine, machine)) continue;
            listed = true;
            if (user.empty() ? each.has_user : each.has_user && each.login.user() == user) return each.login;
            if (!user.empty() && !each.has_user) return credentials::any(user, each.login.secret());
        }
        return {};
    };
    bool listed = false;
    auto found = host.empty() ? credentials() : of(host, listed);
    return listed || !with_default ? found : of({}, listed);
}

DRAGLINE_DECL bool operator==(const netrc& a, const netrc& b) noexcept {
    return a.entries_ == b.entries_ || (a.entries_ && b.entries_ && *a.entries_ == *b.entries_);
}

}  // namespace dragline::http

#endif
