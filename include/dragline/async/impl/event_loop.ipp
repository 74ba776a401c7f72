// Included by <dragline/async/event_loop.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::async {

DRAGLINE_DECL event_loop::event_loop(const event_loop_options& options)
    : owned_(std::in_place), context_(*owned_) {
    state().use(options.time(), options.random());
}

DRAGLINE_DECL event_loop::event_loop(asio::io_context& adopted, const event_loop_options& options)
    : context_(adopted) {
    // Deadlines that are armed already stay where they are unless there is a reason.
    auto& loop = state();
    if (&loop.time() != &options.time() || &loop.random() != &options.random()) {
        loop.use(options.time(), options.random());
    }
}

// io_context stays stopped after it ran out of work as after stop(); only the latter is meant to last.
DRAGLINE_DECL void event_loop::prepare_to_run() {
    if (!context_.stopped() || stop_requested_) return;
    context_.restart();
    if (stop_requested_) context_.stop();  // it came between the two
}

DRAGLINE_DECL std::size_t event_loop::run() {
    prepare_to_run();
    return context_.run();
}

DRAGLINE_DECL std::size_t event_loop::poll() {
    prepare_to_run();
    return context_.poll();
}

DRAGLINE_DECL void event_loop::stop() noexcept {
    stop_requested_ = true;
    context_.stop();
}

DRAGLINE_DECL void event_loop::restart() {
    stop_requested_ = false;
    context_.restart();
}

DRAGLINE_DECL void event_loop::shutdown() {
    if (owned_) owned_->shutdown();
}

}  // namespace dragline::async

#endif
