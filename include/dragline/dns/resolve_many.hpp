// Very many names at once. Start with resolve_many(); bulk/bulk.hpp has its options and results.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/dns/bulk/bulk.hpp>
#include <dragline/dns/detail/bulk_run.hpp>
#include <dragline/dns/detail/name_source.hpp>
#include <dragline/dns/resolver.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <system_error>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::dns {

using resolve_many_signature = void(std::error_code, bulk_summary);

/// Takes what a question has come to: returns void, or an asio::awaitable<void>, which is then awaited.
template <class T>
concept bulk_sink = std::invocable<T&, const bulk_answer&> &&
    (std::is_void_v<std::invoke_result_t<T&, const bulk_answer&>> ||
     std::same_as<std::invoke_result_t<T&, const bulk_answer&>, asio::awaitable<void>>);

/// Where names come from: a range of strings, or a function that gives std::optional<std::string>, nothing
/// after the last one.
template <class T>
concept name_source = detail::name_range<T> || detail::name_function<T>;

/// Asks for records of these types of every name, past cache and hosts file, and hands each outcome to
/// `sink`: once for each name and type, whatever it is.
///
/// `names` is a range, kept as a copy and read as the window moves on, or a function: memory does not grow
/// with their number but for bulk_options::dedupe(). The sink is called on the loop with a
/// const bulk_answer&; an awaited one keeps its place in the window until it ends, and with in_order() the
/// next one waits for it. Completes with (error_code, bulk_summary).
/// Errors:  errc::invalid_option; dns::errc::invalid_server, no_servers; make_timeout(phase::resolve), with
///          all names of a range reported; what names, sink or on_progress throw. Others are reported singly.
/// Cancel:  any type: at once, but for sinks that are awaited; what is left is not reported.
/// Threads: any; see async::initiate().
template <async::where Where, name_source Names, bulk_sink Sink, class Token = default_token>
auto resolve_many(Where&& place, Names names, record_types types, bulk_options options, Sink sink,
                  Token&& token = {});

/// As above, with the usual options.
template <async::where Where, name_source Names, bulk_sink Sink, class Token = default_token>
auto resolve_many(Where&& place, Names names, record_types types, Sink sink, Token&& token = {});

}  // namespace dragline::dns

namespace dragline::inline v1 {

using dns::resolve_many;

}  // namespace dragline

#include <dragline/dns/impl/resolve_many.hpp>
