// Included by <dragline/http/fan_out/fetch_many_options.hpp> only.
#pragma once

#include <dragline/core/error.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http {

DRAGLINE_DECL std::error_code fetch_many_options::problem() const noexcept {
    const bool valid = window_ > 0 && per_host_ > 0 && look_ahead_ > 0 && progress_step_ > 0 &&
                       async::valid_timeout(timeout_) && !fetch_.trace();
    return valid ? std::error_code() : make_error_code(dragline::errc::invalid_option);
}

}  // namespace dragline::http

#endif
