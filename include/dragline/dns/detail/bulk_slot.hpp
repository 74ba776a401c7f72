// One question of a bulk run, in a place that is used again and again.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/dns/bulk/bulk.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/wire/name.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::dns::detail {

// The name and type of a question as they stand on the wire, the class left out.
class wire_question {
public:
    static constexpr std::size_t max_size = wire::max_name_size + 2;

    byte_view bytes() const noexcept { return byte_view(bytes_.data(), size_); }
    std::size_t name_size() const noexcept { return size_ - 2u; }
    void set_type(record_type type) noexcept {
        store_big16(bytes_.data() + name_size(), static_cast<std::uint16_t>(type));
    }

    // Whether `reply`, which has a header, repeats it as its only question: the same bytes, or the same name
    // in another case.
    enum class echo { none, other_case, exact };
    echo repeated_by(byte_view reply) const noexcept;

    // The name that `given` means, also as text in `normal`: lower case, without a dot at the end.
    // Errors: errc::empty_name, empty_label, label_too_long, name_too_long, non_ascii_name, invalid_name
    // (also
    //   for an address).
    std::error_code assign(std::string_view given, std::string& normal);

    static constexpr std::size_t header_size = 12;

private:
    bool assign_plain(std::string_view given, std::string& normal);
    std::error_code assign_any(std::string_view given, std::string& normal);

    std::array<std::uint8_t, max_size> bytes_{};
    std::uint16_t size_ = 2;
};

inline constexpr std::uint32_t no_slot = ~std::uint32_t{0};

enum class slot_state : std::uint8_t { free, open, ready, waiting, finished, reporting };

// A place in the list of those that are ready to be sent, that wait for an answer, or that are finished.
struct slot_link {
    std::uint32_t previous = no_slot;
    std::uint32_t next = no_slot;
};

// What is touched most comes first.
struct bulk_slot {
    slot_link link;
    slot_state state = slot_state::free;
    bool edns = true;          // false: this server has not understood it
    bool same_server = false;  // the next query goes to `server` again
    bool confirming = false;   // asks a trusted server
    int tries_left = 0;
    std::uint32_t server = 0;
    std::uint32_t unconfirmed_server = 0;
    std::uint64_t generation = 0;  // tells the queries of this place apart
    std::uint64_t order = 0;
    async::time_point began;
    async::time_point sent_at;
    void* port = nullptr;  // this and the id are the carrier's
    std::uint16_t id = 0;
    std::error_code error;                // the most telling one so far
    std::vector<std::uint32_t> hopeless;  // servers that are of no help
    std::unique_ptr<dns::answer> unconfirmed;
    bulk_answer result;
    wire_question question;
    std::array<std::uint32_t, 8> case_bits{};  // of the name on the wire, where cases are mixed
};

// Slots by number. They stay where they are.
class slot_table {
public:
    std::uint32_t size() const noexcept { return size_; }
    bulk_slot& operator[](std::uint32_t at) noexcept { return blocks_[at / block_size][at % block_size]; }
    const bulk_slot& operator[](std::uint32_t at) const noexcept {
        return blocks_[at / block_size][at % block_size];
    }
    void add() {
        if (size_ % block_size == 0) blocks_.push_back(std::make_unique<bulk_slot[]>(block_size));
        ++size_;
    }

private:
    static constexpr std::size_t block_size = 32;

    std::vector<std::unique_ptr<bulk_slot[]>> blocks_;
    std::uint32_t size_ = 0;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/bulk_slot.ipp>
