// The seam between the resolver and what carries its questions: c-ares by default; DNS over TLS and HTTPS
// from the modules above. One transport stands for one server.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/wire/message.hpp>
#include <dragline/dns/wire/query_form.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace dragline::inline v1::dns {

/// Who asked a transport. Threads: the loop's own.
class reply_sink {
public:
    virtual ~reply_sink() = default;

    /// The reply to the question that was asked with this `tag`, or why there is none.
    virtual void on_reply(std::size_t tag, result<wire::message> reply) = 0;

    /// A transport that has the reply as bytes offers them first, and with true nothing else follows: for
    /// those who read them faster than wire::decode_message().
    virtual bool on_reply_bytes(std::size_t, byte_view) { return false; }
};

/// Carries questions to one server. Retries, other servers, deadlines, cache and cancellation are the
/// resolver's.
///
/// Threads: belongs to one loop, and is used and destroyed on its thread.
class transport {
public:
    virtual ~transport() = default;

    /// Sends `asked`. `sink` hears of the outcome once, later and on the loop, never inside this call; or
    /// never, when the transport ends before. It may have lost interest by then. A reply must have been
    /// matched: its id, its question, where it came from. Truncation is the transport's matter. A transport
    /// that cannot do a thing that `form` asks for, such as mixed case, may leave it undone if that is safe.
    virtual void ask(const question& asked, const query_form& form, std::shared_ptr<reply_sink> sink,
                     std::size_t tag) = 0;

    /// A caller waits for something that was asked here: work must keep the loop running. Counted.
    virtual void hold() = 0;

    /// That caller waits no more. With none left nothing here may keep run() from returning; answers that
    /// come when the loop runs on are still welcome.
    virtual void release() noexcept = 0;

    /// The loop ends: let go of sockets, handlers and sinks, without a word to them. What is called later
    /// does nothing.
    virtual void shutdown() noexcept = 0;

    /// For traces: "192.0.2.1:53".
    virtual std::string description() const = 0;
};

}  // namespace dragline::dns
