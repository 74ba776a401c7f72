// What the operations of this module have in common: a WHERE or none, options or none, any token.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/dns/resolver.hpp>

#include <asio/any_io_executor.hpp>

#include <type_traits>
#include <utility>

namespace dragline::inline v1::dns::detail {

// What may stand where a token is expected: not the options.
template <class Token, class Options>
concept token_after = !std::is_convertible_v<Token, Options>;

// The tokens of an operation without a WHERE: only a coroutine that awaits it says where it is.
template <class Token>
concept awaiting_token =
    std::is_same_v<Token, default_token> || std::is_same_v<Token, as_tuple_t<default_token>>;

// Runs a body on the loop of the awaiting coroutine.
template <class T, auto Body, class Token, class Subject, class Options>
auto start_here(Token, Subject subject, Options options) {
    constexpr auto body = [](asio::any_io_executor loop, Subject s, Options o) {
        return Body(resolver(std::move(loop)), std::move(s), std::move(o));
    };
    if constexpr (std::is_same_v<Token, default_token>) {
        return async::await_here<T>(body, std::move(subject), std::move(options));
    } else {
        return async::await_here_as_tuple<T>(body, std::move(subject), std::move(options));
    }
}

}  // namespace dragline::dns::detail
