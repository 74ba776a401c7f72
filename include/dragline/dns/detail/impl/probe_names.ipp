// Included by <dragline/dns/detail/probe_names.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <iterator>

namespace dragline::inline v1::dns::detail {

// Four of them and three hyphens fit into the longest label.
inline constexpr std::string_view probe_words[] = {
    "acorn", "amber", "apple", "arrow", "beach", "birch", "blue",  "brass", "brook", "cedar", "chalk",
    "cliff", "cloud", "coral", "crane", "creek", "delta", "dune",  "eagle", "earth", "ember", "fern",
    "field", "finch", "flint", "frost", "glass", "gold",  "grain", "grape", "green", "grove", "hazel",
    "heron", "ivory", "jade",  "lake",  "larch", "leaf",  "lemon", "lily",  "maple", "marsh", "mint",
    "moon",  "moss",  "north", "oak",   "ocean", "olive", "onyx",  "opal",  "otter", "pearl", "pine",
    "plum",  "quail", "raven", "reed",  "river", "robin", "rose",  "sage",  "stone",
};
inline constexpr std::size_t probe_word_count = 64;
static_assert(std::size(probe_words) == probe_word_count);

// One random number gives this many characters out of 36 that are near enough to even.
inline constexpr int characters_per_number = 10;

DRAGLINE_DECL std::string random_text(async::random_source& random, std::string_view characters,
                                      std::size_t size) {
    std::string text;
    while (text.size() < size) {
        auto bits = random();
        for (int i = 0; i < characters_per_number && text.size() < size; ++i, bits /= characters.size()) {
            text += characters[bits % characters.size()];
        }
    }
    return text;
}

DRAGLINE_DECL std::string random_label(async::random_source& random) {
    constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyz0123456789";
    constexpr std::size_t shortest = 12;
    const std::size_t size = shortest + random() % (longest_probe_label - shortest + 1);
    std::string label(1, characters[random() % 26]);
    return label += random_text(random, characters, size - 1);
}

DRAGLINE_DECL std::string spoken_label(async::random_source& random) {
    constexpr std::size_t syllables = 8;
    const auto consonants = random_text(random, "bdfghjklmnprstvz", syllables);
    const auto vowels = random_text(random, "aeiou", syllables);
    std::string label;
    for (std::size_t i = 0; i < syllables; ++i) (label += consonants[i]) += vowels[i];
    return label;
}

DRAGLINE_DECL std::string word_label(async::random_source& random) {
    std::string label;
    for (int i = 0; i < 4; ++i) {
        if (i > 0) label += '-';
        label += probe_words[random() % probe_word_count];
    }
    return label;
}

DRAGLINE_DECL std::string digit_label(async::random_source& random) {
    constexpr std::size_t digits = 14;
    return random_text(random, "0123456789", digits);
}

DRAGLINE_DECL std::string probe_names::label(unsigned shape) {
    constexpr int most_tries = 100;  // a source that repeats itself does not hold anybody up
    for (int tries = 0;; ++tries) {
        auto made = shape == 0   ? spoken_label(random_)
                    : shape == 1 ? word_label(random_)
                    : shape == 2 ? digit_label(random_)
                                 : random_label(random_);
        if (used_.insert(made).second || tries == most_tries) return made;
    }
}

DRAGLINE_DECL std::string probe_names::next(std::string_view domain, int depth, unsigned shape) {
    std::string name;
    for (int i = 0; i < depth; ++i, ++shape) (name += label(shape % probe_shapes)) += '.';
    if (domain == ".") {
        name.pop_back();
        return name;
    }
    return name += domain;
}

}  // namespace dragline::dns::detail

#endif
