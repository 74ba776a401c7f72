// Properties of any robots.txt: line ends do not matter, nor how a path is escaped; what is allowed is so
// because of a rule that allows, or for want of one that fits; a cut file has no rule that the whole has not.
#include <dragline/http/fan_out/robots.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace http = dragline::http;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::string escaped(std::string_view target) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : target) {
        const auto byte = static_cast<unsigned char>(c);
        if (c >= 'a' && c <= 'z') {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string target(text.substr(0, text.find('\n')));
    const auto rules = http::robots_rules::parse(text, "examplebot");
    require(rules.allows("/robots.txt"));
    const bool allowed = rules.allows(target);
    if (target.find('%') == target.npos && target != "/robots.txt")
        require(rules.allows(escaped(target)) == allowed);

    std::string other(text);
    std::replace(other.begin(), other.end(), '\n', '\r');
    const auto same = http::robots_rules::parse(other, "EXAMPLEBOT/2");
    require(same.size() == rules.size() && same.allows(target) == allowed);
    require(same.sitemaps() == rules.sitemaps() && same.crawl_delay() == rules.crawl_delay());

    if (rules.size() == 0) require(allowed);
    const auto one = http::robots_rules::parse(text, "examplebot", http::robots_limits().max_rules(1));
    require(one.size() <= 1 && one.size() <= rules.size());
    return 0;
}
