// What an upstream_list, its operations and those who use its servers share.
#pragma once

#include <dragline/async/loop_gate.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/net/detail/upstream_machine.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::net::detail {

// A server that was chosen, and when: what is told of it counts only as long as it has not died since.
struct upstream_choice {
    std::shared_ptr<upstream_record> record;
    std::uint64_t deaths = 0;
};

class upstream_group {
public:
    using record_pointer = upstream_machine::record_pointer;

    upstream_group(dns::resolver resolver, const std::vector<upstream_server>& servers,
                   const upstream_options& options);

    void assign(const std::vector<upstream_server>& servers);

    /// Why nothing can be chosen at all, or nothing.
    std::error_code problem() const noexcept;

    /// Errors: problem(); errc::no_upstream.
    result<upstream_choice> choose(std::string_view key, std::span<const record_pointer> tried = {});

    void report(const upstream_choice& choice, std::error_code ec);
    void connected(const upstream_choice& choice, async::duration took);
    void dropped(const upstream_choice& choice) { machine_.on_nothing(*choice.record, choice.deaths); }

    /// Looks the name of a server up when it is time; keeps the addresses that it had when that fails.
    static asio::awaitable<result<void>> resolve(std::shared_ptr<upstream_group> self, record_pointer server,
                                                 async::time_point until);

    async::loop_state& loop() const { return async::loop_state::of(resolver_.get_executor()); }
    const dns::resolver& resolver() const noexcept { return resolver_; }
    const upstream_options& options() const noexcept { return options_; }
    const std::vector<record_pointer>& servers() const noexcept { return machine_.servers(); }

private:
    dns::resolver resolver_;
    std::shared_ptr<async::loop_gate> gate_;  // since what was chosen may outlive the loop
    upstream_options options_;
    upstream_machine machine_;
    bool usable_ = false;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/upstream_group.ipp>
