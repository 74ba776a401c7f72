// What the place can do that text is written to: width, colours, Unicode. Start with terminal::of().
#pragma once

#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace probe {

enum class tone { plain, strong, good, notice, bad, faint };

struct terminal {
    int descriptor = -1;
    bool interactive = false;
    bool color = false;
    bool unicode = true;  // a file can always hold it

    static terminal of(int descriptor) {
        terminal made;
        made.descriptor = descriptor;
        const auto kind = environment("TERM");
        made.interactive = ::isatty(descriptor) == 1 && kind != "dumb";
        made.color = made.interactive && environment("NO_COLOR").empty();
        if (made.interactive) made.unicode = locale_is_utf8();
        return made;
    }

    /// Columns now, or 0 where there is no width.
    std::size_t width() const {
        winsize size{};
        if (interactive && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
        return interactive ? 80 : 0;
    }

    std::string_view ellipsis() const { return unicode ? "\u2026" : "~"; }

    std::string paint(std::string_view text, tone how) const {
        static constexpr std::string_view codes[] = {"", "1", "32", "33", "31", "2"};
        const auto code = codes[static_cast<std::size_t>(how)];
        if (!color || code.empty()) return std::string(text);
        return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
    }

private:
    static std::string_view environment(const char* name) {
        const char* value = std::getenv(name);
        return value ? value : "";
    }

    static bool locale_is_utf8() {
        for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
            if (const auto value = environment(name); !value.empty()) {
                return value.find("UTF-8") != value.npos || value.find("utf8") != value.npos;
            }
        }
        return false;
    }
};

}  // namespace probe
