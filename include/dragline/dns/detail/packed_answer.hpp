// An answer in as little memory as a cache of very many should take.
#pragma once

#include <dragline/dns/answer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace dragline::inline v1::dns::detail {

// Addresses of a name, and that there is none or no data, take one small block; what is not so plain is kept
// as it is. The name that the cache finds it by stands in the block, so it stays where it is.
class packed_answer {
public:
    packed_answer() {}

    // `name` is that of the question, in lower case.
    packed_answer(std::shared_ptr<const answer> value, std::string_view name);

    std::shared_ptr<const answer> unpack() const;
    std::string_view name() const noexcept;
    bool has_records() const noexcept;
    std::size_t memory() const noexcept;

private:
    enum class content : std::uint8_t { whole, addresses, no_name, no_data };
    struct header {
        std::uint32_t ttl = 0;
        record_type type = record_type::a;
        std::uint16_t addresses = 0;
        std::uint16_t name_size = 0;
        content holds = content::whole;
        bool authoritative = false;
        bool authentic = false;
    };

    static content content_of(const answer& value, std::string_view name) noexcept;
    header read_header() const noexcept;

    std::unique_ptr<std::uint8_t[]> block_;  // the header, the name, the addresses
    std::shared_ptr<const answer> whole_;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/packed_answer.ipp>
