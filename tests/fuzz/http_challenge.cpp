// Properties of any list of challenges: what was read and is written out again, in one field or in one for
// each challenge, is read as the same; names and schemes are tokens; an answer to a Digest challenge is one
// field value, which gives realm, nonce and opaque back as they came.
#include <dragline/http/authentication/challenge.hpp>
#include <dragline/http/authentication/digest.hpp>

#include <dragline/h1/head_writer.hpp>
#include <dragline/http/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace h1 = dragline::h1;
namespace http = dragline::http;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::string written(const http::challenge& from) {
    std::string text = from.scheme;
    if (!from.token68.empty()) text += ' ' + from.token68;
    const char* separator = " ";
    for (const auto& [name, value] : from.parameters) {
        text += separator + name + "=\"";
        for (const char c : value) {
            if (c == '"' || c == '\\') text += '\\';
            text += c;
        }
        text += '"';
        separator = ", ";
    }
    return text;
}

void check_digest(const http::challenge& from) {
    const auto parsed = http::parse_digest(from);
    if (!parsed) return;
    http::digest_session session(*parsed, "client");
    const auto who = http::credentials::digest("user \"name\"", "password");
    const auto answer = session.answer(who, http::digest_request("GET", "/", "body"));
    require(answer.has_value() && session.count() == 1);
    require(!h1::check_field_value(*answer));
    const auto read = http::parse_challenges(*answer, http::challenge_limits().max_size(1 << 20));
    require(read && read->size() == 1 && read->front().is("Digest"));
    const auto& got = read->front();
    require(got.find("realm") == parsed->realm && got.find("nonce") == parsed->nonce);
    require(got.find("opaque").has_value() == parsed->opaque.has_value());
    if (parsed->opaque) require(got.find("opaque") == *parsed->opaque);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // Authentication-Info has the same parameters; a session takes any.
    http::digest_session informed(http::digest_challenge(), "client");
    informed.take_info(text);

    const auto wide = http::challenge_limits().max_size(1 << 20).max_challenges(1 << 16);
    const auto found = http::parse_challenges(text, wide);
    if (!found) return 0;
    std::string joined;
    http::fields apart;
    for (const auto& each : *found) {
        require(!h1::check_field_name(each.scheme));
        require(each.token68.empty() || each.parameters.empty());
        for (const auto& [name, value] : each.parameters) {
            require(!h1::check_field_name(name) && !h1::check_field_value(value));
            require(each.find(name) == value);
        }
        joined += ", " + written(each);
        apart.add("WWW-Authenticate", written(each));
        check_digest(each);
    }
    require(http::parse_challenges(joined, wide).value() == *found);
    require(http::parse_challenges(apart, "www-authenticate", wide).value() == *found);
    return 0;
}
