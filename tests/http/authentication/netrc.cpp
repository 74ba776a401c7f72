#include <dragline/http/authentication/netrc.hpp>

#include <dragline/http/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

using dragline::http::credentials;
using dragline::http::credentials_kind;
using dragline::http::errc;
using dragline::http::netrc;

namespace {

// "user:password", or nothing.
std::string found(const netrc& in, std::string_view host, std::string_view user = {},
                  bool with_default = true) {
    const auto who = in.find(host, user, with_default);
    if (who.kind() == credentials_kind::none) return {};
    CHECK(who.kind() == credentials_kind::any);
    return std::string(who.user()) + ":" + std::string(who.secret());
}

std::string found(std::string_view text, std::string_view host, std::string_view user = {}) {
    return found(netrc::parse(text).value(), host, user);
}

class scratch_file {
public:
    explicit scratch_file(std::string_view text = {})
        : path(std::filesystem::temp_directory_path() / ("dragline_netrc_" + std::to_string(::getpid()))) {
        std::ofstream(path, std::ios::binary) << text;
    }
    ~scratch_file() { std::filesystem::remove(path); }
    scratch_file(const scratch_file&) = delete;

    std::filesystem::path path;
};

// An environment variable with another value, for as long as this lives.
class changed_variable {
public:
    changed_variable(const char* name, const std::string& value) : name_(name) {
        if (const char* before = std::getenv(name)) before_ = before, existed_ = true;
        ::setenv(name, value.c_str(), 1);
    }
    ~changed_variable() {
        if (existed_) {
            ::setenv(name_, before_.c_str(), 1);
        } else {
            ::unsetenv(name_);
        }
    }
    changed_variable(const changed_variable&) = delete;

private:
    const char* name_;
    std::string before_;
    bool existed_ = false;
};

}  // namespace

TEST_CASE("netrc finds the entry of a machine", "[http][netrc]") {
    const auto text =
        "machine a.test login me password secret\n"
        "machine\tb.test\n\tlogin you\n\tpassword other account x\n"
        "machine c.test user third password \"\"\n";
    CHECK(netrc::parse(text)->size() == 3);
    CHECK(found(text, "a.test") == "me:secret");
    CHECK(found(text, "A.TEST") == "me:secret");
    CHECK(found(text, "b.test") == "you:other");
    CHECK(found(text, "c.test") == "third:");
    for (const auto* host : {"", "test", "x.a.test", "a.test.", "a.tes", "127.0.0.1"})
        CHECK(found(text, host).empty());
    CHECK(netrc::parse("")->size() == 0);
    CHECK(netrc().find("a.test").kind() == credentials_kind::none);
}

TEST_CASE("the default serves machines without an entry, where it is allowed", "[http][netrc]") {
    const auto text = "default login any password thing machine a.test login me password secret";
    CHECK(found(text, "b.test") == "any:thing");
    CHECK(found(text, "a.test") == "me:secret");
    const auto read = netrc::parse(text).value();
    CHECK(found(read, "b.test", {}, false).empty());
    CHECK(found(read, "a.test", {}, false) == "me:secret");
}

TEST_CASE("a password never comes from the entry of another machine", "[http][netrc]") {
    const auto text =
        "machine a.test login me\nmachine b.test password secret\nmachine c.test\n"
        "default login any password thing";
    CHECK(found(text, "a.test") == "me:");
    CHECK(found(text, "b.test").empty());
    CHECK(found(text, "c.test").empty());
    CHECK(found(text, "c.test", "me") == "me:");
    CHECK(found("machine a.test login x password y\nmachine b.test login z", "b.test") == "z:");
}

TEST_CASE("a user chooses among the entries of a machine", "[http][netrc]") {
    const auto text =
        "machine a.test login one password 1\nmachine a.test login two password 2\n"
        "machine b.test password 3\ndefault login d password 4";
    CHECK(found(text, "a.test") == "one:1");
    CHECK(found(text, "a.test", "two") == "two:2");
    CHECK(found(text, "a.test", "three").empty());
    CHECK(found(text, "a.test", "d").empty());
    CHECK(found(text, "b.test", "me") == "me:3");
    CHECK(found(text, "c.test", "d") == "d:4");
    CHECK(found(text, "c.test", "e").empty());
}

