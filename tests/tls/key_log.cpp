#include <dragline/tls/key_log.hpp>

#include <tls/engine_pair.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <openssl/ssl.h>

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

using namespace dragline;
using dragline::test::engine_pair;

static_assert(!std::is_aggregate_v<tls::key_log>);

namespace {

class scratch_path {
public:
    explicit scratch_path(const std::string& name)
        : path_(
              (std::filesystem::temp_directory_path() / (name + '-' + std::to_string(::getpid()))).string()) {
        std::filesystem::remove(path_);
    }
    ~scratch_path() { std::filesystem::remove(path_); }
    const std::string& text() const { return path_; }

private:
    std::string path_;
};

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

// LABEL, 32 bytes of the client's random, a secret of 32 or 48 bytes.
bool well_formed(const std::string& line) {
    std::istringstream parts(line);
    std::string label, random, secret, more;
    parts >> label >> random >> secret;
    const auto digits = [](const std::string& text) {
        return text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
    };
    return !label.empty() && random.size() == 64 && (secret.size() == 64 || secret.size() == 96) &&
           digits(random) && digits(secret) && !(parts >> more);
}

std::error_code connect(const tls::context& client, const tls::context& server) {
    engine_pair pair(client, server);
    pair.connect();
    return pair.client_error;
}

// What OpenSSL's own hook says on the other side.
std::vector<std::string>& server_lines() {
    static std::vector<std::string> lines;
    return lines;
}

}  // namespace

TEST_CASE("a file gets the secrets as the server knows them, and is its owner's alone", "[tls][key_log]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    const scratch_path path("dragline-keys");
    const auto server = test::example_server(tls::server_options().max_version(version));
    server_lines().clear();
    SSL_CTX_set_keylog_callback(server.native_handle(),
                                [](const SSL*, const char* line) { server_lines().push_back(line); });
    const auto before = ::umask(0);
    const auto client = test::example_client(test::trusting().key_log(tls::key_log::to_file(path.text())));
    ::umask(before);
    REQUIRE_FALSE(connect(client, server));
    auto ours = lines_of(path.text());
    auto theirs = server_lines();
    CHECK(ours.size() == (version == tls::version::tls_1_2 ? 1 : 5));
    for (const auto& line : ours) CHECK(well_formed(line));
    std::sort(ours.begin(), ours.end());
    std::sort(theirs.begin(), theirs.end());
    CHECK(ours == theirs);
    struct stat facts {};
    REQUIRE(::stat(path.text().c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    // Appended to, also by the next context.
    REQUIRE_FALSE(
        connect(test::example_client(test::trusting().key_log(tls::key_log::to_file(path.text()))), server));
    CHECK(lines_of(path.text()).size() == 2 * ours.size());
}

TEST_CASE("contexts in several threads share a file line by line", "[tls][key_log]") {
    const scratch_path path("dragline-shared-keys");
    constexpr int threads = 4, connections = 10;
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) {
        running.emplace_back([&] {
            const auto client =
                tls::context::make_client(test::trusting().key_log(tls::key_log::to_file(path.text())));
            const auto server = test::example_server();
            for (int n = 0; n < connections; ++n) {
                engine_pair pair(*client, server);
                pair.connect();
            }
        });
    }
    for (auto& each : running) each.join();
    const auto lines = lines_of(path.text());
    CHECK(lines.size() == std::size_t{threads * connections * 5});
    CHECK(std::all_of(lines.begin(), lines.end(), well_formed));
}

TEST_CASE("a function gets each line, and what it throws ends the handshake", "[tls][key_log]") {
    std::vector<std::string> lines;
    const auto log = tls::key_log::to_function([&](std::string_view line) { lines.emplace_back(line); });
    REQUIRE_FALSE(connect(test::example_client(test::trusting().key_log(log)), test::example_server()));
    CHECK(lines.size() == 5);
    CHECK(std::all_of(lines.begin(), lines.end(), well_formed));
    const auto throwing =
        tls::key_log::to_function([](std::string_view) { throw std::runtime_error("full"); });
    CHECK(connect(test::example_client(test::trusting().key_log(throwing)), test::example_server()) ==
          dragline::errc::callback_failed);
}

TEST_CASE("a log that cannot be is told when the context is made", "[tls][key_log]") {
    const auto refusal = [](const tls::key_log& log) {
        return tls::context::make_client(test::trusting().key_log(log)).error();
    };
    CHECK(refusal(tls::key_log::to_file("")) == tls::errc::key_log_failed);
    CHECK(refusal(tls::key_log::to_file("/no/such/folder/keys")) == tls::errc::key_log_failed);
    CHECK(refusal(tls::key_log::to_file("/")) == tls::errc::key_log_failed);
    CHECK(refusal(tls::key_log::to_function(nullptr)) == std::errc::invalid_argument);
}

TEST_CASE("a line that cannot be written ends the handshake", "[tls][key_log]") {
    const auto full = tls::key_log::to_file("/dev/full");
    CHECK(connect(test::example_client(test::trusting().key_log(full)), test::example_server()) ==
          tls::errc::key_log_failed);
}

TEST_CASE("the environment is heeded only when a program asks for it", "[tls][key_log]") {
    const scratch_path path("dragline-environment-keys");
    ::unsetenv("SSLKEYLOGFILE");
    CHECK_FALSE(tls::key_log::from_environment());
    ::setenv("SSLKEYLOGFILE", "", 1);
    CHECK_FALSE(tls::key_log::from_environment());
    ::setenv("SSLKEYLOGFILE", path.text().c_str(), 1);
    REQUIRE_FALSE(connect(test::example_client(), test::example_server()));
    CHECK_FALSE(std::filesystem::exists(path.text()));
    const auto log = tls::key_log::from_environment();
    ::unsetenv("SSLKEYLOGFILE");
    CHECK(log == tls::key_log::to_file(path.text()));
    REQUIRE_FALSE(connect(test::example_client(test::trusting().key_log(log)), test::example_server()));
    CHECK(lines_of(path.text()).size() == 5);
}

TEST_CASE("key logs are values that serve as keys", "[tls][key_log]") {
    const auto sink = [](std::string_view) {};
    const auto one = tls::key_log::to_function(sink), other = tls::key_log::to_function(sink);
    std::map<tls::key_log, int> by_value{{tls::key_log(), 0},
                                         {tls::key_log::to_file("a"), 1},
                                         {tls::key_log::to_file("b"), 2},
                                         {one, 3},
                                         {other, 4}};
    CHECK(by_value.size() == 5);
    const auto copy = one;
    CHECK(by_value.at(copy) == 3);
    CHECK(tls::key_log::to_file("a") == tls::key_log::to_file("a"));
}
