// Included by <dragline/tls/detail/trust_store.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/platform.hpp>
#include <dragline/tls/detail/file_bytes.hpp>
#include <dragline/tls/detail/library_context.hpp>
#include <dragline/tls/detail/openssl.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <system_error>

namespace dragline::inline v1::tls::detail {

// Whether OpenSSL could find a certificate in the directory: it opens only names like "a1b2c3d4.0".
DRAGLINE_DECL bool has_hashed_certificates(const std::string& directory) {
    std::error_code ec;
    for (std::filesystem::directory_iterator entry(directory, ec), end; !ec && entry != end;
         entry.increment(ec)) {
        const std::string name = entry->path().filename().string();
        constexpr std::size_t hash_size = 8;
        if (name.size() > hash_size + 1 && name[hash_size] == '.' && ascii::is_digit(name[hash_size + 1]) &&
            std::all_of(name.begin(), name.begin() + hash_size,
                        [](char c) { return ascii::hex_value(c) >= 0; })) {
            return true;
        }
    }
    return false;
}

// The next one of a PEM text, if there is one.
DRAGLINE_DECL x509_pointer read_trusted(BIO* source, OSSL_LIB_CTX* library) noexcept {
    X509* into = X509_new_ex(library, nullptr);
    const bool read = into && PEM_read_bio_X509_AUX(source, &into, refuse_password, nullptr);
    x509_pointer owner(into);
    if (!read) owner.reset();
    return owner;
}

DRAGLINE_DECL result<void> add_pem(X509_STORE* store, std::string_view pem) {
    const bio_pointer source = bio_over(pem);
    OSSL_LIB_CTX* const library = client_library_context();
    std::size_t count = 0;
    while (const auto certificate = read_trusted(source.get(), library)) {
        if (X509_STORE_add_cert(store, certificate.get()) != 1) break;
        ++count;
    }
    if (!take_end_of_pem()) return errc::invalid_trust;
    if (count == 0) return errc::empty_trust_store;
    return {};
}

DRAGLINE_DECL result<void> add_file(X509_STORE* store, const std::string& path) {
    const auto pem = read_file(path);
    if (!pem) return errc::invalid_trust;
    return add_pem(store, *pem);
}

DRAGLINE_DECL result<void> add_directory(X509_STORE* store, const std::string& path) {
    std::error_code ec;
    if (!std::filesystem::is_directory(path, ec)) return errc::invalid_trust;
    if (!has_hashed_certificates(path)) return errc::empty_trust_store;
    const bool added = X509_STORE_load_path(store, path.c_str()) == 1;
    clear_errors();
    if (!added) return errc::invalid_trust;
    return {};
}

// Where OpenSSL looks for the system's certificates.
struct system_places {
    std::string file;
    std::string directories;
    bool chosen_by_user = false;

    bool operator==(const system_places&) const = default;
};

DRAGLINE_DECL system_places find_system_places() {
    const char* file = std::getenv(X509_get_default_cert_file_env());
    const char* directories = std::getenv(X509_get_default_cert_dir_env());
    return {file ? file : X509_get_default_cert_file(),
            directories ? directories : X509_get_default_cert_dir(), file || directories};
}

DRAGLINE_DECL result<void> add_system(X509_STORE* store, const system_places& places) {
    const bool set = X509_STORE_set_default_paths_ex(store, client_library_context(), nullptr) == 1;
    clear_errors();
    if (!set) return errc::library_failure;
    bool found = sk_X509_OBJECT_num(X509_STORE_get0_objects(store)) > 0;
    ascii::for_each_item(places.directories, platform::windows ? ';' : ':', [&](std::string_view directory) {
        found = found || has_hashed_certificates(std::string(directory));
    });
    if (found) return {};
    if (places.chosen_by_user) return errc::empty_trust_store;

    // An OpenSSL that was not built for this system (static, Conan, vcpkg) looks in a place of its own.
    static constexpr std::array usual_files = {
        "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL
        "/etc/ssl/ca-bundle.pem",                             // openSUSE
        "/etc/ssl/cert.pem",                                  // Alpine, macOS, BSD
    };
    for (const char* path : usual_files) {
        if (add_file(store, path)) return {};
    }
    return errc::empty_trust_store;
}

DRAGLINE_DECL result<trust_store> make_trust_store() {
    trust_store store(X509_STORE_new(), X509_STORE_free);
    if (!store) return clear_errors(), errc::library_failure;
    return store;
}

// Reading the system's certificates takes 10 to 20 ms on Debian.
DRAGLINE_DECL result<trust_store> load_system_trust() {
    static std::mutex mutex;
    static std::weak_ptr<X509_STORE> shared;
    static system_places shared_from;
    const auto places = find_system_places();
    const std::lock_guard lock(mutex);
    if (auto living = shared.lock(); living && places == shared_from) return living;
    auto store = make_trust_store();
    if (!store) return store;
    if (auto added = add_system(store->get(), places); !added) return added.error();
    shared = *store;
    shared_from = places;
    return store;
}

DRAGLINE_DECL result<trust_store> load_trusted_pem(std::string_view pem) {
    auto store = make_trust_store();
    if (!store) return store;
    if (auto added = add_pem(store->get(), pem); !added) return added.error();
    return store;
}

DRAGLINE_DECL result<trust_store> load_trust(const client_options& options) {
    if (!options.ca_file() && !options.ca_directory() && !options.ca_pem()) return load_system_trust();
    auto store = make_trust_store();
    if (!store) return store;
    result<void> added;
    if (options.ca_file()) added = add_file(store->get(), *options.ca_file());
    if (added && options.ca_pem()) added = add_pem(store->get(), *options.ca_pem());
    if (added && options.ca_directory()) added = add_directory(store->get(), *options.ca_directory());
    if (!added) return added.error();
    // Whoever is named by hand is trusted as he is, also when he is an intermediate.
    X509_STORE_set_flags(store->get(), X509_V_FLAG_PARTIAL_CHAIN);
    return store;
}

}  // namespace dragline::inline v1::tls::detail

#endif
