// Included by <dragline/dns/wildcards/wildcard_options.hpp> only.
#pragma once

#include <dragline/dns/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::dns {

DRAGLINE_DECL std::error_code wildcard_options::problem() const noexcept {
    if (const auto ec = query_.problem()) return ec;
    constexpr std::size_t max_types = 16, max_controls = 8, longest_control = 200;
    const auto within = [](int value, int most) { return value >= 1 && value <= most; };
    const bool counts = within(probes_, 100) && within(depth_, 4) && within(levels_, 127) &&
                        within(quiet_rounds_, 1000) && within(max_rounds_, 1000) && within(at_once_, 10'000);
    const bool lists = types_.size() <= max_types && controls_.size() <= max_controls &&
                       std::find(types_.begin(), types_.end(), record_type::opt) == types_.end();
    const bool names = std::all_of(controls_.begin(), controls_.end(), [](const std::string& each) {
        return each.size() <= longest_control && normal_name(each);
    });
    const bool good = counts && lists && names && max_pool_ >= 1;
    return good ? std::error_code() : make_error_code(dragline::errc::invalid_option);
}

}  // namespace dragline::dns

#endif
