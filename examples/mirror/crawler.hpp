// Fetches one site level by level: the first page, what it links to, what that links to. Start with
// crawler::run().
#pragma once

#include "../probe/safe_text.hpp"
#include "html_links.hpp"
#include "local_path.hpp"
#include "settings.hpp"

#include <dragline/dragline.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace mirror {

struct tally {
    std::size_t saved = 0;
    std::size_t failed = 0;
    std::size_t refused = 0;  // by robots.txt
    std::uint64_t bytes = 0;
};

class crawler {
public:
    /// The settings must outlive it.
    crawler(dragline::http::session session, const settings& options)
        : session_(std::move(session)), options_(options) {}

    /// Call once; the object must outlive the coroutine.
    asio::awaitable<tally> run() {
        auto start = dragline::url::parse(options_.url).value();
        site_ = start.without_credentials();
        auto asking = dragline::http::fetch_robots(session_, site_.href(), product);
        robots_ = co_await std::move(asking);
        if (robots_.refuses_all()) std::cerr << "mirror: robots.txt cannot be had, so nothing is fetched\n";
        pause_ = std::max(options_.delay, robots_.crawl_delay().value_or(options_.delay));
        // Of redirects too: each request waits for its turn.
        namespace http = dragline::http;
        if (pause_.count() > 0)
            session_.limit_host(site_.hostname(), http::host_limit().rate(http::rate_limit::every(pause_)));
        consider(site_.without_fragment());
        for (std::size_t depth = 0; depth <= options_.depth && !found_.empty(); ++depth) {
            const auto level = std::exchange(found_, {});
            auto visit_one = [this](const dragline::url::url& at) { return visit(at); };
            auto visiting = dragline::for_each_limited(session_, level, options_.jobs, visit_one);
            const auto ended = co_await std::move(visiting);
            for (const auto& each : ended) each.value();
        }
        co_return tally_;
    }

private:
    /// Takes note of a URL of this site that is new and may be fetched.
    void consider(const dragline::url::url& at) {
        if (!dragline::url::same_origin(at, site_) || queued_ >= options_.max_pages) return;
        if (seen_.size() >= options_.max_seen) return;
        if (!seen_.insert(std::hash<std::string>()(at.href())).second) return;
        if (!robots_.allows(at)) {
            ++tally_.refused;
            return;
        }
        ++queued_;
        found_.push_back(at);
    }

    asio::awaitable<void> visit(dragline::url::url at) {
        // Two URLs may be kept in one place: the first one counts.
        const auto place = local_path(at);
        if (!places_.insert(place.native()).second) co_return;
        const auto target = std::filesystem::path(options_.folder) / place;
        std::error_code ec;
        std::filesystem::create_directories(target.parent_path(), ec);
        if (ec) co_return report(at, ec.message());
        auto downloading = dragline::http::download(session_, at.href(), target, download_of(),
                                                    dragline::as_tuple(asio::use_awaitable));
        auto [failure, made] = co_await std::move(downloading);
        if (failure) co_return report(at, failure.message());
        ++tally_.saved;
        tally_.bytes += made.size;
        std::cout << made.status << ' ' << made.size << ' ' << at.href() << '\n';
        const auto type = dragline::ascii::to_lower(made.headers.get("Content-Type"));
        if (!type.starts_with("text/html") && !type.starts_with("application/xhtml")) co_return;
        for (const auto& link : find_html_links(beginning_of(target), made.url)) consider(link);
    }

    dragline::http::download_options download_of() const {
        // A redirect leads to where a link might: to this site, and to what robots.txt allows.
        auto decide = [this](const dragline::http::redirect_proposal& to) {
            using dragline::http::redirect_decision;
            const bool inside = dragline::url::same_origin(to.to, site_) && robots_.allows(to.to);
            return inside ? redirect_decision::follow : redirect_decision::refuse;
        };
        // Waiting for its turn counts in the time of a request, and so does that of its redirects.
        const auto turns = (redirects + 1) * static_cast<std::int64_t>(options_.jobs);
        auto request = dragline::fetch_options()
                           .redirects(dragline::http::redirect_policy::function(std::move(decide), redirects))
                           .timeout(std::chrono::seconds(30) + turns * pause_);
        return dragline::http::download_options()
            .fetch(std::move(request))
            .max_size(options_.max_size)
            .resume(false);
    }

    void report(const dragline::url::url& at, const std::string& why) {
        ++tally_.failed;
        std::cerr << "mirror: " << at.href() << ": " << probe::printable(why) << '\n';
    }

    static std::string beginning_of(const std::filesystem::path& file) {
        constexpr std::size_t most = 4 * 1024 * 1024;
        std::string text(most, '\0');
        std::ifstream in(file, std::ios::binary);
        in.read(text.data(), static_cast<std::streamsize>(most));
        text.resize(static_cast<std::size_t>(in.gcount()));
        return text;
    }

    static constexpr int redirects = 5;

    dragline::http::session session_;
    const settings& options_;
    std::chrono::milliseconds pause_{0};
    dragline::url::url site_;
    dragline::http::robots_rules robots_;
    std::vector<dragline::url::url> found_;  // the next level
    std::unordered_set<std::size_t> seen_;   // hashes: a URL may be long
    std::set<std::string> places_;
    std::size_t queued_ = 0;
    tally tally_;
};

}  // namespace mirror
