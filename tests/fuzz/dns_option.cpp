// Properties: an option that is found lies within the input; what is appended to a query is found again; a
// padded query is a whole number of blocks and decodes.
#include <dragline/dns/wire/message.hpp>
#include <dragline/dns/wire/option.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace dns = dragline::dns;
namespace wire = dragline::dns::wire;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const dragline::byte_view input(data, size);
    for (const auto code : {wire::option_code::cookie, wire::option_code::tcp_keepalive,
                            wire::option_code::padding, static_cast<wire::option_code>(0)}) {
        const auto found = wire::find_option(input, code);
        if (!found || found->empty()) continue;
        require(found->data() >= data && found->data() + found->size() <= data + size);
    }
    std::vector<std::uint8_t> query;
    require(!wire::append_query(1, dns::question("a.test"), dns::query_form(), query));
    if (!wire::append_option(query, 0, wire::option_code::cookie, input)) return 0;
    const auto decoded = wire::decode_message(query);
    require(decoded && decoded->extension);
    const auto again = wire::find_option(decoded->extension->options, wire::option_code::cookie);
    require(again && std::equal(again->begin(), again->end(), input.begin(), input.end()));
    constexpr std::size_t block = 128;
    if (wire::pad_query(query, 0, block)) {
        require(query.size() % block == 0);
        require(wire::decode_message(query).has_value());
    }
    return 0;
}
