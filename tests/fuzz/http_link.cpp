// Properties of any list of links: what was read and is written out again, in one field or in one for each
// link, is read as the same; a link that is found has the relation that was asked for.
#include <dragline/http/fan_out/link.hpp>

#include <dragline/url/parse.hpp>

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

std::string written(const http::link& from) {
    std::string text = '<' + from.target + '>';
    for (const auto& [name, value] : from.parameters) {
        text += "; " + name + "=\"";
        for (const char c : value) {
            if (c == '"' || c == '\\') text += '\\';
            text += c;
        }
        text += '"';
    }
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto wide = http::link_limits().max_size(1 << 20).max_links(1 << 16);
    const auto found = http::parse_links(text, wide);
    if (!found) return 0;
    std::string joined;
    http::response_record page;
    page.url = dragline::url::parse("https://a.test/b?c").value();
    for (const auto& each : *found) {
        joined += ", " + written(each);
        page.headers.add("Link", written(each));
        for (const auto& relation : each.relations) require(each.is(relation));
        if (const auto title = each.title()) require(each.find("title") || each.find("title*"));
    }
    require(http::parse_links(joined, wide).value() == *found);
    require(http::parse_links(page.headers, wide).value() == *found);
    const auto next = http::find_link(page, "next", wide);
    if (next && *next) require(!(*next)->empty() && !(*next)->has_credentials());
    return 0;
}
