// Included by <dragline/dns/trace.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {

DRAGLINE_DECL const char* to_string(answer_source source) noexcept {
    switch (source) {
        case answer_source::none: return "none";
        case answer_source::literal: return "literal";
        case answer_source::local: return "local";
        case answer_source::hosts_file: return "hosts file";
        case answer_source::cache: return "cache";
        case answer_source::network: return "network";
    }
    return "unknown source";
}

}  // namespace dragline::dns

#endif
