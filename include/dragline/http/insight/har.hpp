// Traces as an HTTP Archive, which browsers and many tools read: `to_har(trace)`.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/http/insight/recording.hpp>
#include <dragline/http/trace.hpp>

#include <span>
#include <string>
#include <utility>

namespace dragline::inline v1::http {

/// How an archive is written.
class har_options {
public:
    har_options() {}

    /// Once more than when the trace was made: for traces that have kept their secrets.
    har_options& masking(http::masking value) { return masking_ = std::move(value), *this; }
    const http::masking& masking() const noexcept { return masking_; }

    /// One page for each fetch, so that viewers show its attempts together.
    har_options& pages(bool value) { return pages_ = value, *this; }
    bool pages() const noexcept { return pages_; }

private:
    http::masking masking_;
    bool pages_ = false;
};

/// HAR 1.2 in one line of JSON, valid whatever bytes a peer has sent: an entry for each attempt, bodies left
/// out.
///
/// Header fields and cookies are there when recording().headers(true) had them kept. A step that did not take
/// place is -1, one that an entry must have is 0. A failed attempt has the status 0, or the one that came.
/// What HAR has no place for begins with "_": _error and _phase, _fetch, _attempt, _cause, _reused,
/// _proxy with its time among the timings, part of connect there, _tls, _lookUps, _dials and _proxies.
std::string to_har(std::span<const trace> traces, const har_options& options = har_options());

/// As above, of one trace.
std::string to_har(const trace& from, const har_options& options = har_options());

}  // namespace dragline::http

#include <dragline/http/insight/impl/har.ipp>
