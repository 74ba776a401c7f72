// Included by <dragline/http/detail/authentication_machine.hpp> only.
#pragma once

#include <dragline/http/error.hpp>
#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::string random_client_nonce(async::random_source& random) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(32);
    for (const auto half : {random(), random()}) {
        for (int shift = 0; shift < 64; shift += 4) text += digits[half >> shift & 15];
    }
    return text;
}

DRAGLINE_DECL std::error_code authentication_machine::use(credentials who, const url::url& at) {
    const bool given = who.kind() != credentials_kind::none;
    return use(std::move(who), given ? at.origin() : std::string());
}

DRAGLINE_DECL std::error_code authentication_machine::use(credentials who, std::string_view name) {
    who_ = credentials();
    known_ = known_challenge();
    answers_ = 0;
    answer_ = false;
    if (auto ec = who.check()) return ec;
    who_ = std::move(who);
    origin_ = name;
    return {};
}

DRAGLINE_DECL std::error_code authentication_machine::authorize(const digest_request& request,
                                                                fields& headers) {
    const auto put = [&](std::string value) {
        headers.set(side_.credentials, value);
        wipe(value);
        return std::error_code();
    };
    switch (who_.kind()) {
        case credentials_kind::none: return {};
        case credentials_kind::basic: return put(basic_authorization(who_));
        case credentials_kind::bearer: return put(bearer_authorization(who_));
        case credentials_kind::digest:
        case credentials_kind::any: break;
    }
    if (answers_ == 0) known_ = cache_.find(origin_);
    if (known_.digest && !known_.digest->exhausted()) {
        auto value = known_.digest->answer(who_, request);
        return value ? put(*std::move(value)) : value.error();
    }
    if (known_.basic && who_.kind() == credentials_kind::any) return put(basic_authorization(who_));
    known_ = known_challenge();
    headers.remove(side_.credentials);
    return {};
}

DRAGLINE_DECL std::error_code authentication_machine::on_response(const response_head& head,
                                                                  async::random_source& random,
                                                                  bool replayable) {
    answer_ = false;
    if (who_.kind() != credentials_kind::digest && who_.kind() != credentials_kind::any) return {};
    if (head.status != side_.status) {
        const auto info = head.headers.find(side_.info);
        if (known_.digest && info) known_.digest->take_info(*info);
        return {};
    }
    if (!choose(head.headers, random)) return {};
    if (!replayable) return errc::body_not_replayable;
    ++answers_;
    answer_ = true;
    return {};
}

// Whether a challenge can be answered that was not answered already.
DRAGLINE_DECL bool authentication_machine::choose(const fields& headers, async::random_source& random) {
    const auto offered = parse_challenges(headers, side_.challenge);
    if (!offered) return false;
    if (auto digest = strongest_digest(*offered)) {
        const bool refused =
            known_.digest && !digest->stale && known_.digest->challenge().nonce == digest->nonce;
        if (refused || answers_ > (digest->stale ? 1 : 0)) return false;
        known_ = cache_.put_digest(origin_, *std::move(digest), random_client_nonce(random));
        return true;
    }
    const auto is_basic = [](const challenge& each) { return each.is("Basic"); };
    const bool basic = who_.kind() == credentials_kind::any && answers_ == 0 && !known_.basic &&
                       std::any_of(offered->begin(), offered->end(), is_basic);
    if (basic) known_ = cache_.put_basic(origin_);
    return basic;
}

DRAGLINE_DECL credentials credentials_of(const url::url& at, const netrc& known, bool with_default) {
    if (!at.has_credentials()) [[likely]] {
        return known.size() == 0 ? credentials() : known.find(at.bare_hostname(), {}, with_default);
    }
    auto user = url::percent_decode(at.username()), password = url::percent_decode(at.password());
    auto made = password.empty() ? known.find(at.bare_hostname(), user, with_default) : credentials();
    if (made.kind() == credentials_kind::none) made = credentials::any(user, password);
    wipe(password);
    return made;
}

DRAGLINE_DECL credentials credentials_for(const fetch_options& options, const session_options& shared,
                                          const url::url& at, const std::vector<redirect_record>& history) {
    const auto was_secure = [](const redirect_record& each) { return each.from.scheme() == "https"; };
    // The caller's own field stands in for all, until a redirect leaves the origin.
    if (options.headers().contains("Authorization")) return {};
    if (options.credentials()) return history.empty() ? *options.credentials() : credentials();
    if (history.empty()) [[likely]]
        return credentials_of(at, shared.netrc());
    if (at.scheme() == "http" && std::any_of(history.begin(), history.end(), was_secure)) return {};
    // A Location gives none: it would be the peer who says where to log in, and as whom.
    return credentials_of(at.without_credentials(), shared.netrc(), false);
}

}  // namespace dragline::http::detail

#endif
