// The data of SVCB and HTTPS records (RFC 9460): how and where to reach a service. Start with https_record;
// what it says of a service is in its service_parameters.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/features.hpp>
#include <dragline/dns/records/record_type.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

/// What a parameter is about; any other number is legal too.
enum class service_key : std::uint16_t {
    mandatory = 0,
    alpn = 1,
    no_default_alpn = 2,
    port = 3,
    ipv4hint = 4,
    ech = 5,
    ipv6hint = 6,
};

/// "no-default-alpn"; "key667" for one that has no name here.
DRAGLINE_DECL std::string to_string(service_key key);

/// A key with its value as it stands on the wire.
struct service_parameter {
    service_key key = service_key::mandatory;
    std::vector<std::uint8_t> value;

    service_parameter() {}
    service_parameter(service_key k, std::vector<std::uint8_t> v) : key(k), value(std::move(v)) {}
    bool operator==(const service_parameter&) const = default;
};

/// Parameters by ascending key, each key once. A setter replaces what was there.
///
/// A getter whose parameter is missing, or has a value that is not well-formed, returns nothing.
class service_parameters {
public:
    using address_v4 = std::array<std::uint8_t, 4>;
    using address_v6 = std::array<std::uint8_t, 16>;

    service_parameters() {}

    /// Any parameter, as it stands on the wire.
    DRAGLINE_DECL service_parameters& set(service_key key, std::vector<std::uint8_t> value);
    const std::vector<service_parameter>& all() const noexcept { return all_; }
    bool contains(service_key key) const noexcept { return find(key) != nullptr; }
    DRAGLINE_DECL const std::vector<std::uint8_t>* find(service_key key) const noexcept;

    /// Keys without which the record must not be used.
    DRAGLINE_DECL service_parameters& mandatory(std::vector<service_key> keys);
    DRAGLINE_DECL std::vector<service_key> mandatory() const;

    /// Protocols beside the default one of the scheme: "h2", "h3"; any bytes, 1 to 255 of them.
    DRAGLINE_DECL service_parameters& alpn(const std::vector<std::string>& protocols);
    DRAGLINE_DECL std::vector<std::string> alpn() const;

    /// The default protocol of the scheme is not supported.
    service_parameters& set_no_default_alpn() { return set(service_key::no_default_alpn, {}); }
    bool no_default_alpn() const noexcept { return contains(service_key::no_default_alpn); }

    DRAGLINE_DECL service_parameters& port(std::uint16_t number);
    DRAGLINE_DECL std::optional<std::uint16_t> port() const;

    /// Addresses to try before those of the target are known.
    DRAGLINE_DECL service_parameters& ipv4hint(const std::vector<address_v4>& addresses);
    DRAGLINE_DECL std::vector<address_v4> ipv4hint() const;
    DRAGLINE_DECL service_parameters& ipv6hint(const std::vector<address_v6>& addresses);
    DRAGLINE_DECL std::vector<address_v6> ipv6hint() const;

    /// An ECHConfigList (RFC 9848).
    service_parameters& ech(std::vector<std::uint8_t> list) { return set(service_key::ech, std::move(list)); }
    byte_view ech() const noexcept {
        const auto* list = find(service_key::ech);
        return list ? byte_view(*list) : byte_view();
    }

    /// Whether `value` has the format that the RFC demands of this key; true of keys that are not known.
    DRAGLINE_DECL static bool is_well_formed(service_key key, byte_view value) noexcept;
    DRAGLINE_DECL bool is_well_formed() const noexcept;

    /// No parameter demands another that is missing: clients must reject a record where one does
    /// (RFC 9460, 2.4.3).
    DRAGLINE_DECL bool is_consistent() const;

    bool operator==(const service_parameters&) const = default;

private:
    std::vector<service_parameter> all_;
};

/// One way to reach a service, or the name that tells.
template <record_type Type>
struct service_binding {
    static constexpr record_type type = Type;
    std::uint16_t priority = 0;
    std::string target = ".";       ///< ".": the owner of the record itself; in an alias, that there is none.
    service_parameters parameters;  ///< Play no part in an alias.

    service_binding() {}
    service_binding(std::uint16_t p, std::string t, service_parameters values = {})
        : priority(p), target(std::move(t)), parameters(std::move(values)) {}

    /// AliasMode: what `target` says holds.
    bool is_alias() const noexcept { return priority == 0; }

    bool operator==(const service_binding&) const = default;
};
using svcb_record = service_binding<record_type::svcb>;
using https_record = service_binding<record_type::https>;

}  // namespace dragline::dns

#include <dragline/dns/records/impl/service_binding.ipp>
