#include <dragline/http/authentication/digest.hpp>

#include <dragline/http/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace http = dragline::http;
using dragline::http::credentials;
using dragline::http::digest_algorithm;
using dragline::http::digest_challenge;
using dragline::http::digest_request;
using dragline::http::digest_session;
using dragline::http::errc;

namespace {

const auto mufasa = credentials::digest("Mufasa", "Circle of Life");
constexpr std::string_view client_nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
constexpr std::string_view nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";

// The challenge of RFC 7616, 3.9.1, with these parameters in addition.
std::string challenge_with(const std::string& more) {
    return "Digest realm=\"http-auth@example.org\", nonce=\"" + std::string(nonce) +
           "\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"" + (more.empty() ? "" : ", " + more);
}

std::error_code refusal(const std::string& value) {
    return http::parse_digest(http::parse_challenges(value).value().at(0)).error();
}

digest_session session_of(const std::string& value, std::string_view with = client_nonce) {
    return {http::parse_digest(http::parse_challenges(value).value().at(0)).value(), with};
}

// One parameter of an answer, as a server reads it.
std::string part(const std::string& answer, std::string_view name) {
    const auto read = http::parse_challenges(answer).value();
    REQUIRE(read.size() == 1);
    REQUIRE(read[0].is("Digest"));
    return std::string(read[0].find(name).value_or("(none)"));
}

const digest_request get("GET", "/dir/index.html");
const digest_request post("POST", "/dir/index.html", "a body");

}  // namespace

