// The records of a scripted DNS server, and the truth about a question.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/dns/record.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::testing::detail {

/// The name above: "example" for "www.example", "" for "example".
DRAGLINE_DECL std::string_view parent_of(std::string_view name) noexcept;

// As one answers who serves every name there is: wildcards as RFC 4592 has them, aliases followed.
class dns_zone {
public:
    struct truth {
        dns::rcode code = dns::rcode::no_error;
        std::vector<dns::record> records;
        bool negative = false;  // NXDOMAIN or no data, perhaps behind aliases
    };

    // Takes the place of the records of this name and type.
    void replace(std::string_view name, dns::record_type type, std::vector<dns::record> records);
    void add(dns::record entry);

    // The name exists, with or without records.
    void touch(std::string_view name);

    truth look_up(const dns::question& asked) const;

private:
    using node = std::vector<dns::record>;
    node& at(std::string_view name);
    const node* find(const std::string& name) const;

    std::map<std::string, node, std::less<>> names_;  // lower-case; with every name above them, perhaps empty
};

}  // namespace dragline::testing::detail

#include <dragline/testing/detail/impl/dns_zone.ipp>
