#include <dragline/http/authentication/challenge.hpp>

#include <dragline/core/error.hpp>
#include <dragline/http/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace http = dragline::http;
using dragline::http::challenge;
using dragline::http::challenge_limits;
using dragline::http::errc;
using dragline::http::parse_challenges;

namespace {

// "Digest realm=[a b] nonce=[x]; Basic": what was understood, in a form that is easy to compare.
std::string shown(const std::vector<challenge>& found) {
    std::string text;
    for (const auto& each : found) {
        if (!text.empty()) text += "; ";
        text += each.scheme;
        if (!each.token68.empty()) text += " <" + each.token68 + ">";
        for (const auto& [name, value] : each.parameters) text += " " + name + "=[" + value + "]";
    }
    return text;
}

std::string read(std::string_view value) {
    const auto found = parse_challenges(value);
    return found ? shown(*found) : found.error().message();
}

const std::string malformed = make_error_code(errc::invalid_challenge).message();

}  // namespace

TEST_CASE("a challenge is a scheme, a token68 or parameters", "[http][challenge]") {
    for (const auto& [value, expected] : std::vector<std::pair<std::string_view, std::string_view>>{
             {"", ""},
             {" , ,\t,", ""},
             {"Negotiate", "Negotiate"},
             {"Negotiate YWJj", "Negotiate <YWJj>"},
             {"Negotiate a-._~+/==", "Negotiate <a-._~+/==>"},
             {"Negotiate YWJj==  ", "Negotiate <YWJj==>"},
             {"Basic realm=simple", "Basic realm=[simple]"},
             {"Basic realm=\"a, b=\\\"c\\\" \\\\ d\"", "Basic realm=[a, b=\"c\" \\ d]"},
             {"Basic realm=\"\"", "Basic realm=[]"},
             {"Basic REALM = \"x\" , charset\t=\tUTF-8", "Basic realm=[x] charset=[UTF-8]"},
             {"Basic realm=\"caf\xc3\xa9\"", "Basic realm=[caf\xc3\xa9]"},
             {"Basic , , realm=\"x\"", "Basic realm=[x]"},
             {"Basic  \t realm=\"x\"", "Basic realm=[x]"},
             {"Basic realm=\"a\tb\"", "Basic realm=[a\tb]"}}) {
        CAPTURE(value);
        CHECK(read(value) == expected);
    }
}

TEST_CASE("several challenges may stand in one field", "[http][challenge]") {
    // RFC 9110, 11.6.1
    CHECK(read("Basic realm=\"simple\", Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\"") ==
          "Basic realm=[simple]; Newauth realm=[apps] type=[1] title=[Login to \"apps\"]");
    CHECK(read("Negotiate, NTLM, Basic realm=\"x\"") == "Negotiate; NTLM; Basic realm=[x]");
    CHECK(read("A abc=, B, C x=y, D def==,E") == "A <abc=>; B; C x=[y]; D <def==>; E");
    CHECK(read(",,A,,B x=y,,z=w,,") == "A; B x=[y] z=[w]");
    CHECK(read("Basic realm=\"x\", Basic realm=\"y\"") == "Basic realm=[x]; Basic realm=[y]");
    CHECK(read("A x=1, realm , x=2") == "A x=[1]; realm x=[2]");
}

TEST_CASE("several fields are read in order, and a malformed one is left out", "[http][challenge]") {
    http::fields headers;
    headers.add("WWW-Authenticate", "Negotiate");
    headers.add("Proxy-Authenticate", "Basic realm=\"proxy\"");
    headers.add("www-authenticate", "Digest realm=\"x\", Broken realm=\"y");
    headers.add("WWW-Authenticate", "Basic realm=\"x\"");
    CHECK(shown(*parse_challenges(headers)) == "Negotiate; Basic realm=[x]");
    CHECK(shown(*parse_challenges(headers, "Proxy-Authenticate")) == "Basic realm=[proxy]");
    CHECK(parse_challenges(http::fields())->empty());
    // A parameter never belongs to the challenge of another field.
    http::fields apart;
    apart.add("WWW-Authenticate", "Basic realm=\"x\"").add("WWW-Authenticate", "charset=UTF-8");
    CHECK(shown(*parse_challenges(apart)) == "Basic realm=[x]");
}

TEST_CASE("what breaks the grammar of challenges is refused", "[http][challenge]") {
    for (const std::string_view value : {"=",
                                         "realm=\"x\"",
                                         "\"Basic\"",
                                         "Basic realm=\"x",
                                         "Basic realm=\"x\\",
                                         "Basic realm=\"x\\\"",
                                         "Basic realm=",
                                         "Basic realm=,",
                                         "Basic realm=\"x\" y",
                                         "Basic realm=\"x\" charset=UTF-8",
                                         "Basic realm=a b",
                                         "Basic realm=\"x\"y",
                                         "Basic\"x\"",
                                         "Basic/x",
                                         "Basic (x)",
                                         "Basic realm=(x)",
                                         "Basic x=1, x=2",
                                         "Basic X=1, x=2",
                                         "A abc==, x=y",
                                         "A abc==x",
                                         "A abc== x",
                                         "A ==",
                                         "A =x",
                                         "A x==y",
                                         "A;B",
                                         "A x=y;z=w",
                                         "Basic realm=\"x\ny\"",
                                         "Basic realm=\"x\\\ny\"",
                                         "Basic realm=\x01",
                                         "Basic realm=\"\x7f\"",
                                         "B\xc3\xa9",
                                         "Basic r\xc3\xa9lm=x",
                                         "A\nB"}) {
        CAPTURE(value);
        const bool reads_as_token68 = value == "Basic realm=" || value == "Basic realm=,";
        if (reads_as_token68) {
            CHECK(read(value) == "Basic <realm=>");
        } else {
            CHECK(read(value) == malformed);
        }
    }
    CHECK(read(std::string_view("Basic realm=\"\0\"", 15)) == malformed);
}

