// Included by <dragline/dns/resolve_many.hpp> only.
#pragma once

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/co_spawn.hpp>

#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <string>

namespace dragline::inline v1::dns {
namespace detail {

template <class Names, class Sink>
class bulk_run_of final : public bulk_run {
public:
    bulk_run_of(async::loop_state& loop, Names names, bulk_plan plan, Sink sink)
        : bulk_run(loop, std::move(plan)), names_(std::move(names)), sink_(std::move(sink)) {}

private:
    static constexpr bool awaits = !std::is_void_v<std::invoke_result_t<Sink&, const bulk_answer&>>;

    bool pull(std::string& name) override { return names_.pull(name); }
    bool pulls_from_range() const noexcept override { return Names::is_range; }

    bool report(std::uint32_t at, const bulk_answer& what) override {
        if constexpr (awaits) {
            start(at, what);
            return false;
        } else {
            sink_(what);
            return true;
        }
    }

    void start(std::uint32_t at, const bulk_answer& what) {
        auto self = std::static_pointer_cast<bulk_run_of>(shared_from_this());
        auto& signal = signals_[at];
        // The coroutine's cancellation state stands inside the signal: so its frame holds the run, too.
        auto body = [self, &what] { return self->sink_(what); };
        auto ended = [self, at](std::exception_ptr thrown) {
            self->signals_.erase(at);
            self->reported(at, std::move(thrown));
        };
        asio::co_spawn(loop().executor(), std::move(body),
                       asio::bind_cancellation_slot(signal.slot(), std::move(ended)));
    }

    void cancel_reports() override {
        for (auto each = signals_.begin(); each != signals_.end();) {
            const auto at = each->first;
            each->second.emit(asio::cancellation_type::terminal);  // may end that one
            each = signals_.upper_bound(at);
        }
    }

    Names names_;
    Sink sink_;
    std::map<std::uint32_t, asio::cancellation_signal> signals_;  // of the sinks that are awaited
};

template <class Names, class Sink>
asio::awaitable<result<bulk_summary>> resolve_many_body(resolver with, Names names, bulk_plan plan,
                                                        Sink sink) {
    auto& loop = async::loop_state::of(with.get_executor());
    auto run =
        std::make_shared<bulk_run_of<Names, Sink>>(loop, std::move(names), std::move(plan), std::move(sink));
    auto running = bulk_run::run(std::move(run), std::move(with));
    co_return co_await std::move(running);
}

}  // namespace detail

template <async::where Where, name_source Names, bulk_sink Sink, class Token>
auto resolve_many(Where&& place, Names names, record_types types, bulk_options options, Sink sink,
                  Token&& token) {
    using source = typename detail::names_of<Names>::type;
    return async::initiate<bulk_summary>(
        async::executor_of(place), &detail::resolve_many_body<source, Sink>, std::forward<Token>(token),
        resolver_of(place), source(std::move(names)), detail::bulk_plan(std::move(options), types.list()),
        std::move(sink));
}

template <async::where Where, name_source Names, bulk_sink Sink, class Token>
auto resolve_many(Where&& place, Names names, record_types types, Sink sink, Token&& token) {
    return resolve_many(std::forward<Where>(place), std::move(names), std::move(types), bulk_options(),
                        std::move(sink), std::forward<Token>(token));
}

}  // namespace dragline::dns
