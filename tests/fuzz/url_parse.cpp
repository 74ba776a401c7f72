// Properties: what is read at once is what the parser makes of it; what parse() returns parses again to
// itself, alone and resolved against a base; its parts put together are its serialisation; and the variants
// that class url makes are what their own text parses to.
#include <dragline/url/detail/parser.hpp>
#include <dragline/url/detail/serialised.hpp>
#include <dragline/url/parse.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace url = dragline::url;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::string recompose(const url::url& u) {
    std::string out(u.scheme());
    out += ':';
    if (u.host_type() != url::host_kind::none) {
        out += "//";
        out += u.username();
        if (!u.password().empty()) out.append(":").append(u.password());
        if (u.has_credentials()) out += '@';
        out += u.hostname();
        if (u.port()) out.append(":").append(std::to_string(*u.port()));
    } else if (u.path().starts_with("//")) {
        out += "/.";
    }
    out += u.path();
    if (u.query()) out.append("?").append(*u.query());
    if (u.fragment()) out.append("#").append(*u.fragment());
    return out;
}

// Everything but the limit of the length must hold for what is longer than the default allows.
void check_same(const url::url& u, const dragline::result<url::url>& again) {
    require(again.has_value());
    require(*again == u && again->host_type() == u.host_type() && again->port() == u.port());
    require(again->path() == u.path() && again->has_opaque_path() == u.has_opaque_path());
}

void check(const url::url& u) {
    const auto options = url::parse_options().max_length(1 << 24);
    check_same(u, url::parse(u.href(), options));
    require(recompose(u) == u.href());
    require(u.request_target().starts_with(u.path()));
    require(!u.is_special() || u.path().starts_with('/'));
    for (const char c : u.href()) require(c >= ' ' && c <= '~');

    const auto bare = u.without_fragment();
    const auto anonymous = u.without_credentials();
    require(!bare.fragment() && !anonymous.has_credentials());
    check_same(bare, url::parse(bare.href(), options));
    check_same(anonymous, url::parse(anonymous.href(), options));
    const auto marked = bare.with_fragment("a b");
    require(marked.fragment() == "a%20b");
    check_same(marked, url::parse(marked.href(), options));
    require(u.origin() == "null" || same_origin(u, anonymous));
}

void check_read_at_once(std::string_view input) {
    url::detail::record at_once, parsed;
    if (!url::detail::read_serialised(at_once, input)) return;
    require(!url::detail::parser(parsed, nullptr).parse(input));
    require(at_once == parsed);
}

}  // namespace

// The input is a reference, and after a line end the base to resolve it against.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto line_end = input.find('\n');
    const auto reference = input.substr(0, line_end);
    check_read_at_once(reference);
    const auto alone = url::parse(reference);
    if (alone) check(*alone);
    if (line_end == input.npos) return 0;

    const auto base = url::parse(input.substr(line_end + 1));
    if (!base) return 0;
    check(*base);
    const auto resolved = url::parse(reference, *base);
    if (resolved) check(*resolved);
    return 0;
}
