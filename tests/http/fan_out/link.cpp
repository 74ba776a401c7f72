#include <dragline/http/fan_out/link.hpp>

#include <dragline/http/error.hpp>
#include <dragline/url/parse.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace http = dragline::http;
using http::errc;
using http::link_limits;
using http::parse_links;

namespace {

// "target[rel rel]{name=value;...}" for each link, or the error.
std::string read_links(std::string_view value, const link_limits& limits = link_limits()) {
    const auto found = parse_links(value, limits);
    if (!found) return found.error().message();
    std::string out;
    for (const auto& each : *found) {
        out += each.target + '[';
        for (const auto& relation : each.relations) out += relation + ' ';
        out += "]{";
        for (const auto& [name, text] : each.parameters) out += name + '=' + text + ';';
        out += '}';
    }
    return out;
}

std::string message(errc code) { return make_error_code(code).message(); }

http::response_record page_with(std::string_view field) {
    http::response_record page;
    page.url = dragline::url::parse("https://api.test/items?page=1#top").value();
    page.headers.add("Link", field);
    return page;
}

std::string next_of(std::string_view field) {
    const auto found = http::find_link(page_with(field), "next");
    if (!found) return found.error().message();
    return *found ? (*found)->href() : "none";
}

}  // namespace

TEST_CASE("a Link field is read as RFC 8288 writes it", "[http][link]") {
    CHECK(read_links("") == "");
    CHECK(read_links(R"(<http://a/b;c,d>; rel="previous"; title="previous chapter")") ==
          "http://a/b;c,d[previous ]{rel=previous;title=previous chapter;}");
    CHECK(read_links(R"(</>; rel="http://example.net/foo")") ==
          "/[http://example.net/foo ]{rel=http://example.net/foo;}");
    CHECK(read_links(R"(</terms>; rel="copyright"; anchor="#foo")") ==
          "/terms[copyright ]{rel=copyright;anchor=#foo;}");
    CHECK(read_links(R"(<a>; rel="start http://x/Next", <b>;rel="\"x\\" ;Title = t u , , <c>)") ==
          "a[start http://x/next ]{rel=start http://x/Next;}b[\"x\\ ]{rel=\"x\\;title=t u;}c[]{}");
    CHECK(read_links("<a>;rel=next;rel=prev; ;flag") == "a[next ]{rel=next;rel=prev;flag=;}");
    CHECK(read_links("<>;rel=\"\"") == "[]{rel=;}");
}

TEST_CASE("a title may be in any language", "[http][link]") {
    const auto title = [](std::string_view field) { return parse_links(field).value().at(0).title(); };
    CHECK(title("<a>;title=plain;title*=UTF-8'de'letztes%20Kapitel%C3%A4") == "letztes Kapitel\xc3\xa4");
    CHECK(title("<a>;title=plain;title*=latin7'de'x") == "plain");
    CHECK(title("<a>;title*=utf-8'x").has_value() == false);
    CHECK(title("<a>;title*=utf-8").has_value() == false);
    CHECK(title("<a>;title*=utf-8''%ff") == "\xef\xbf\xbd");
}

TEST_CASE("what is no Link field is refused, and limits hold", "[http][link]") {
    for (const auto* bad : {"a", "<a", "<a>x", "<a>;rel=\"x", "<a>;rel=\"x\\", "<a>;=x", "<a>;rel=\"x\"y",
                            ";", "<a>;re l=x", "<a>;<b>"}) {
        CAPTURE(bad);
        CHECK(read_links(bad) == message(errc::invalid_link));
    }
    CHECK(read_links("<a>,<b>", link_limits().max_links(2)) == "a[]{}b[]{}");
    CHECK(read_links("<a>,<b>", link_limits().max_links(1)) == message(errc::link_too_large));
    CHECK(read_links("<a>;b;c", link_limits().max_parameters(2)) == "a[]{b=;c=;}");
    CHECK(read_links("<a>;b;c", link_limits().max_parameters(1)) == message(errc::link_too_large));
    CHECK(read_links("<a>;b", link_limits().max_size(5)) == "a[]{b=;}");
    CHECK(read_links("<a>;b", link_limits().max_size(4)) == message(errc::link_too_large));
    http::fields several;
    several.add("link", "<a>").add("LINK", "bad").add("Link", "<c>");
    CHECK(parse_links(several).value().size() == 2);
    CHECK(parse_links(several, link_limits().max_size(9)).has_value());
    CHECK(parse_links(several, link_limits().max_size(8)).error() == errc::link_too_large);
    // Every beginning of a good field is read or refused; none is read for ever.
    const std::string good = R"(<http://a/>; rel="next \" prev"; title*=utf-8'en'a%20b, <b>; x="y")";
    for (std::size_t size = 0; size <= good.size(); ++size) read_links(good.substr(0, size));
}

TEST_CASE("a link is found by its relation and is relative to its page", "[http][link]") {
    CHECK(next_of("<?page=2>; rel=next") == "https://api.test/items?page=2");
    CHECK(next_of("<?page=0>; rel=prev, </b>; rel=\"last NEXT\", </c>; rel=next") == "https://api.test/b");
    CHECK(next_of("<//u:p@other.test/x>; rel=next") == "https://other.test/x");
    CHECK(next_of("</b>; rel=next; anchor=\"/else\", </c>; rel=next; anchor=\"?page=1\"") ==
          "https://api.test/c");
    CHECK(next_of("</b>; rel=nextish") == "none");
    CHECK(next_of("</b>; rev=next") == "none");
    CHECK(next_of("<http://[/>; rel=next") != "none");
}
