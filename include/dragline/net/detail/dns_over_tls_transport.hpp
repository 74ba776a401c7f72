// DNS over TLS as the resolver sees it: the connections to one server, and the questions that wait for one.
#pragma once

#include <dragline/async/deadline.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/dns/transport.hpp>
#include <dragline/net/detail/dns_connection.hpp>
#include <dragline/net/dns_over_tls_options.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/ticket_cache.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::net::detail {

// Nothing is opened before there is a question. Questions go to the first connection that has room; what
// finds none waits in line.
class dns_over_tls_transport final : public dns::transport,
                                     public dns_connection_owner,
                                     public std::enable_shared_from_this<dns_over_tls_transport> {
public:
    dns_over_tls_transport(async::loop_state& loop, dns::server where, dns_over_tls_options options);
    ~dns_over_tls_transport() override { shutdown(); }

    void ask(const dns::question& asked, const dns::query_form& form, std::shared_ptr<dns::reply_sink> sink,
             std::size_t tag) override;
    void hold() override;
    void release() noexcept override;
    void shutdown() noexcept override;
    std::string description() const override;

private:
    using connections = std::vector<std::shared_ptr<dns_connection>>;

    void opened() override;
    void answered(dns_connection& by) override;
    void not_opened(dns_connection& gone, std::error_code ec) override;
    void broken(dns_connection& gone, std::error_code ec) override;

    void remove(const dns_connection& gone) noexcept;
    void set_up();
    void pump();
    void drop_late();
    void drop_stale();
    dns_connection* connection_with_room();
    bool needs_another() const noexcept;
    bool make_place();
    void open_one();
    void give_up(dns_connection& on, std::error_code ec);
    void fail_later(dns_errand errand, std::error_code ec);
    void keep_ticking();
    void tick();
    static void on_tick(void* self) noexcept;

    async::loop_state& loop_;
    dns::server where_;
    dns_over_tls_options options_;
    std::error_code problem_;
    tls::context context_;  // made for the first connection
    std::shared_ptr<tls::ticket_cache> tickets_ = std::make_shared<tls::ticket_cache>();
    connections connections_;  // the oldest first
    std::deque<dns_errand> waiting_;
    async::deadline tick_;
    async::time_point may_open_at_{};  // beside one that works
    std::size_t holders_ = 0;
    bool set_up_ = false;
    bool ended_ = false;
};

// Ends the transports of a loop with it, also those that no resolver knows any more.
class dns_over_tls_registry final : public async::loop_object {
public:
    explicit dns_over_tls_registry(async::loop_state&) {}

    void add(std::weak_ptr<dns::transport> made);
    void shutdown() noexcept override;

private:
    std::vector<std::weak_ptr<dns::transport>> living_;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/dns_over_tls_transport.ipp>
