// What keeps a fetch from where it may not go: the policies for addresses and URLs, and strict transport.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/http/detail/policy_numbers.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/policy/hsts_store.hpp>
#include <dragline/http/session_options.hpp>
#include <dragline/net/address_policy.hpp>
#include <dragline/url/url.hpp>

#include <optional>
#include <string>
#include <system_error>

namespace dragline::inline v1::http::detail {

class fetch_guard {
public:
    /// `store`: of the session; may be none. All must outlive this.
    fetch_guard(const fetch_options& options, const session_options& shared, hsts_store* store,
                async::clock& time) noexcept
        : options_(options), shared_(shared), store_(options.hsts() ? store : nullptr), time_(time) {}

    /// The https URL for an http one whose host is known to want it.
    std::optional<url::url> upgrade(const url::url& to) const {
        if (!store_) [[likely]]
            return std::nullopt;
        return store_->upgrade(to, time_.wall_time());
    }

    /// Before anything is looked up. Throws async::callback_failure with what a policy's function throws.
    std::error_code judge(const url::url& to) const;

    /// Remembers what an answer says of its host.
    void note(const fields& of_response, const url::url& from) const;

    /// The target that a proxy is told, which nobody dials here: as far as it tells an address.
    std::error_code judge_told(const url::url& to) const;

    /// The session's policy is a floor: a fetch can only tighten it.
    net::address_policy addresses() const;

    /// What was opened under one policy does not serve fetches under another.
    void write_key(std::string& into, policy_numbers& numbers) const {
        if (!options_.address_policy().allows_all()) write_number(into, numbers);
    }

private:
    void write_number(std::string& into, policy_numbers& numbers) const;

    const fetch_options& options_;
    const session_options& shared_;
    hsts_store* store_;
    async::clock& time_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fetch_guard.ipp>