TEST_CASE("netrc values may be quoted, and hold keywords and marks", "[http][netrc]") {
    CHECK(found("machine a login \"m e\" password \"a \\\" \\\\ \\t#b\"", "a") == "m e:a \" \\ \t#b");
    CHECK(found("machine a login \"\\n\\r\\q\" password x", "a") == "\n\rq:x");
    CHECK(found("machine a login login password password", "a") == "login:password");
    CHECK(found("machine machine login me password default", "machine") == "me:default");
    CHECK(found("machine a login me password #1", "a") == "me:#1");
    CHECK(found("machine a login me password p\"q", "a") == "me:p\"q");
    CHECK(found("machine a login J\xc3\xa4s password \xe2\x82\xac", "a") == "J\xc3\xa4s:\xe2\x82\xac");
}

TEST_CASE("comments and macros of a netrc are skipped", "[http][netrc]") {
    const auto text =
        "# machine a.test login x password y\n"
        "macdef init\nmachine a.test login evil password evil\n# not a comment\n\n"
        "machine a.test login me # a comment\n password secret\n"
        "macdef last\r\nmachine b.test\r\n\r\nmachine c.test login c password d\n"
        "macdef open\nmachine d.test login e password f";
    CHECK(found(text, "a.test") == "me:secret");
    CHECK(found(text, "b.test").empty());
    CHECK(found(text, "c.test") == "c:d");
    CHECK(found(text, "d.test").empty());
    CHECK(netrc::parse("macdef x")->size() == 0);
    CHECK(netrc::parse("#")->size() == 0);
}

TEST_CASE("a netrc that breaks the syntax is an error", "[http][netrc]") {
    for (const auto* text :
         {"machine", "machine a login", "machine a password", "login me", "password x", "account x", "macdef",
          "machine a user", "nonsense", "machine a nonsense", "machine a login \"x", "machine a login \"x\\",
          "machine a login \"x\ny\"", "machine a login \"x\"y", "machine \"\" login x", "Machine a"}) {
        CAPTURE(text);
        CHECK(netrc::parse(text).error() == errc::invalid_netrc);
    }
    CHECK(netrc::parse("nonsense").error() == std::errc::invalid_argument);
}

TEST_CASE("every beginning of a netrc is read or refused", "[http][netrc]") {
    const std::string_view whole =
        "machine a login \"b \\\" c\" password d # e\nmacdef f\ng\n\ndefault login h password \"\\\\\"";
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const std::string part(whole.substr(0, size));
        const auto read = netrc::parse(part);
        CHECK((read || read.error() == errc::invalid_netrc));
    }
}

TEST_CASE("netrc handles are equal when their entries are", "[http][netrc]") {
    const auto read = [](const char* text) { return netrc::parse(text).value(); };
    CHECK(netrc() == read("# nothing"));
    CHECK(read("machine a login b password c") == read("machine  a\nlogin b account x password c"));
    CHECK(!(read("machine a login b password c") == read("machine a login b password d")));
    CHECK(!(read("machine a login b password c") == netrc()));
}

TEST_CASE("a netrc is loaded from a file, and one that is missing is empty", "[http][netrc]") {
    const scratch_file file("machine a.test login me password secret\n");
    CHECK(found(netrc::load(file.path.string()).value(), "a.test") == "me:secret");
    CHECK(netrc::load(file.path.string() + ".missing")->size() == 0);
    CHECK(netrc::load(file.path.string() + "/below")->size() == 0);
    CHECK(netrc::load("/dev/null")->size() == 0);
    CHECK(netrc::load(std::filesystem::temp_directory_path().string()).error() == std::errc::is_a_directory);

    const changed_variable variable("NETRC", file.path.string());
    CHECK(found(netrc::load_default().value(), "a.test") == "me:secret");
}

TEST_CASE("the usual netrc is in the home directory", "[http][netrc]") {
    const auto home =
        std::filesystem::temp_directory_path() / ("dragline_home_" + std::to_string(::getpid()));
    std::filesystem::create_directory(home);
    const changed_variable variable("HOME", home.string());
    const char* netrc_file = std::getenv("NETRC");
    if (netrc_file) SKIP("NETRC is set");
    CHECK(netrc::load_default()->size() == 0);
    std::ofstream(home / ".netrc") << "default login me password secret";
    CHECK(found(netrc::load_default().value(), "x") == "me:secret");
    std::filesystem::remove_all(home);
}

TEST_CASE("a netrc is read up to its largest size, and not beyond", "[http][netrc]") {
    std::string text = "machine a login b password c\n";
    text.append(netrc::max_size - text.size(), ' ');
    CHECK(found(text, "a") == "b:c");
    CHECK(found(netrc::load(scratch_file(text).path.string()).value(), "a") == "b:c");
    text += ' ';
    CHECK(netrc::parse(text).error() == std::errc::file_too_large);
    CHECK(netrc::load(scratch_file(text).path.string()).error() == std::errc::file_too_large);
}
