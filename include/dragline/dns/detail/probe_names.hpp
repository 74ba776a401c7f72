// Labels that nobody has, in the shapes that servers which look at names tell apart.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/features.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace dragline::inline v1::dns::detail {

inline constexpr std::size_t longest_probe_label = 24;

// 12 to 24 letters and digits, a letter first.
DRAGLINE_DECL std::string random_label(async::random_source& random);

// Letters that can be spoken, four words, digits, or letters and digits; all lower case.
inline constexpr unsigned probe_shapes = 4;

class probe_names {
public:
    explicit probe_names(async::random_source& random) noexcept : random_(random) {}

    // A name `depth` labels below `domain`, the first of this shape, each other of the next one. No label
    // comes twice.
    DRAGLINE_DECL std::string next(std::string_view domain, int depth, unsigned shape);

private:
    std::string label(unsigned shape);

    async::random_source& random_;
    std::set<std::string> used_;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/probe_names.ipp>
