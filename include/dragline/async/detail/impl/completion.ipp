// Included by <dragline/async/detail/completion.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>

#if DRAGLINE_HEADER_BODIES

#include <new>

namespace dragline::inline v1::async::detail {

DRAGLINE_DECL std::error_code code_of(const std::exception_ptr& error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (const std::system_error& e) {
        return e.code();
    } catch (const std::bad_alloc&) {
        return std::make_error_code(std::errc::not_enough_memory);
    } catch (const callback_failure& failed) {
        const auto code = code_of(failed.original());
        return code == std::errc::not_enough_memory ? code : errc::callback_failed;
    } catch (...) {
        return errc::unexpected_exception;
    }
}

DRAGLINE_DECL std::exception_ptr original_of(std::exception_ptr error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (const callback_failure& failed) {
        return failed.original();
    } catch (...) {
        return error;
    }
}

}  // namespace dragline::async::detail

#endif
