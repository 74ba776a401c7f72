// Included by <dragline/tls/detail/library_context.hpp> only.
#pragma once

#include <dragline/tls/detail/openssl.hpp>

#if DRAGLINE_HEADER_BODIES

#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <vector>

namespace dragline::inline v1::tls::detail {

// A provider that shows a part of the "default" one's algorithms, the way OpenSSL's own tests do it.
class tls_provider {
public:
    /// A context with it and no other; nullptr when OpenSSL refuses.
    static OSSL_LIB_CTX* make_context() {
        OSSL_LIB_CTX* const made = shown().complete() ? OSSL_LIB_CTX_new() : nullptr;
        if (made && OSSL_PROVIDER_add_builtin(made, "dragline", start) == 1 &&
            OSSL_PROVIDER_load(made, "dragline")) {
            return made;
        }
        OSSL_LIB_CTX_free(made);
        return nullptr;
    }

private:
    // The algorithms of one operation, up to one without a name.
    struct selection {
        int operation;
        std::vector<OSSL_ALGORITHM> algorithms;
    };

    // In a context apart from the default one, which a program may still change.
    tls_provider() {
        OSSL_LIB_CTX* const source = OSSL_LIB_CTX_new();
        if (source) all_ = OSSL_PROVIDER_load(source, "default");
        for (selection& each : selected_) {
            int may_change = 0;
            const auto* at =
                all_ ? OSSL_PROVIDER_query_operation(all_, each.operation, &may_change) : nullptr;
            for (; at && at->algorithm_names; ++at) {
                if (serves_tls(each.operation, *at)) each.algorithms.push_back(*at);
            }
            each.algorithms.push_back({nullptr, nullptr, nullptr, nullptr});
        }
    }

    // Never destroyed: connections may be, after all statics.
    static const tls_provider& shown() {
        static const auto& instance = *new tls_provider;
        return instance;
    }

    bool complete() const noexcept {
        return std::all_of(selected_.begin(), selected_.end(),
                           [](const selection& each) { return each.algorithms.size() > 1; });
    }

    static bool serves_tls(int operation, const OSSL_ALGORITHM& algorithm) noexcept {
        const std::string_view names = algorithm.algorithm_names;
        const auto name = names.substr(0, names.find(':'));
        const auto is_among = [&](std::initializer_list<std::string_view> these) {
            return std::find(these.begin(), these.end(), name) != these.end();
        };
        const bool signs = is_among({"RSA", "RSA-PSS", "EC", "DSA", "ED25519", "ED448", "SM2"});
        if (operation == OSSL_OP_KEYMGMT) return signs || is_among({"DH", "X25519", "X448", "HMAC"});
        if (operation == OSSL_OP_DECODER) {
            // "DER" finds out which of the others it is.
            const std::string_view properties = algorithm.property_definition;
            return (signs || is_among({"DER"})) &&
                   properties.find("input=der,structure=SubjectPublicKeyInfo") != properties.npos;
        }
        static constexpr std::string_view modes[] = {"GCM", "CCM", "CBC", "Poly1305", "NULL"};
        return std::any_of(std::begin(modes), std::end(modes),
                           [&](std::string_view mode) { return name.find(mode) != name.npos; });
    }

    static const OSSL_ALGORITHM* query(void*, int operation, int* may_change) noexcept {
        const auto* all = OSSL_PROVIDER_query_operation(shown().all_, operation, may_change);
        for (const selection& each : shown().selected_) {
            if (each.operation == operation) return each.algorithms.data();
        }
        return all;
    }

    static int tell_capabilities(void*, const char* capability, OSSL_CALLBACK* tell, void* to) noexcept {
        return OSSL_PROVIDER_get_capabilities(shown().all_, capability, tell, to);
    }

    // The algorithms are given the provider's context that is theirs.
    static int start(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** functions,
                     void** context) noexcept {
        static const std::array table = {
            OSSL_DISPATCH{OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(query)},
            OSSL_DISPATCH{OSSL_FUNC_PROVIDER_GET_CAPABILITIES,
                          reinterpret_cast<void (*)()>(tell_capabilities)},
            OSSL_DISPATCH{0, nullptr}};
        *functions = table.data();
        *context = OSSL_PROVIDER_get0_provider_ctx(shown().all_);
        return 1;
    }

    OSSL_PROVIDER* all_ = nullptr;
    std::array<selection, 3> selected_ = {
        {{OSSL_OP_CIPHER, {}}, {OSSL_OP_KEYMGMT, {}}, {OSSL_OP_DECODER, {}}}};
};

DRAGLINE_DECL bool only_default_provider_is_active() noexcept {
    if (EVP_default_properties_is_fips_enabled(nullptr) == 1) return false;
    const auto is_default = [](OSSL_PROVIDER* each, void*) {
        return std::string_view(OSSL_PROVIDER_get0_name(each)) == "default" ? 1 : 0;
    };
    return OSSL_PROVIDER_do_all(nullptr, is_default, nullptr) == 1;
}

// Asked anew each time: a program may load a provider at any time.
DRAGLINE_DECL ossl_lib_ctx_st* client_library_context() {
    constexpr unsigned long first_that_keeps_decoders = 0x30200000;
    if (OpenSSL_version_num() >= first_that_keeps_decoders || !only_default_provider_is_active()) {
        return nullptr;
    }
    static OSSL_LIB_CTX* const made = tls_provider::make_context();
    clear_errors();
    return made;
}

}  // namespace dragline::inline v1::tls::detail

#endif