TEST_CASE("parameters are found by name, schemes without case", "[http][challenge]") {
    const auto found = parse_challenges("DIGEST Realm=\"a\", nonce=b").value().at(0);
    CHECK(found.is("Digest"));
    CHECK(!found.is("Digest2"));
    CHECK(found.find("realm") == "a");
    CHECK(found.find("nonce") == "b");
    CHECK(!found.find("opaque"));
    STATIC_CHECK(!std::is_aggregate_v<challenge>);
}

TEST_CASE("challenges are read up to their limits, and not beyond", "[http][challenge]") {
    const auto refused = [](std::string_view value, const challenge_limits& limits) {
        const auto found = parse_challenges(value, limits);
        http::fields headers;
        headers.add("WWW-Authenticate", value);
        CHECK(parse_challenges(headers, "WWW-Authenticate", limits).error() == found.error());
        if (!found) {
            CHECK(found.error() == errc::challenge_too_large);
            CHECK(found.error() == dragline::condition::limit_exceeded);
        }
        return !found;
    };
    CHECK(!refused("A, B, C", challenge_limits().max_challenges(3)));
    CHECK(refused("A, B, C, D", challenge_limits().max_challenges(3)));
    CHECK(!refused("A a=1, b=2", challenge_limits().max_parameters(2)));
    CHECK(refused("A a=1, b=2, c=3", challenge_limits().max_parameters(2)));
    CHECK(!refused("A a=1, b=2, B a=1, b=2", challenge_limits().max_parameters(2)));
    CHECK(!refused("A abc", challenge_limits().max_size(5)));
    CHECK(refused("A abc", challenge_limits().max_size(4)));

    http::fields two;
    two.add("WWW-Authenticate", "A abc").add("WWW-Authenticate", "B, C");
    const auto in_two = [&](const challenge_limits& limits) {
        return parse_challenges(two, "WWW-Authenticate", limits).error();
    };
    CHECK(!in_two(challenge_limits().max_size(9)));
    CHECK(in_two(challenge_limits().max_size(8)) == errc::challenge_too_large);
    CHECK(!in_two(challenge_limits().max_challenges(3)));
    CHECK(in_two(challenge_limits().max_challenges(2)) == errc::challenge_too_large);

    std::string many = "A p0=1";
    for (int i = 1; i < 32; ++i) many += ", p" + std::to_string(i) + "=1";
    CHECK(!refused(many, {}));
    CHECK(refused(many + ", p=1", {}));
    CHECK(!refused(std::string(16 * 1024, ','), {}));
    CHECK(refused(std::string(16 * 1024 + 1, ','), {}));
}

TEST_CASE("every beginning of a list of challenges is read without harm", "[http][challenge]") {
    const std::string_view whole =
        "Digest realm=\"a \\\" b\", qop=\"auth, auth-int\", nonce=abc, Negotiate YWJj==, Basic realm=\"x\"";
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const std::string part(whole.substr(0, size));  // of its own memory, so that a sanitizer sees its end
        const auto found = parse_challenges(part);
        CHECK((found || found.error() == errc::invalid_challenge));
        if (found) CHECK(found->size() <= 3);
    }
}

TEST_CASE("Authentication-Info is a list of parameters", "[http][challenge]") {
    const auto found = http::parse_authentication_info("nextnonce=\"x, y\" , qop=auth,,nc=00000001");
    REQUIRE(found);
    REQUIRE(found->size() == 3);
    CHECK(found->at(0) == http::challenge_parameter("nextnonce", "x, y"));
    CHECK(found->at(2) == http::challenge_parameter("nc", "00000001"));
    CHECK(http::parse_authentication_info("")->empty());
    for (const auto* value :
         {"nextnonce", "nextnonce=", "nextnonce=\"x", "a=1 b=2", "a=1, a=2", "Digest a=1"})
        CHECK(http::parse_authentication_info(value).error() == errc::invalid_challenge);
    const auto small = challenge_limits().max_size(3).max_parameters(1);
    CHECK(http::parse_authentication_info("a=1", small));
    CHECK(http::parse_authentication_info("a=12", small).error() == errc::challenge_too_large);
    const auto one = challenge_limits().max_parameters(1);
    CHECK(http::parse_authentication_info("a=1, b=2", one).error() == errc::challenge_too_large);
}
