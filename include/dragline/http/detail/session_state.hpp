// A session as its loop keeps it, and all the sessions of one loop.
#pragma once

#include <dragline/async/event.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/http/cookies/cookie_jar.hpp>
#include <dragline/http/detail/challenge_cache.hpp>
#include <dragline/http/detail/connection_pool.hpp>
#include <dragline/http/detail/host_guard.hpp>
#include <dragline/http/detail/policy_numbers.hpp>
#include <dragline/http/detail/proxy_routes.hpp>
#include <dragline/http/detail/request_fields.hpp>
#include <dragline/http/detail/sessions_registry.hpp>
#include <dragline/http/insight/metrics.hpp>
#include <dragline/http/policy/hsts_store.hpp>
#include <dragline/http/resilience/retry_budget.hpp>
#include <dragline/http/session_options.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/options.hpp>
#include <dragline/tls/ticket_cache.hpp>

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::http::detail {

// One context and its tickets, shared by all connections of a loop with equal options.
struct tls_setup {
    std::uint64_t number = 0;  // of the loop: none is used twice
    tls::context context;
    std::shared_ptr<tls::ticket_cache> tickets = std::make_shared<tls::ticket_cache>();
};

class session_state {
public:
    session_state(async::loop_state& loop, std::string_view key, const session_options& options);

    async::loop_state& loop() noexcept { return loop_; }
    const std::string& key() const noexcept { return key_; }
    const session_options& options() const noexcept { return options_; }
    dns::resolver& resolver() noexcept { return resolver_; }
    connection_pool& pool() noexcept { return pool_; }
    const std::shared_ptr<cookie_jar>& cookies() const noexcept { return cookies_; }
    const std::shared_ptr<hsts_store>& hsts() const noexcept { return hsts_; }
    policy_numbers& address_policies() noexcept { return address_policies_; }
    challenge_cache& challenges() noexcept { return challenges_; }
    proxy_routes& proxies() noexcept { return proxies_; }
    const std::shared_ptr<http::metrics>& metrics() const noexcept { return metrics_; }
    const std::optional<fields>& request_fields() const noexcept { return request_fields_; }
    std::error_code error() const noexcept { return error_; }  ///< Of its options: no fetch can work.
    bool watched() const noexcept { return watched_; }         ///< By an observer or by metrics.
    bool closed() const noexcept { return closed_; }

    /// Nothing without limits and circuit breaker.
    host_guard* guard() const noexcept { return guard_.get(); }
    host_guard& guard_made();
    /// That of retry policies without one.
    const retry_budget& budget();
    result<std::shared_ptr<tls_setup>> tls_setup_of_session();

    /// Stands for one fetch while it lives.
    class call {
    public:
        explicit call(session_state& owner)
            : owner_(owner), at_(owner.calls_.insert(owner.calls_.end(), &ending_)) {}
        ~call();
        call(const call&) = delete;
        async::interrupter& ending() noexcept { return ending_; }

    private:
        session_state& owner_;
        async::interrupter ending_;
        spare_list<async::interrupter*>::iterator at_;
    };
    std::size_t calls() const noexcept { return calls_.size(); }

    /// Stands for a connection that is being opened. Whoever wanted it may have left, but not the last call.
    class dial {
    public:
        explicit dial(session_state& owner)
            : owner_(owner), at_(owner.dials_.insert(owner.dials_.end(), &ending_)) {}
        ~dial();
        dial(const dial&) = delete;
        async::interrupter& ending() noexcept { return ending_; }

    private:
        session_state& owner_;
        async::interrupter ending_;
        spare_list<async::interrupter*>::iterator at_;
    };

    /// Ends calls and connections; nothing new starts.
    void close() noexcept;

    /// As close(), then waits until the last call has left.
    static asio::awaitable<result<void>> close_and_wait(std::shared_ptr<session_state> self);

private:
    // Somebody who waits for the last call to leave.
    class closer {
    public:
        explicit closer(session_state& owner)
            : owner_(owner),
              last_left_(owner.loop_),
              at_(owner.closers_.insert(owner.closers_.end(), &last_left_)) {}
        ~closer() { owner_.closers_.erase(at_); }
        closer(const closer&) = delete;
        asio::awaitable<result<void>> wait() { return last_left_.wait(); }

    private:
        session_state& owner_;
        async::event last_left_;
        std::list<async::event*>::iterator at_;
    };

    void notify_closers() noexcept;

    async::loop_state& loop_;
    std::string key_;
    session_options options_;
    dns::resolver resolver_;
    connection_pool pool_;
    std::shared_ptr<cookie_jar> cookies_;
    std::shared_ptr<hsts_store> hsts_;
    policy_numbers address_policies_;
    challenge_cache challenges_;
    proxy_routes proxies_;
    std::unique_ptr<host_guard> guard_;
    std::optional<retry_budget> budget_;
    std::shared_ptr<http::metrics> metrics_;
    bool watched_;
    std::error_code error_;
    std::optional<fields> request_fields_;  // the common ones
    std::shared_ptr<tls_setup> tls_;
    spare_list<async::interrupter*> calls_;
    spare_list<async::interrupter*> dials_;
    std::list<async::event*> closers_;
    bool closed_ = false;
};

class loop_sessions final : public async::loop_object {
public:
    explicit loop_sessions(async::loop_state& loop);
    static loop_sessions& of(const asio::any_io_executor& executor) {
        return async::loop_state::of(executor).get<loop_sessions>();
    }

    /// The living session of this key, made when there is none. With options that differ from its own:
    /// throws.
    const std::shared_ptr<session_state>& get(std::string_view key, const session_options* options);

    const asio::any_io_executor& executor() const noexcept { return loop_.executor(); }

    /// Ends the session of this key, if it lives; over when its last call has left.
    asio::awaitable<result<void>> close(std::string key);
    asio::awaitable<result<void>> close_all();

    /// The shared setup for these options. Making one loads the trust store, which blocks for some 10 ms.
    result<std::shared_ptr<tls_setup>> tls(const tls::client_options& options);

    void shutdown() noexcept override;

private:
    std::vector<std::shared_ptr<session_state>> take_all() noexcept;

    async::loop_state& loop_;
    std::shared_ptr<sessions_entry> entry_;
    std::map<std::string, std::shared_ptr<session_state>, std::less<>> sessions_;
    std::map<tls::client_options, std::shared_ptr<tls_setup>> setups_;
    std::uint64_t setups_made_ = 0;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/session_state.ipp>
