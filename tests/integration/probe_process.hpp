// The program examples/probe, or another example, as a child process, its standard error a file or a
// terminal. Start with probe_process.
#pragma once

#include "server_process.hpp"

#include <catch2/catch_test_macros.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace dragline::test {

/// In the folder of examples beside that of this test; without it the test is skipped.
inline std::string example_program(const std::string& name) {
    const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    const auto program = here.parent_path() / "examples" / name;
    if (!std::filesystem::exists(program)) SKIP("examples/" << name << " was not built: it needs CLI11");
    return program.string();
}

struct probe_outcome {
    int status = -1;  // as the program returned it; -1: ended by a signal
    std::string out;
    std::string error;
};

class probe_process {
public:
    enum class error_to { file, terminal };

    /// `variables` as "NAME=value" are added to the environment.
    explicit probe_process(std::vector<std::string> arguments, std::string_view input = {},
                           error_to where = error_to::file, std::vector<std::string> variables = {},
                           const std::string& program = "probe") {
        arguments.insert(arguments.begin(), example_program(program));
        const auto in = files_.write("in", input);
        const int error = where == error_to::file ? files_error() : terminal_error();
        int out[2];
        if (::pipe2(out, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
        std::vector<char*> texts;
        for (auto& each : arguments) texts.push_back(each.data());
        texts.push_back(nullptr);
        pid_ = ::fork();
        if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
        if (pid_ == 0) become(texts.data(), in.c_str(), out[1], error, variables);
        ::close(out[1]);
        ::close(error);
        out_ = out[0];
        if (terminal_ >= 0) reader_ = std::thread([this] { terminal_text_ = read_all(terminal_); });
    }
    ~probe_process() {
        if (pid_ > 0) ::kill(pid_, SIGKILL);
        finish();
    }
    probe_process(const probe_process&) = delete;
    probe_process& operator=(const probe_process&) = delete;

    /// The next line of standard output.
    std::string read_line() {
        std::string line;
        for (char c = 0; readable(out_) && ::read(out_, &c, 1) == 1 && c != '\n';) line += c;
        return line;
    }

    void interrupt(int signal = SIGINT) { ::kill(pid_, signal); }

    /// The rest of standard output, and how the program ended; it is killed after a minute.
    probe_outcome finish() {
        probe_outcome ended;
        if (pid_ <= 0) return ended;
        ended.out = read_all(out_);
        ::kill(pid_, readable_ ? 0 : SIGKILL);
        int status = 0;
        ::waitpid(std::exchange(pid_, -1), &status, 0);
        if (WIFEXITED(status)) ended.status = WEXITSTATUS(status);
        ::close(out_);
        if (reader_.joinable()) reader_.join();
        if (terminal_ >= 0) ::close(terminal_);
        ended.error = terminal_ >= 0 ? terminal_text_ : files_.read("error");
        return ended;
    }

private:
    int files_error() { return ::open(files_.write("error", "").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC); }

    // 80 columns; what is written there is read by a thread, since a terminal holds little.
    int terminal_error() {
        terminal_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (terminal_ < 0 || ::grantpt(terminal_) != 0 || ::unlockpt(terminal_) != 0) {
            throw std::system_error(errno, std::generic_category(), "posix_openpt");
        }
        winsize size{};
        size.ws_col = 80;
        size.ws_row = 24;
        ::ioctl(terminal_, TIOCSWINSZ, &size);
        return ::open(::ptsname(terminal_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    }

    [[noreturn]] static void become(char** arguments, const char* in, int out, int error,
                                    std::vector<std::string>& variables) {
        for (auto& each : variables) ::putenv(each.data());
        const int from = ::open(in, O_RDONLY | O_CLOEXEC);
        if (from >= 0 && ::dup2(from, 0) >= 0 && ::dup2(out, 1) >= 0 && ::dup2(error, 2) >= 0) {
            ::execv(arguments[0], arguments);
        }
        ::_exit(127);
    }

    bool readable(int descriptor) {
        pollfd wanted{descriptor, POLLIN, 0};
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until_ - std::chrono::steady_clock::now());
        readable_ = left.count() > 0 && ::poll(&wanted, 1, static_cast<int>(left.count())) > 0;
        return readable_;
    }

    // Until its end, which for a terminal is an error.
    std::string read_all(int descriptor) {
        std::string all;
        char piece[4096];
        while (descriptor == terminal_ || readable(descriptor)) {
            const auto size = ::read(descriptor, piece, sizeof piece);
            if (size <= 0) break;
            all.append(piece, static_cast<std::size_t>(size));
        }
        return all;
    }

    scratch_folder files_;
    std::chrono::steady_clock::time_point until_ = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    bool readable_ = true;
    int pid_ = -1;
    int out_ = -1;
    int terminal_ = -1;
    std::thread reader_;
    std::string terminal_text_;
};

/// Runs it to its end.
inline probe_outcome run_probe(std::vector<std::string> arguments, std::string_view input = {}) {
    return probe_process(std::move(arguments), input).finish();
}

}  // namespace dragline::test
