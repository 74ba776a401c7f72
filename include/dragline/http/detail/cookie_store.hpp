// Where a cookie jar keeps its cookies: by owner, in the order of use, under caps. Knows no rule of trust.
#pragma once

#include <dragline/http/cookies/cookie.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL bool has_expired(const cookie& which, std::chrono::sys_seconds now) noexcept;

class cookie_store {
public:
    struct entry;
    using entries = std::list<entry>;
    using bucket = std::vector<entries::iterator>;
    using buckets = std::map<std::string, bucket, std::less<>>;
    using seconds = std::chrono::sys_seconds;

    struct entry {
        cookie value;
        buckets::iterator owner;
        std::uint64_t made;  // rises with each new cookie
        std::uint64_t used;  // rises with each use
    };

    cookie_store(std::size_t per_owner, std::size_t total) noexcept : per_owner_(per_owner), total_(total) {}
    cookie_store(const cookie_store&) = delete;
    cookie_store& operator=(const cookie_store&) = delete;

    std::size_t size() const noexcept { return by_use_.size(); }

    /// In no order; valid until something is put in or taken out.
    const bucket& of(std::string_view owner) const noexcept;

    /// In the order in which they were made.
    std::vector<const entry*> all() const;

    /// Puts a cookie in the place of the same one, or makes room for it; one that has expired only removes.
    void put(cookie made, const std::string& owner, seconds now);
    void touch(entries::iterator which) noexcept;
    std::size_t remove_expired(seconds now);
    void clear() noexcept;

    template <class Condition>
    std::size_t erase_if(Condition condition) {
        const auto before = size();
        for (auto at = by_use_.begin(); at != by_use_.end();) {
            const auto each = at++;
            if (condition(static_cast<const cookie&>(each->value))) erase(each);
        }
        return before - size();
    }

private:
    void make_room(buckets::iterator owner, seconds now);
    void erase(entries::iterator which) noexcept;

    std::size_t per_owner_;
    std::size_t total_;
    entries by_use_;  // the longest unused first
    buckets by_owner_;
    bucket nothing_;
    std::uint64_t made_ = 0;
    std::uint64_t used_ = 0;
    seconds first_expiry_ = seconds::max();  // none expires before
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/cookie_store.ipp>
