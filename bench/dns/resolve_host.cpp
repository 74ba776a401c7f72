// resolve_host in a coroutine for each name, as a user calls it; only the hosts file is left out.
#include "names.hpp"

#include <dragline/async/for_each.hpp>
#include <dragline/async/run.hpp>
#include <dragline/dns/resolve.hpp>

#include <string>
#include <utility>

namespace {

// `lookups` and `counted` outlive the run.
asio::awaitable<void> look_up(const dragline::dns::resolver& lookups, std::size_t number, tally& counted) {
    auto token = dragline::as_tuple(asio::use_awaitable);
    const auto [ec, addresses] = co_await dragline::resolve_host(lookups, name_of(number), token);
    if (ec == dragline::condition::timeout) co_return;
    if (!ec && addresses.size() == 1) {
        counted.answered(number, addresses.front().to_uint());
    } else {
        counted.wrong();
    }
}

}  // namespace

int main(int count, char** arguments) {
    const auto work = read_arguments(count, arguments);
    dragline::event_loop loop;
    const dragline::dns::resolver lookups(loop, dragline::dns::query_options()
                                                    .add_server("127.0.0.1:" + std::to_string(work.port))
                                                    .hosts_file(false));
    tally counted(work);
    const auto one = [&](std::size_t number) { return look_up(lookups, number, counted); };
    dragline::run(loop,
                  dragline::for_each_limited(loop, work.names, work.in_flight, one, asio::use_awaitable));
    counted.print();
}
