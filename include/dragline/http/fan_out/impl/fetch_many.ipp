// Included by <dragline/http/fan_out/fetch_many.hpp> only.
#pragma once

#include <dragline/http/detail/fan_out_run.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL asio::awaitable<result<fetch_summary>> fetch_many_body(fetch_place place,
                                                                     std::shared_ptr<request_source> source,
                                                                     receiver<fetch_outcome> handler,
                                                                     fetch_many_options options) {
    auto run = std::make_shared<fan_out_run>(std::move(place), std::move(source), std::move(handler),
                                             std::move(options));
    return fan_out_run::run(std::move(run));
}

}  // namespace dragline::http::detail

#endif
