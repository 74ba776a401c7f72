// Keeps which hosts are to be reached over TLS alone (RFC 6797). No I/O: time is an argument. Start with
// session_options().hsts(hsts_policy::own_store()).
#pragma once

#include <dragline/http/policy/strict_transport.hpp>
#include <dragline/url/url.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::http {

/// Settings of an hsts_store, fixed when it is made.
class hsts_options {
public:
    hsts_options() {}

    /// Hosts that are noted from their answers. A full store notes no other one before one expires: nobody
    /// can push out what is known by naming many hosts. Those of set() without a time are not counted.
    hsts_options& hosts(std::size_t value) { return hosts_ = value, *this; }
    std::size_t hosts() const noexcept { return hosts_; }

    /// The longest that a host may ask for; beyond it, it is noted for so long.
    hsts_options& max_lifetime(std::chrono::seconds value) { return max_lifetime_ = value, *this; }
    std::chrono::seconds max_lifetime() const noexcept { return max_lifetime_; }

    friend bool operator==(const hsts_options&, const hsts_options&) = default;

private:
    std::size_t hosts_ = 100'000;
    std::chrono::seconds max_lifetime_ = std::chrono::hours(24 * 730);
};

/// A host that is to be reached over TLS alone.
class hsts_entry {
public:
    hsts_entry() {}
    explicit hsts_entry(std::string_view name, bool subdomains = false)
        : host(name), include_subdomains(subdomains) {}

    std::string host;
    bool include_subdomains = false;
    std::optional<std::chrono::sys_seconds> expires;  ///< None: until it is removed.

    friend bool operator==(const hsts_entry&, const hsts_entry&) = default;
};

/// The hosts that have said so, and those that the program names itself. Only names: never an address.
///
/// Threads: one at a time. Sessions of one loop may share a store, those of several loops may not. It cannot
/// be copied: what shares it holds the same shared_ptr.
class hsts_store {
public:
    using time_point = std::chrono::system_clock::time_point;

    explicit hsts_store(const hsts_options& options = hsts_options()) : options_(options) {}
    hsts_store(const hsts_store&) = delete;
    hsts_store& operator=(const hsts_store&) = delete;

    const hsts_options& options() const noexcept { return options_; }

    /// Obeys the first Strict-Transport-Security field of an answer to `from`, which came over TLS whose
    /// certificate was verified; max-age=0 removes what was noted so, and leaves what set() put in for good.
    ///
    /// Errors, which change nothing: errc::invalid_strict_transport; strict_transport_ignored, over http and
    /// from an address; strict_transport_full.
    std::error_code note(const url::url& from, std::string_view field, time_point now);

    /// Takes a host on the caller's word, as from a list or a file. Without a time to expire it stays beside
    /// what the host says itself. Errors: std::errc::invalid_argument when it is no name;
    /// errc::strict_transport_full.
    std::error_code set(const hsts_entry& value, time_point now);

    /// Whether the name, or one above it that includes its subdomains, is in the store and has not expired.
    bool is_known(std::string_view host, time_point now) const;

    /// The https URL for an http one whose host is known: port 80 becomes 443, others stay. Else nothing.
    std::optional<url::url> upgrade(const url::url& to, time_point now) const;

    /// All of them, expired ones too: those without a time first, each by name.
    std::vector<hsts_entry> entries() const;
    std::size_t size() const noexcept { return lasting_.size() + noted_.size(); }

    /// Whatever is known of that very name; says whether there was anything.
    bool remove(std::string_view host);
    std::size_t remove_expired(time_point now);
    void clear() noexcept { lasting_.clear(), noted_.clear(); }

private:
    using seconds = std::chrono::sys_seconds;
    struct record {
        bool include_subdomains = false;
        seconds expires = seconds::max();
    };
    using records = std::map<std::string, record, std::less<>>;

    static bool covers(const records& known, std::string_view name, seconds now);
    std::error_code put(std::string_view name, const record& value, seconds now);

    hsts_options options_;
    records lasting_;
    records noted_;
    seconds first_expiry_ = seconds::max();  // of noted_: none expires before
};

/// What became of the lines of a text; comments and empty lines are not counted.
class hsts_load {
public:
    hsts_load() {}

    std::size_t loaded = 0;
    std::size_t expired = 0;
    std::size_t bad_lines = 0;  ///< Not of the format, or refused by hsts_store::set().

    friend bool operator==(const hsts_load&, const hsts_load&) = default;
};

/// All that has not expired, in the format of curl's HSTS cache: a line for each host, with a dot in front
/// when it includes its subdomains, and when it expires: `.example.com "20301231 23:59:59"`, in UTC, or
/// `"unlimited"`. Lines that begin with '#' are comments.
DRAGLINE_DECL std::string to_curl_hsts(const hsts_store& from, hsts_store::time_point now);

/// Puts the hosts of such a text into the store, next to those that it has.
DRAGLINE_DECL hsts_load load_curl_hsts(hsts_store& into, std::string_view text, hsts_store::time_point now);

/// Whether a session obeys Strict-Transport-Security: not at all, with a store of its own, or with one that
/// it shares.
class hsts_policy {
public:
    hsts_policy() {}
    static hsts_policy none() { return hsts_policy(); }

    /// A store for each session that is made with this policy.
    static hsts_policy own_store(const hsts_options& options = hsts_options()) {
        hsts_policy made;
        made.options_ = options;
        return made;
    }

    /// This store, whoever else has it. Without one: none().
    static hsts_policy shared_store(std::shared_ptr<hsts_store> store) {
        hsts_policy made;
        made.store_ = std::move(store);
        return made;
    }

    /// The store to use: a new one each time, the shared one, or nullptr.
    std::shared_ptr<hsts_store> make_store() const {
        return options_ ? std::make_shared<hsts_store>(*options_) : store_;
    }

    friend bool operator==(const hsts_policy&, const hsts_policy&) = default;

private:
    std::optional<hsts_options> options_;
    std::shared_ptr<hsts_store> store_;
};

}  // namespace dragline::http

#include <dragline/http/policy/impl/hsts_store.ipp>
