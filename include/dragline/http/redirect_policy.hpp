// Which redirects a fetch follows. Credentials never leave the scheme, host and port that they were given
// for, whatever the policy says.
#pragma once

#include <dragline/url/url.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <utility>

namespace dragline::inline v1::http {

/// A redirect that was followed. One with the status 0 no server sent: a known host of
/// session_options::hsts() had the first URL upgraded. It counts for no limit.
class redirect_record {
public:
    redirect_record() {}

    int status = 0;         ///< That of the response; with a Refresh field it need not be a 3xx.
    bool upgraded = false;  ///< `to` was http: session_options::hsts() made https of it.
    dragline::url::url from;
    dragline::url::url to;
};

/// A redirect that may be followed, for the time of one call.
class redirect_proposal {
public:
    redirect_proposal(int code, const url::url& source, const url::url& target,
                      std::span<const redirect_record> before)
        : status(code), from(source), to(target), followed(before) {}

    int status;
    const url::url& from;
    const url::url& to;  ///< Absolute, http or https.
    std::span<const redirect_record> followed;
};

enum class redirect_decision {
    follow,
    stop,    ///< The response that redirects is the result.
    refuse,  ///< The fetch fails with errc::redirect_refused.
};

/// A value that says which redirects are followed: how many, whereto, or what a function decides.
///
/// Followed are 301, 302, 303, 307 and 308 with a Location (RFC 9110, 15.4), to http and https alone. A POST
/// becomes a GET at 301 and 302, and what is not GET or HEAD at 303.
class redirect_policy {
public:
    using decision_function = std::function<redirect_decision(const redirect_proposal&)>;

    /// Follows up to `limit` redirects, never from https to http.
    redirect_policy(int limit = 10) : limit_(limit) {}

    /// Follows none: a 3xx response is the result.
    static redirect_policy none() { return redirect_policy(0); }

    /// Follows within a scheme, host and port; a response that leads elsewhere is the result.
    static redirect_policy same_origin(int limit = 10) {
        redirect_policy made(limit);
        made.same_origin_ = true;
        return made;
    }

    /// Follows what `decide` says, up to `limit`; it is asked last, when nothing else forbids the redirect.
    /// It is called on the loop; what it throws ends the fetch as errc::callback_failed, or reaches who
    /// awaits it.
    static redirect_policy function(decision_function decide, int limit = 10) {
        redirect_policy made(limit);
        made.decide_ = std::move(decide);
        return made;
    }

    /// Lets an https URL lead to an http one.
    redirect_policy& allow_insecure(bool value) { return allow_insecure_ = value, *this; }
    bool allow_insecure() const noexcept { return allow_insecure_; }

    /// Takes a Refresh field that names a URL for a redirect, counted as the others, if it waits no longer
    /// than this. It is followed at once, and with GET. Default: a Refresh is a field like any other.
    redirect_policy& follow_refresh(std::chrono::seconds longest = std::chrono::seconds(10)) {
        return refresh_ = longest, *this;
    }
    std::optional<std::chrono::seconds> refresh() const noexcept { return refresh_; }

    /// 0 for none; with more, the redirect after the last allowed one is errc::too_many_redirects.
    int limit() const noexcept { return limit_; }
    bool only_same_origin() const noexcept { return same_origin_; }
    const decision_function& decide() const noexcept { return decide_; }

private:
    int limit_;
    bool same_origin_ = false;
    bool allow_insecure_ = false;
    std::optional<std::chrono::seconds> refresh_;
    decision_function decide_;
};

}  // namespace dragline::http