TEST_CASE("Digest answers as RFC 7616, 3.9.1 does", "[http][digest]") {
    auto md5 = session_of(challenge_with("qop=\"auth, auth-int\", algorithm=MD5"));
    CHECK(md5.answer(mufasa, get).value() ==
          "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
          "algorithm=MD5, "
          "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
          "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, "
          "response=\"8ca523f5e9506fed4657c9700eebdbec\", "
          "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"");
    auto sha256 = session_of(challenge_with("qop=\"auth, auth-int\", algorithm=SHA-256"));
    const auto answer = sha256.answer(mufasa, get).value();
    CHECK(part(answer, "algorithm") == "SHA-256");
    CHECK(part(answer, "response") == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST_CASE("Digest hashes user names as RFC 7616, 3.9.2 does", "[http][digest]") {
    // The hashes are those of erratum 4897: the RFC's own were made with SHA-512 cut to 256 bits.
    const std::string challenge =
        "Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256, "
        "nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", "
        "opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", charset=UTF-8, userhash=";
    const auto jason = credentials::digest("J\xc3\xa4s\xc3\xb8n Doe", "Secret, or not?");
    const digest_request doe("GET", "/doe.json");
    constexpr std::string_view with = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v";
    const std::string response = "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5";

    const auto hashed = session_of(challenge + "true", with).answer(jason, doe).value();
    CHECK(part(hashed, "username") == "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b");
    CHECK(part(hashed, "userhash") == "true");
    CHECK(part(hashed, "algorithm") == "SHA-512-256");
    CHECK(part(hashed, "response") == response);

    const auto plain = session_of(challenge + "false", with).answer(jason, doe).value();
    CHECK(plain.starts_with("Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, realm="));
    CHECK(part(plain, "userhash") == "(none)");
    CHECK(part(plain, "response") == response);
}

TEST_CASE("Digest answers with every algorithm and qop, and counts", "[http][digest]") {
    struct expected {
        const char* algorithm;
        const char* qop;
        const char* first;
        const char* second;
    };
    // Computed with Python's hashlib.
    for (const auto& row : std::vector<expected>{
             {"MD5", "auth", "8ca523f5e9506fed4657c9700eebdbec", "4b5d595ecf2db9df612ea5b45cd97101"},
             {"MD5", "auth-int", "4f727704d29e80d5377e2a20f42e3a24", "5f04e1b5e83d095a6a038ede90645e2f"},
             {"MD5-sess", "auth", "e783283f46242139c486a698fec7211d", "6914b51e16f9459d9abc967ad41c4599"},
             {"MD5-sess", "auth-int", "afd699146e7c646264e4ef2a74980903", "9c64a525cbe35c48082a8c53e2b10867"},
             {"SHA-256", "auth", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
              "8c8db27f49ff1c202f9fb49fa9d2e9eabf078dcc93db40dfd6527010091d1c8e"},
             {"SHA-256", "auth-int", "a95b7ce72b72d6f746935df2dad3d9a06071265b595c918bf26a271bf043b21f",
              "6c8ed1859e3add3e889659a826781b475aa41cb93905b4faacbc40e115885da7"},
             {"SHA-256-sess", "auth", "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7",
              "6bb0010aa4bdf46422a798c509ea32e256f27bd37de5cc3bdf8ed51e1d77d650"},
             {"SHA-256-sess", "auth-int", "6720cf852a2145794e68690a20106d473f8f55d8ed6a72a43b3becb6a482272f",
              "47c07f59fb9dd6cd1175633f7495c2dd4a0e25ca9615002b8ffe9877c52adb86"}}) {
        CAPTURE(row.algorithm, row.qop);
        auto session =
            session_of(challenge_with(std::string("algorithm=") + row.algorithm + ", qop=" + row.qop));
        const auto& request = std::string_view(row.qop) == "auth" ? get : post;
        for (int count = 1; count <= 2; ++count) {
            const auto answer = session.answer(mufasa, request).value();
            CHECK(part(answer, "response") == (count == 1 ? row.first : row.second));
            CHECK(part(answer, "nc") == "0000000" + std::to_string(count));
            CHECK(part(answer, "qop") == row.qop);
            CHECK(part(answer, "algorithm") == row.algorithm);
        }
        CHECK(session.count() == 2);
    }
}

TEST_CASE("Digest answers a challenge of RFC 2069, without qop and algorithm", "[http][digest]") {
    const auto answer = session_of(challenge_with("")).answer(mufasa, get).value();
    CHECK(part(answer, "response") == "7b2cc3b30e75b4777ea31027084363fd");
    for (const auto* absent : {"qop", "nc", "cnonce", "algorithm", "userhash"})
        CHECK(part(answer, absent) == "(none)");
    const auto sha256 = session_of(challenge_with("algorithm=SHA-256, qop=\"\"")).answer(mufasa, get).value();
    CHECK(part(sha256, "response") == "a1306b0595a6c7fe96c448631fb5cfbd5107bd1fe1da729d978dd7446b812363");
}

TEST_CASE("auth goes before auth-int, which needs the body in memory", "[http][digest]") {
    CHECK(part(session_of(challenge_with("qop=\"auth-int,auth\"")).answer(mufasa, post).value(), "qop") ==
          "auth");
    auto integrity = session_of(challenge_with("qop=\"auth-int\""));
    CHECK(integrity.answer(mufasa, get).error() == errc::unsupported_challenge);
    CHECK(integrity.count() == 0);
    CHECK(integrity.answer(mufasa, digest_request("GET", "/dir/index.html", "")));
    auto unknown = session_of(challenge_with("qop=\"auth-conf, , AUTH\""));
    CHECK(part(unknown.answer(mufasa, get).value(), "qop") == "auth");
}

TEST_CASE("a Digest challenge that cannot be answered is refused", "[http][digest]") {
    for (const auto* more :
         {"algorithm=SHA-1", "algorithm=MD5-session", "algorithm=\"\"", "algorithm=SHA-512",
          "qop=\"auth-conf\"", "algorithm=MD5-sess", "algorithm=SHA-256-sess, qop=\"x\""}) {
        CAPTURE(more);
        CHECK(refusal(challenge_with(more)) == errc::unsupported_challenge);
    }
    CHECK(refusal("Basic realm=\"x\", nonce=\"y\"") == errc::unsupported_challenge);
    CHECK(refusal("Digest realm=\"x\"") == errc::invalid_challenge);
    CHECK(refusal("Digest nonce=\"x\"") == errc::invalid_challenge);
    CHECK(refusal("Digest realm=\"x\", nonce=\"\"") == errc::invalid_challenge);
    CHECK(refusal("Digest") == errc::invalid_challenge);
    CHECK(!refusal("digest realm=\"\", nonce=x, algorithm=\"md5\""));
}

TEST_CASE("the flags of a Digest challenge are read whatever their case", "[http][digest]") {
    const auto read = [](const std::string& more) { return session_of(challenge_with(more)).challenge(); };
    CHECK(read("stale=TRUE").stale);
    CHECK(read("stale=\"true\"").stale);
    CHECK(!read("stale=false").stale);
    CHECK(!read("stale=yes").stale);
    CHECK(read("userhash=True").userhash);
    CHECK(read("charset=utf-8").utf8);
    CHECK(!read("charset=latin1").utf8);
    CHECK(!read("").opaque == false);
    CHECK(!session_of("Digest realm=\"x\", nonce=\"y\"").challenge().opaque);
    STATIC_CHECK(!std::is_aggregate_v<digest_challenge>);
    STATIC_CHECK(!std::is_aggregate_v<digest_session>);
}

TEST_CASE("the strongest Digest is chosen, and of equals the first", "[http][digest]") {
    const auto chosen = [](const std::vector<const char*>& algorithms) {
        std::string value = "Basic realm=\"x\"";
        for (const auto* name : algorithms)
            value += std::string(", Digest realm=\"x\", nonce=\"y\", qop=auth, algorithm=") + name;
        const auto best = http::strongest_digest(http::parse_challenges(value).value());
        return best ? std::string(to_string(best->algorithm.value())) : best.error().message();
    };
    const auto none = make_error_code(errc::unsupported_challenge).message();
    CHECK(chosen({"MD5", "SHA-256"}) == "SHA-256");
    CHECK(chosen({"SHA-256", "MD5"}) == "SHA-256");
    CHECK(chosen({"MD5-sess", "SHA-256-sess", "SHA-512-256"}) == "SHA-256-sess");
    CHECK(chosen({"SHA-512-256-sess", "SHA-256"}) == "SHA-512-256-sess");
    CHECK(chosen({"MD5", "MD5-sess"}) == "MD5");
    CHECK(chosen({"SHA-3", "MD5", "SHA-4"}) == "MD5");
    CHECK(chosen({"SHA-3"}) == none);
    CHECK(chosen({}) == none);
    CHECK(http::strongest_digest({}).error() == errc::unsupported_challenge);
}

TEST_CASE("quotes and backslashes are escaped in an answer, and hashed without escapes", "[http][digest]") {
    auto session =
        session_of("Digest realm=\"a \\\"b\\\" \\\\c\", nonce=\"n\\\"o\", opaque=\"\\\"\", qop=auth");
    const auto answer =
        session.answer(credentials::digest("u\"s\\r", "p"), digest_request("GET", "/\"")).value();
    CHECK(part(answer, "realm") == "a \"b\" \\c");
    CHECK(part(answer, "nonce") == "n\"o");
    CHECK(part(answer, "opaque") == "\"");
    CHECK(part(answer, "username") == "u\"s\\r");
    CHECK(part(answer, "uri") == "/\"");
}

TEST_CASE("a name beyond ASCII goes in quotes to a server that says nothing of UTF-8", "[http][digest]") {
    const auto who = credentials::digest("J\xc3\xa4s", "p");
    CHECK(part(session_of(challenge_with("qop=auth")).answer(who, get).value(), "username") == "J\xc3\xa4s");
    const auto plain = credentials::digest("Jas", "p");
    CHECK(part(session_of(challenge_with("qop=auth, charset=UTF-8")).answer(plain, get).value(),
               "username") == "Jas");
}

TEST_CASE("no line can be broken through method or target of an answer", "[http][digest]") {
    auto session = session_of(challenge_with("qop=auth"));
    const auto evil = session.answer(mufasa, digest_request("GET", "/\r\nX: y"));
    CHECK(evil.error() == std::errc::invalid_argument);
    digest_challenge made;
    made.realm = "a\r\nb";
    made.nonce = "x";
    CHECK(!digest_session(made, "y").answer(mufasa, get));
}

TEST_CASE("the next nonce of Authentication-Info takes the place of the old one", "[http][digest]") {
    auto session = session_of(challenge_with("qop=auth"));
    CHECK(session.answer(mufasa, get));
    session.take_info("qop=auth, rspauth=\"x\", cnonce=\"y\", nc=00000001");
    CHECK(session.count() == 1);
    session.take_info("nextnonce=\"fresh\", qop=auth");
    CHECK(session.count() == 0);
    const auto next = session.answer(mufasa, get).value();
    CHECK(part(next, "nonce") == "fresh");
    CHECK(part(next, "nc") == "00000001");
    session.take_info("nextnonce=\"fresh\"");
    CHECK(session.count() == 1);
    for (const auto* bad : {"nextnonce=\"", "nextnonce=\"\"", "", "Digest nextnonce=\"z\""})
        session.take_info(bad);
    CHECK(session.challenge().nonce == "fresh");
}

TEST_CASE("an answer holds the password in no form but the hash", "[http][digest]") {
    for (const auto* more : {"qop=auth", "qop=auth, algorithm=MD5-sess", "", "qop=auth, userhash=true"}) {
        const auto answer = session_of(challenge_with(more)).answer(mufasa, get).value();
        CHECK(answer.find("Circle") == std::string::npos);
    }
}
