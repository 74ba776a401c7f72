// The OpenSSL library context that the connections of clients live in, and what they trust.
#pragma once

#include <dragline/core/features.hpp>

struct ossl_lib_ctx_st;

namespace dragline::inline v1::tls::detail {

/// What SSL_CTX_new_ex() and X509_new_ex() take: nullptr, which is OpenSSL's default, or a context that reads
/// certificates faster.
///
/// Before 3.2 OpenSSL puts the decoders for a key together anew for each certificate that it reads, out of
/// all that it has: an eighth of a handshake's time, and more where a server sends its whole chain. The other
/// context has the algorithms of the "default" provider, but of ciphers, keys and decoders only what TLS and
/// certificates use. It is made at the first need, and kept until the process ends.
///
/// OpenSSL's own it is whenever something beside its "default" provider is active there: who has set up FIPS
/// or keys in hardware means us as well. Threads: any.
ossl_lib_ctx_st* client_library_context();

}  // namespace dragline::inline v1::tls::detail

#include <dragline/tls/detail/impl/library_context.ipp>
