// Opens responses and reads them, on the test's own loop.
#pragma once

#include "../support/http_client.hpp"

#include <dragline/http/open_url.hpp>

#include <asio/buffer.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::test {

struct opened {
    std::error_code ec;
    response_stream stream;
};

inline kept_completion<response_stream> start_open(http_client& client, std::string_view url,
                                                   const fetch_options& options = fetch_options()) {
    kept_completion<response_stream> kept;
    http::open_url(client.session, url, options, kept);
    return kept;
}

inline opened open(http_client& client, std::string_view url,
                   const fetch_options& options = fetch_options()) {
    auto kept = start_open(client, url, options);
    run_until(client.loop, [&] { return kept.done(); });
    return {kept.ec(), std::move(kept.value())};
}

/// What one read gave, or the text of its error.
struct piece {
    std::error_code ec;
    std::string text;
};

inline piece read(http_client& client, response_stream& stream, std::size_t room = 1000) {
    piece got;
    got.text.resize(room);
    kept_completion<std::size_t> kept;
    stream.read_some(asio::buffer(got.text), kept);
    run_until(client.loop, [&] { return kept.done(); });
    got.text.resize(kept.value());
    got.ec = kept.ec();
    return got;
}

/// All that comes until a read fails, and how it fails.
inline piece read_rest(http_client& client, response_stream& stream, std::size_t room = 1000) {
    piece all;
    for (;;) {
        const auto next = read(client, stream, room);
        all.text += next.text;
        if (!next.ec) continue;
        all.ec = next.ec;
        return all;
    }
}

}  // namespace dragline::test
