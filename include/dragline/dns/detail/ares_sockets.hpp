// The sockets of c-ares before 1.28, which compares the question of each reply with what it asked and drops a
// refusal that has none (only a header). Such a reply gets its question back here, before c-ares reads it.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/features.hpp>

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

struct ares_channeldata;

namespace dragline::inline v1::dns::detail {

// What was asked under an id, as it stands in the query; nothing when no such query is under way.
class asked_questions {
public:
    virtual byte_view question_of(std::uint16_t id) const noexcept = 0;

protected:
    ~asked_questions() = default;
};

// Appends a refusal without question, and the question; says whether `reply` was one.
DRAGLINE_DECL bool append_with_question(byte_view reply, const asked_questions& asked,
                                        std::vector<std::uint8_t>& into);

class ares_sockets {
public:
    // Makes the calls of `channel` on its sockets from now on. Both must outlive what c-ares does.
    ares_sockets(ares_channeldata* channel, const asked_questions& asked, int receive_buffer_size);
    ares_sockets(const ares_sockets&) = delete;
    ares_sockets& operator=(const ares_sockets&) = delete;

    // Whether bytes were read since the last call. From sockets that are not its own c-ares reads once at a
    // time: there may be more.
    bool take_progress() noexcept {
        const bool progress = progress_;
        progress_ = false;
        return progress;
    }

private:
    struct calls;

    // Messages as they came from a TCP connection, and as c-ares is to see them.
    struct stream {
        std::vector<std::uint8_t> received;
        std::vector<std::uint8_t> ready;
        std::size_t taken = 0;  // of ready
    };

    std::ptrdiff_t complete_datagram(void* datagram, std::size_t size, std::size_t room);
    std::ptrdiff_t receive_stream(int socket, stream& through, void* into, std::size_t room);

    const asked_questions& asked_;
    int receive_buffer_size_;
    std::unordered_map<int, stream> streams_;
    std::vector<std::uint8_t> completed_;
    bool progress_ = false;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/ares_sockets.ipp>
