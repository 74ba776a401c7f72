// Included by <dragline/http/download.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/http/detail/download_op.hpp>

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL asio::awaitable<result<download_result>> download_body(fetch_place place, std::string url,
                                                                     std::filesystem::path path,
                                                                     download_options options) {
    download_result made;
    made.path = std::move(path);
    if (auto bad = check_download(options, made.path)) co_return bad;
    std::error_code ec;
    if (options.existing() != existing_file::replace && std::filesystem::exists(made.path, ec)) {
        made.kept = options.existing() == existing_file::keep;
        if (!made.kept) co_return errc::file_exists;
        made.size = std::filesystem::file_size(made.path, ec);
        if (ec) co_return make_file_error(ec.value());
        if (options.sha256().empty()) co_return std::move(made);
        sha256_hasher hasher;
        auto adding = add_file(hasher, made.path);
        const auto added = co_await std::move(adding);
        if (!added) co_return added.error();
        made.size = *added;
        made.sha256 = hasher.finish();
        if (!ascii::equals_ignoring_case(made.sha256, options.sha256())) co_return errc::checksum_mismatch;
        co_return std::move(made);
    }
    part_file part(made.path, url);
    download_op operation(std::move(place), std::move(url), options, part);
    auto running = operation.run();
    auto ended = co_await std::move(running);
    if (!ended) co_return ended.error();
    static_cast<response_record&>(made) = *std::move(ended);
    made.size = part.size();
    made.resumed = operation.resumed();
    made.sha256 = operation.hash();
    co_return std::move(made);
}

}  // namespace dragline::http::detail

#endif
