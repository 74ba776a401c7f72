// Properties: any split of the input gives the answer of the unsplit input, in moving memory; what was parsed
// may be written, and parses to the same again; a head within its limits never passes them. Input: one byte
// of limits, one that places the split, then the head.
#include <dragline/h1.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace h1 = dragline::h1;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool same_fields(std::span<const h1::field_view> a, std::span<const h1::field_view> b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return x.name == y.name && x.value == y.value; });
}

bool same(const h1::response_head& a, const h1::response_head& b) {
    return a.version_minor == b.version_minor && a.status == b.status && a.reason == b.reason &&
           same_fields(a.fields, b.fields);
}

bool same(const h1::request_head& a, const h1::request_head& b) {
    return a.version_minor == b.version_minor && a.method == b.method && a.target == b.target &&
           same_fields(a.fields, b.fields);
}

void write(std::string& out, const h1::response_head& head) {
    require(!h1::check_field_value(head.reason));
    h1::append_status_line(out, head.status, head.reason, head.version_minor);
}

void write(std::string& out, const h1::request_head& head) {
    require(!h1::check_method(head.method));
    out.append(head.method).append(" ").append(head.target);  // a fragment is parsed, but never written by us
    out.append(head.version_minor == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
}

template <class Parser>
void check(std::string_view input, std::size_t split, h1::head_limits limits) {
    Parser whole(limits), pieces(limits);
    const auto expected = whole.parse(input);
    auto got = [&] {
        const std::vector<char> first(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(split));
        return pieces.parse({first.data(), first.size()});
    }();
    // A parser that has decided may not be asked again without a reset.
    if (got && *got == 0) {
        got = pieces.parse(input);
    } else if (got) {
        pieces.reset();
        got = pieces.parse(input);
    }
    require(got.error() == expected.error() && *got == *expected);
    if (!expected || *expected == 0) return;

    require(*expected <= limits.max_size() && whole.head().fields.size() <= limits.max_fields());
    require(same(whole.head(), pieces.head()));
    std::string written;
    write(written, whole.head());
    for (const auto& one : whole.head().fields) {
        require(!h1::check_field_name(one.name) && !h1::check_field_value(one.value));
        h1::append_field(written, one.name, one.value);
    }
    written += h1::line_end;
    Parser again(h1::head_limits().max_size(2 * written.size() + 2).max_line(2 * written.size()));
    const auto size = again.parse(written);
    require(size && *size == written.size() && same(whole.head(), again.head()));
}

void check_framing(std::string_view input) {
    h1::response_head_parser parser;
    const auto size = parser.parse(input);
    if (!size || *size == 0) return;
    require(h1::response_framing(parser.head(), "HEAD")->kind == h1::body_kind::none);
    const auto framing = h1::response_framing(parser.head(), "GET");
    if (!framing) return;
    require(!framing->persistent || framing->kind != h1::body_kind::until_close);
    require(!framing->persistent || !h1::contains_value(parser.head().fields, "Connection", "close"));
    if (framing->kind == h1::body_kind::length) {
        require(h1::count_fields(parser.head().fields, "Transfer-Encoding") == 0);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::size_t split = data[1] % (input.size() + 1);
    h1::head_limits limits;
    if (data[0] & 1) limits.max_size(std::size_t{data[0]} * 2);
    if (data[0] & 2) limits.max_line(data[0]);
    if (data[0] & 4) limits.max_fields(data[0] / 16u);
    check<h1::response_head_parser>(input, split, limits);
    check<h1::request_head_parser>(input, split, limits);
    check_framing(input);
    return 0;
}
