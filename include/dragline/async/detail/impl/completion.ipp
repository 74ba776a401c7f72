// Included by <dragline/async/detail/completion.hpp> only.
#pragma once

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
    } catch (...) {
        return errc::unexpected_exception;
    }
}

}  // namespace dragline::async::detail

#endif
