// The certificates that a context trusts: from files, directories and text, or from the system.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/tls/error.hpp>
#include <dragline/tls/options.hpp>

#include <memory>
#include <string_view>

struct x509_store_st;

namespace dragline::inline v1::tls::detail {

using trust_store = std::shared_ptr<x509_store_st>;

/// What the options name, else the system store, which all contexts of the process share while one lives.
/// Errors: invalid_trust, empty_trust_store.
DRAGLINE_DECL result<trust_store> load_trust(const client_options& options);

/// The certificates of a PEM text; at least one is needed.
DRAGLINE_DECL result<trust_store> load_trusted_pem(std::string_view pem);

}  // namespace dragline::inline v1::tls::detail

#include <dragline/tls/detail/impl/trust_store.ipp>
