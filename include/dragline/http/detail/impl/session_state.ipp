// Included by <dragline/http/detail/session_state.hpp> only.
#pragma once

#include <dragline/http/detail/fetch_check.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <cstddef>
#include <new>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL session_state::session_state(async::loop_state& loop, std::string_view key,
                                           const session_options& options)
    : loop_(loop),
      key_(key),
      options_(options),
      resolver_(loop.executor(), options.dns()),
      pool_(loop, pool_limits{options.connections_per_host(), options.connections(), options.max_waiters(),
                              options.idle_timeout(), options.connection_lifetime()}),
      cookies_(options.cookies().make_jar()),
      hsts_(options.hsts().make_store()),
      challenges_(options.known_challenges()),
      metrics_(options.make_metrics()),
      watched_(metrics_ || options.observer()),
      error_(check_options(options)),
      request_fields_(common_fields(options)) {
    if (options.host_limits() || options.circuit_breaker()) guard_made();
}

DRAGLINE_DECL host_guard& session_state::guard_made() {
    if (!guard_) {
        const auto& breaker = options_.circuit_breaker();
        guard_ = std::make_unique<host_guard>(loop_, options_.host_limits().value_or(host_limits()),
                                              breaker ? &*breaker : nullptr);
    }
    return *guard_;
}

DRAGLINE_DECL const retry_budget& session_state::budget() {
    if (!budget_) budget_.emplace();
    return *budget_;
}

DRAGLINE_DECL result<std::shared_ptr<tls_setup>> session_state::tls_setup_of_session() {
    if (!tls_) {
        auto setup = loop_sessions::of(loop_.executor()).tls(options_.tls());
        if (!setup) return setup;
        tls_ = *std::move(setup);
    }
    return tls_;
}

DRAGLINE_DECL session_state::call::~call() {
    owner_.calls_.erase(at_);
    if (!owner_.calls_.empty()) return;
    // Nothing may keep the loop running when all calls are over.
    for (auto* each : owner_.dials_) each->interrupt();
    owner_.notify_closers();
}

DRAGLINE_DECL session_state::dial::~dial() {
    owner_.dials_.erase(at_);
    owner_.notify_closers();
}

DRAGLINE_DECL void session_state::notify_closers() noexcept {
    if (!calls_.empty() || !dials_.empty()) return;
    for (auto* each : closers_) each->notify();
}

DRAGLINE_DECL void session_state::close() noexcept {
    closed_ = true;
    pool_.close();
    // A fetch ends in a later turn of the loop, a response that nobody reads inside interrupt().
    for (auto at = calls_.begin(); at != calls_.end();) (*at++)->interrupt();
    for (auto* each : dials_) each->interrupt();
}

DRAGLINE_DECL asio::awaitable<result<void>> session_state::close_and_wait(
    std::shared_ptr<session_state> self) {
    self->close();
    if (self->calls_.empty() && self->dials_.empty()) co_return result<void>();
    closer mine(*self);
    auto waiting = mine.wait();
    co_return co_await std::move(waiting);
}

DRAGLINE_DECL loop_sessions::loop_sessions(async::loop_state& loop)
    : loop_(loop), entry_(std::make_shared<sessions_entry>(loop.gate(), *this)) {
    sessions_registry::instance().add(entry_);
    // Until a block of this size has come and gone, glibc gives the end of the heap back to the system after
    // each body of some 64 KiB, and takes it again for the next one: more than all else that such a fetch
    // costs.
    constexpr std::size_t large_block = 8 * 1024 * 1024;
    ::operator delete(::operator new(large_block));
}

DRAGLINE_DECL const std::shared_ptr<session_state>& loop_sessions::get(std::string_view key,
                                                                       const session_options* options) {
    auto found = sessions_.find(key);
    if (found == sessions_.end()) {
        auto made = std::make_shared<session_state>(loop_, key, options ? *options : session_options());
        found = sessions_.emplace(std::string(key), std::move(made)).first;
        ++entry_->open;
    } else if (options && !(*options == found->second->options())) {
        throw std::system_error(make_error_code(errc::session_options_differ), std::string(key));
    }
    return found->second;
}

DRAGLINE_DECL std::vector<std::shared_ptr<session_state>> loop_sessions::take_all() noexcept {
    std::vector<std::shared_ptr<session_state>> taken;
    for (auto& [key, session] : std::exchange(sessions_, {})) taken.push_back(session);
    entry_->open = 0;
    return taken;
}

DRAGLINE_DECL asio::awaitable<result<void>> loop_sessions::close(std::string key) {
    auto found = sessions_.extract(key);
    if (found.empty()) co_return result<void>();
    --entry_->open;
    auto closing = session_state::close_and_wait(std::move(found.mapped()));
    co_return co_await std::move(closing);
}

DRAGLINE_DECL asio::awaitable<result<void>> loop_sessions::close_all() {
    auto sessions = take_all();
    for (auto& session : sessions) session->close();
    for (auto& session : sessions) {
        auto closing = session_state::close_and_wait(std::move(session));
        auto closed = co_await std::move(closing);
        if (!closed) co_return closed;
    }
    co_return result<void>();
}

DRAGLINE_DECL result<std::shared_ptr<tls_setup>> loop_sessions::tls(const tls::client_options& options) {
    if (auto found = setups_.find(options); found != setups_.end()) return found->second;
    auto offered = options;
    if (offered.alpn().empty()) offered.alpn({"http/1.1"});
    auto context = tls::context::make_client(offered);
    if (!context) return context.error();
    // Fetches with options of their own must not fill the memory of a loop that runs for months.
    constexpr std::size_t most_setups = 100;
    if (setups_.size() >= most_setups)
        std::erase_if(setups_, [](const auto& each) { return each.second.use_count() == 1; });
    auto made = std::make_shared<tls_setup>();
    made->number = ++setups_made_;
    made->context = *std::move(context);
    setups_.emplace(options, made);
    return made;
}

DRAGLINE_DECL void loop_sessions::shutdown() noexcept {
    sessions_registry::instance().remove(entry_);
    for (auto& session : take_all()) session->close();
}

}  // namespace dragline::http::detail

#endif
