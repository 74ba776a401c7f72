// The servers of a bulk run: whose turn it is, how fast each may be asked, and which are of no use. No I/O.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/token_bucket.hpp>
#include <dragline/dns/bulk/bulk.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

namespace dragline::inline v1::dns::detail {

class bulk_servers {
public:
    // The plain ones come first, then the trusted ones. `names` as summaries show them.
    bulk_servers(const bulk_options& options, std::vector<std::string> names, std::size_t trusted);

    std::size_t size() const noexcept { return all_.size(); }
    bool has_trusted() const noexcept { return plain_ < all_.size(); }
    const std::string& name(std::size_t server) const noexcept { return all_[server].summary.server; }

    // Whose turn it is: none of `hopeless`, and not `last` if there is another. With nothing, hopeless()
    // tells whether there will never be one; else it is a matter of time, until free_at().
    struct choice {
        std::optional<std::uint32_t> server;
        bool hopeless = false;
    };
    choice pick(bool trusted, std::span<const std::uint32_t> hopeless, std::optional<std::uint32_t> last,
                async::time_point now);
    async::time_point free_at(async::time_point now) noexcept;

    // One query was sent to it, and was answered or failed.
    bool may_send(std::uint32_t server, async::time_point now);
    void sent(std::uint32_t server, async::time_point now) noexcept;
    void answered(std::uint32_t server, async::duration took) noexcept;
    void failed(std::uint32_t server, std::error_code ec) noexcept;
    void contradicted(std::uint32_t server) noexcept;

    // True when it was answered without EDNS after it had not understood it: ask it so from now on.
    bool without_edns(std::uint32_t server) const noexcept { return all_[server].without_edns; }
    void knows_no_edns(std::uint32_t server) noexcept { all_[server].without_edns = true; }

    std::vector<bulk_server_summary> summaries() const;

private:
    struct entry {
        bulk_server_summary summary;
        async::duration time{};                     // sum over the answers
        std::optional<async::token_bucket> bucket;  // none: no limit
        bool without_edns = false;

        std::size_t failures() const noexcept {
            return summary.timed_out + summary.refused + summary.server_failures + summary.other_failures;
        }
        std::size_t outcomes() const noexcept { return summary.answered + failures(); }
    };

    static bool has_token(entry& of, async::time_point now) noexcept {
        return !of.bucket || of.bucket->has_token(now);
    }
    void judge(std::uint32_t server) noexcept;
    void drop(std::uint32_t server, drop_reason why) noexcept;

    std::vector<entry> all_;
    std::size_t plain_;
    std::size_t alive_;  // plain ones that are not dropped
    std::size_t next_[2] = {0, 0};
    bool drops_;
    std::size_t max_contradicted_;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/bulk_servers.ipp>
