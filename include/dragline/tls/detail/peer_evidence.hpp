// What a full handshake proved, kept with the tickets that follow from it: a resumed one proves nothing anew.
// Bodies only.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/tls/detail/openssl.hpp>
#include <dragline/tls/detail/peer_state.hpp>
#include <dragline/tls/detail/staple.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>

namespace dragline::inline v1::tls::detail {

struct peer_evidence {
    chain_pointer verified;  // null without verification
    ocsp_status staple = ocsp_status::unchecked;
    std::chrono::system_clock::time_point good_until = std::chrono::system_clock::time_point::max();
};

using shared_evidence = std::shared_ptr<const peer_evidence>;

// OpenSSL copies a session for each ticket of TLS 1.3.
DRAGLINE_DECL int copy_evidence(CRYPTO_EX_DATA*, const CRYPTO_EX_DATA*, void** from, int, long,
                                void*) noexcept {
    const auto* const held = static_cast<const shared_evidence*>(*from);
    if (held) *from = new (std::nothrow) shared_evidence(*held);
    return !held || *from ? 1 : 0;
}

DRAGLINE_DECL void free_evidence(void*, void* held, CRYPTO_EX_DATA*, int, long, void*) noexcept {
    delete static_cast<shared_evidence*>(held);
}

DRAGLINE_DECL int evidence_index() noexcept {
    static const int index = SSL_SESSION_get_ex_new_index(0, nullptr, nullptr, copy_evidence, free_evidence);
    return index;
}

DRAGLINE_DECL shared_evidence evidence_of(const SSL_SESSION* session) noexcept {
    const auto* const held =
        session ? static_cast<const shared_evidence*>(SSL_SESSION_get_ex_data(session, evidence_index()))
                : nullptr;
    return held ? *held : nullptr;
}

DRAGLINE_DECL void attach_evidence(SSL_SESSION* session, const shared_evidence& evidence) {
    if (!evidence || evidence_of(session)) return;
    auto held = std::make_unique<shared_evidence>(evidence);
    if (SSL_SESSION_set_ex_data(session, evidence_index(), held.get()) == 1) {
        static_cast<void>(held.release());
    }
}

DRAGLINE_DECL shared_evidence make_evidence(STACK_OF(X509) * verified, const staple_verdict& staple) {
    auto made = std::make_shared<peer_evidence>();
    made->staple = staple.status;
    made->good_until = staple.good_until;
    if (verified) made->verified.reset(X509_chain_up_ref(verified));
    for (int i = 0; i < sk_X509_num(made->verified.get()); ++i) {
        made->good_until =
            std::min(made->good_until, time_of(X509_get0_notAfter(sk_X509_value(made->verified.get(), i))));
    }
    return made;
}

}  // namespace dragline::inline v1::tls::detail

#endif
