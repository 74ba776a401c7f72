// The data of records about keys, signatures and certificates. Members are in the order of the wire.
// Start with dnskey_record (RFC 4034) and tlsa_record (RFC 6698).
#pragma once

#include <dragline/dns/records/record_type.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

/// A public key of a zone (RFC 4034, 2).
struct dnskey_record {
    static constexpr record_type type = record_type::dnskey;
    std::uint16_t flags = 0;  ///< 256: a key of the zone; 257: one that signs keys.
    std::uint8_t protocol = 3;
    std::uint8_t algorithm = 0;
    std::vector<std::uint8_t> key;

    dnskey_record() {}
    dnskey_record(std::uint16_t f, std::uint8_t a, std::vector<std::uint8_t> k)
        : flags(f), algorithm(a), key(std::move(k)) {}
    bool operator==(const dnskey_record&) const = default;
};

/// The signature of a set of records (RFC 4034, 3).
struct rrsig_record {
    static constexpr record_type type = record_type::rrsig;
    record_type type_covered = record_type::a;
    std::uint8_t algorithm = 0;
    std::uint8_t labels = 0;  ///< Fewer than the owner has: a wildcard made this record.
    std::uint32_t original_ttl = 0;
    std::uint32_t expiration = 0;  ///< Seconds since 1970, modulo 2^32 (RFC 1982).
    std::uint32_t inception = 0;
    std::uint16_t key_tag = 0;
    std::string signer;
    std::vector<std::uint8_t> signature;

    rrsig_record() {}
    bool operator==(const rrsig_record&) const = default;
};

/// The digest of a key of the zone below (RFC 4034, 5).
struct ds_record {
    static constexpr record_type type = record_type::ds;
    std::uint16_t key_tag = 0;
    std::uint8_t algorithm = 0;
    std::uint8_t digest_type = 0;
    std::vector<std::uint8_t> digest;

    ds_record() {}
    ds_record(std::uint16_t tag, std::uint8_t a, std::uint8_t t, std::vector<std::uint8_t> d)
        : key_tag(tag), algorithm(a), digest_type(t), digest(std::move(d)) {}
    bool operator==(const ds_record&) const = default;
};

/// The next name of a zone, and the types that this name has (RFC 4034, 4).
struct nsec_record {
    static constexpr record_type type = record_type::nsec;
    std::string next;
    std::vector<record_type> types;  ///< At least one, which is NSEC itself; written in ascending order.

    nsec_record() {}
    nsec_record(std::string n, std::vector<record_type> t) : next(std::move(n)), types(std::move(t)) {}
    bool operator==(const nsec_record&) const = default;
};

/// Which certificate a TLS server has (RFC 6698).
struct tlsa_record {
    static constexpr record_type type = record_type::tlsa;
    std::uint8_t usage = 0;
    std::uint8_t selector = 0;
    std::uint8_t matching_type = 0;
    std::vector<std::uint8_t> association;

    tlsa_record() {}
    tlsa_record(std::uint8_t u, std::uint8_t s, std::uint8_t m, std::vector<std::uint8_t> a)
        : usage(u), selector(s), matching_type(m), association(std::move(a)) {}
    bool operator==(const tlsa_record&) const = default;
};

/// The fingerprint of a key of an SSH server (RFC 4255).
struct sshfp_record {
    static constexpr record_type type = record_type::sshfp;
    std::uint8_t algorithm = 0;
    std::uint8_t fingerprint_type = 0;
    std::vector<std::uint8_t> fingerprint;

    sshfp_record() {}
    sshfp_record(std::uint8_t a, std::uint8_t t, std::vector<std::uint8_t> f)
        : algorithm(a), fingerprint_type(t), fingerprint(std::move(f)) {}
    bool operator==(const sshfp_record&) const = default;
};

}  // namespace dragline::dns
