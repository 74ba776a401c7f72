// Included by <dragline/net/upstreams/upstream_list.hpp> only.
#pragma once

#include <dragline/net/connect.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::net {
namespace detail {

// A choice whose use ends without a word, because the coroutine does: it counts against nobody.
struct unreported_choice {
    std::shared_ptr<upstream_group> group;
    upstream_choice choice;
    bool reported = false;

    unreported_choice(std::shared_ptr<upstream_group> of, upstream_choice chosen) noexcept
        : group(std::move(of)), choice(std::move(chosen)) {}
    unreported_choice(const unreported_choice&) = delete;
    ~unreported_choice() {
        if (!reported) group->dropped(choice);
    }
};

inline asio::awaitable<result<stream>> dial_upstream(std::shared_ptr<upstream_group> group,
                                                     std::shared_ptr<upstream_record> server,
                                                     async::time_point until) {
    const auto& target = server->server.target;
    auto options = group->options().connect();
    if (!target.is_local_socket() && !target.address() && options.proxies().empty()) {
        auto resolving = upstream_group::resolve(group, server, until);
        const auto resolved = co_await std::move(resolving);
        if (!resolved) co_return resolved.error();
        auto addresses = server->addresses;
        const auto first = server->rotation++ % addresses.size();
        std::rotate(addresses.begin(), addresses.begin() + static_cast<std::ptrdiff_t>(first),
                    addresses.end());
        options.addresses(std::move(addresses));
    }
    if (until != async::no_deadline) {
        const auto left = until - group->loop().now();
        if (left <= async::duration::zero()) co_return make_timeout(phase::connect);
        options.timeout(left);
    }
    auto opening = open_body(group->resolver().get_executor(), group->resolver(), target, std::move(options));
    co_return co_await std::move(opening);
}

DRAGLINE_DECL asio::awaitable<result<upstream_connection>> connect_upstream_body(
    std::shared_ptr<upstream_group> group, std::string key) {
    const auto& options = group->options();
    auto& loop = group->loop();
    const auto until = async::deadline_after(loop.now(), options.timeout());
    std::vector<std::shared_ptr<upstream_record>> tried;
    std::error_code failure;
    while (tried.size() < options.max_attempts() && (!failure || loop.now() < until)) {
        auto chosen = group->choose(key, tried);
        if (!chosen) co_return failure ? failure : chosen.error();
        tried.push_back(chosen->record);
        unreported_choice use(group, *std::move(chosen));
        const auto began = loop.now();
        auto dialling =
            dial_upstream(group, use.choice.record,
                          std::min(until, async::deadline_after(began, options.connect().timeout())));
        auto opened = co_await std::move(dialling);
        use.reported = true;
        if (opened) {
            group->connected(use.choice, loop.now() - began);
            upstream_connection made;
            made.stream = *std::move(opened);
            made.server = upstream(group, use.choice);
            co_return made;
        }
        failure = opened.error();
        group->report(use.choice, failure);
        if (failure == asio::error::operation_aborted) break;
    }
    co_return failure;
}

}  // namespace detail

DRAGLINE_DECL result<upstream> upstream_list::choose(std::string_view key) const {
    auto chosen = group_->choose(key);
    if (!chosen) return chosen.error();
    return upstream(group_, *std::move(chosen));
}

DRAGLINE_DECL std::vector<upstream_status> upstream_list::statistics() const {
    std::vector<upstream_status> all;
    const auto now = group_->loop().now();
    for (const auto& each : group_->servers()) {
        auto& status = all.emplace_back();
        status.server = each->server;
        status.dead = each->dead;
        status.chosen = each->times_chosen;
        status.failures = each->times_failed;
        status.deaths = each->deaths;
        status.latency = each->latency;
        if (each->dead) status.until_revival = std::max(each->revive_at - now, async::duration::zero());
    }
    return all;
}

}  // namespace dragline::net

#endif
