// Properties: a Strict-Transport-Security field that is read and written reads to the same again. A store
// upgrades nobody but the host that asked for it and names below it that it included, stays within its limit,
// and is the same again after it was saved and loaded.
#include <dragline/http/error.hpp>
#include <dragline/http/policy/hsts_store.hpp>
#include <dragline/http/policy/strict_transport.hpp>
#include <dragline/url/parse.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace http = dragline::http;
namespace url = dragline::url;

namespace {

constexpr http::hsts_store::time_point now = std::chrono::sys_days(std::chrono::January / 1 / 2030);

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

// Each line is a field of an answer from one of four hosts, or, behind a '>', a line of a file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const url::url from[] = {*url::parse("https://a.test/"), *url::parse("https://x.a.test/"),
                             *url::parse("http://b.test/"), *url::parse("https://192.0.2.1/")};
    http::hsts_store store(http::hsts_options().hosts(3));
    std::string_view input(reinterpret_cast<const char*>(data), size);
    bool trusted = false;  // a file may name any host
    std::size_t lasting = 0;
    for (std::size_t number = 0; !input.empty(); ++number) {
        const auto end = std::min(input.find('\n'), input.size());
        const auto line = input.substr(0, end);
        input.remove_prefix(std::min(end + 1, input.size()));
        if (line.starts_with('>')) {
            trusted = true;
            lasting += http::load_curl_hsts(store, line.substr(1), now).loaded;
        } else {
            const auto read = http::parse_strict_transport(line);
            if (read) require(http::parse_strict_transport(to_string(*read)).value() == *read);
            const auto& origin = from[number % 4];
            const auto ec = store.note(origin, line, now);
            require(!ec || ec.category() == http::error_category());
            if (number % 4 > 1) require(ec == http::errc::strict_transport_ignored);
            if (!ec) require(store.is_known(origin.hostname(), now) || read->max_age.count() == 0);
        }
        require(store.size() <= 3 + lasting);
    }
    for (const auto* stranger : {"test", "b.test", "192.0.2.1", "aa.test", ""})
        require(trusted || !store.is_known(stranger, now));
    http::hsts_store loaded(store.options());
    const auto counts = http::load_curl_hsts(loaded, to_curl_hsts(store, now), now);
    require(counts.bad_lines == 0 && counts.expired == 0 && counts.loaded == store.size());
    require(loaded.entries() == store.entries());
    return 0;
}
