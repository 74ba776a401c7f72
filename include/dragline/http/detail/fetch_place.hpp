// Where an operation of this module runs.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/boxed.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/session_state.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/response.hpp>
#include <dragline/http/session.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace dragline::inline v1::http::detail {

/// On a session, or on the default session of its loop.
struct fetch_place {
    async::loop_state* loop;
    std::shared_ptr<session_state> session;

    /// Threads: the loop's own.
    std::shared_ptr<session_state> get_session() const {
        return session ? session : loop->get<loop_sessions>().get({}, nullptr);
    }
};

template <class Where>
fetch_place place_of(Where&& where) {
    if constexpr (std::is_same_v<std::remove_cvref_t<Where>, http::session>) {
        const auto& session = session_access::state(where);
        return {&session->loop(), session};
    } else {
        return {&async::loop_state::of(async::executor_of(where)), nullptr};
    }
}

// A WHERE is no text, though an executor-like text type could exist.
template <class T>
concept fetch_where = async::where<T> && !std::convertible_to<T, std::string_view>;

/// Without options, the default ones: to make and to move those costs a small fetch a twentieth of its time.
asio::awaitable<result<boxed<response>>> fetch_body(fetch_place place, std::string url,
                                                    std::optional<fetch_options> options);

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fetch_place.ipp>
