// Included by <dragline/http/detail/sessions_registry.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL sessions_registry& sessions_registry::instance() {
    static auto& registry =
        *new sessions_registry;  // never destroyed: a static io_context may outlive any static
    return registry;
}

DRAGLINE_DECL void sessions_registry::add(std::shared_ptr<sessions_entry> entry) {
    std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
}

DRAGLINE_DECL void sessions_registry::remove(const std::shared_ptr<sessions_entry>& entry) noexcept {
    std::lock_guard lock(mutex_);
    std::erase(entries_, entry);
}

DRAGLINE_DECL std::vector<std::shared_ptr<sessions_entry>> sessions_registry::entries() {
    std::lock_guard lock(mutex_);
    return entries_;
}

}  // namespace dragline::http::detail

#endif
