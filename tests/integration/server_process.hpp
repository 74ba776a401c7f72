// Real servers as child processes: each in a folder of its own, on a free port of loopback, and gone with its
// object however the test ends. Start with server_process.
#pragma once

#include <asio/io_context.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <catch2/catch_test_macros.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace dragline::test {

/// A fresh folder, removed with its object.
class scratch_folder {
public:
    scratch_folder() {
        auto name = (std::filesystem::temp_directory_path() / "dragline-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::system_error(errno, std::generic_category(), name);
        path_ = name;
        // A worker that gave up root must still get in.
        std::filesystem::permissions(path_, std::filesystem::perms(0755));
    }
    ~scratch_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + '/' + name; }

    std::string write(const std::string& name, std::string_view content) const {
        std::filesystem::create_directories(std::filesystem::path(file(name)).parent_path());
        std::ofstream out(file(name), std::ios::binary);
        out.write(content.data(), static_cast<std::streamsize>(content.size()));
        if (!out.flush()) throw std::runtime_error("cannot write " + file(name));
        return file(name);
    }

    /// Empty where there is no such file.
    std::string read(const std::string& name) const {
        std::ifstream in(file(name), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    }

private:
    std::string path_;
};

/// A program of PATH, or of the folders where Debian puts servers, which the PATH of a user often lacks.
inline std::optional<std::string> find_program(const std::string& name) {
    const char* given = std::getenv("PATH");
    std::string folders = std::string(given ? given : "") + ":/usr/sbin:/usr/local/sbin:/sbin:/usr/bin";
    for (std::size_t begin = 0; begin <= folders.size();) {
        const auto end = std::min(folders.find(':', begin), folders.size());
        const auto candidate = folders.substr(begin, end - begin) + '/' + name;
        if (end > begin && ::access(candidate.c_str(), X_OK) == 0) return candidate;
        begin = end + 1;
    }
    return std::nullopt;
}

/// Without the program the test is skipped, and under CI=true failed.
inline std::string need_program(const std::string& name) {
    const auto found = find_program(name);
    const char* ci = std::getenv("CI");
    if (!found && ci && std::string_view(ci) == "true")
        FAIL(name << " is not installed, and CI=true needs it");
    if (!found) SKIP(name << " is not installed: ./dev test installs it");
    return *found;
}

/// A child with what it starts: killed, all of it, and reaped with its object.
class child_process {
public:
    /// Standard input comes from the file `input`, output and errors go to the file `output`.
    child_process(std::vector<std::string> arguments, const std::string& output,
                  const std::string& input = "/dev/null") {
        std::vector<char*> texts;
        for (auto& each : arguments) texts.push_back(each.data());
        texts.push_back(nullptr);
        pid_ = ::fork();
        if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
        if (pid_ == 0) become(texts.data(), input.c_str(), output.c_str());
        ::setpgid(pid_, pid_);  // here too: whoever comes first
    }
    ~child_process() {
        ::kill(-pid_, SIGKILL);
        if (!status_) ::waitpid(pid_, nullptr, 0);
    }
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;

    pid_t pid() const { return pid_; }

    bool running() {
        int status = 0;
        if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
        return !status_;
    }

    /// The exit status once it has ended by itself; nothing when it does not, or was killed.
    std::optional<int> wait(std::chrono::seconds limit = std::chrono::seconds(20)) {
        const auto until = std::chrono::steady_clock::now() + limit;
        while (running() && std::chrono::steady_clock::now() < until) nap();
        if (!status_ || !WIFEXITED(*status_)) return std::nullopt;
        return WEXITSTATUS(*status_);
    }

    static void nap() { std::this_thread::sleep_for(std::chrono::milliseconds(2)); }

private:
    // Only what may be done between fork() and exec().
    [[noreturn]] static void become(char** arguments, const char* input, const char* output) {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // when the tests crash
        const int in = ::open(input, O_RDONLY);
        const int out = ::open(output, O_WRONLY | O_CREAT | O_APPEND, 0644);
        if (in < 0 || out < 0) ::_exit(126);
        ::dup2(in, 0);
        ::dup2(out, 1);
        ::dup2(out, 2);
        // Sockets of the test must not stay open in here.
        if (::close_range(3, ~0U, 0) != 0) {
            for (int each = 3; each < 1024; ++each) ::close(each);
        }
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::execv(arguments[0], arguments);
        ::_exit(127);
    }

    pid_t pid_ = -1;
    std::optional<int> status_;
};

/// Ports of 127.0.0.1 that are free now, for both TCP and UDP; nobody says that they stay so.
inline std::vector<std::uint16_t> free_ports(std::size_t count) {
    asio::io_context context;
    std::list<asio::ip::tcp::acceptor> held;
    std::vector<std::uint16_t> ports;
    const auto loopback = asio::ip::address_v4::loopback();
    for (int attempts = 0; ports.size() < count; ++attempts) {
        if (attempts > 1000) throw std::runtime_error("no free ports");
        const auto port =
            held.emplace_back(context, asio::ip::tcp::endpoint(loopback, 0)).local_endpoint().port();
        asio::ip::udp::socket beside(context, asio::ip::udp::v4());
        std::error_code taken;
        beside.bind({loopback, port}, taken);
        if (!taken) ports.push_back(port);
    }
    return ports;
}

inline bool accepts(std::uint16_t port) {
    asio::io_context context;
    asio::ip::tcp::socket socket(context);
    std::error_code ec;
    socket.connect({asio::ip::address_v4::loopback(), port}, ec);
    return !ec;
}

/// What a server is started with.
struct server_plan {
    server_plan() {}

    std::string program;
    std::size_t ports = 1;

    /// Writes the configuration into the folder; returns the arguments. Called anew for each attempt.
    std::function<std::vector<std::string>(const scratch_folder&, const std::vector<std::uint16_t>&)> prepare;

    /// What the server writes when it holds its ports: only then is it ours that answers there.
    std::string proof = "server.pid";
    std::string proof_text;  ///< What must stand in it; empty: anything.
};

/// A server that is ready when the constructor returns. Fails the test when it does not start, with its
/// output.
class server_process {
public:
    explicit server_process(const server_plan& plan) {
        const auto program = need_program(plan.program);
        for (int attempt = 0; attempt < 5; ++attempt) {
            folder_ = std::make_unique<scratch_folder>();
            ports_ = free_ports(plan.ports);
            auto arguments = plan.prepare(*folder_, ports_);
            arguments.insert(arguments.begin(), program);
            child_ = std::make_unique<child_process>(std::move(arguments), folder_->file("output"));
            if (starts(plan)) return;
            child_.reset();
        }
        FAIL(plan.program << " does not start: " << folder_->read("output") << folder_->read("error.log"));
    }

    const scratch_folder& folder() const { return *folder_; }
    std::uint16_t port(std::size_t which = 0) const { return ports_.at(which); }
    child_process& process() { return *child_; }

private:
    bool starts(const server_plan& plan) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (child_->running() && std::chrono::steady_clock::now() < until) {
            const auto said = folder_->read(plan.proof);
            const bool proved = !said.empty() && said.find(plan.proof_text) != said.npos;
            if (proved && accepts(ports_.back())) return true;
            child_process::nap();
        }
        return false;
    }

    std::unique_ptr<scratch_folder> folder_;  // outlives the process
    std::vector<std::uint16_t> ports_;
    std::unique_ptr<child_process> child_;
};

}  // namespace dragline::test
