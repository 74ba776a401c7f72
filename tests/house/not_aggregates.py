#!/usr/bin/env python3
"""Writes the C++ file that asserts: no public type is an aggregate that GCC 12 would destroy twice.

  not_aggregates.py OUT

GCC 12 destroys aggregate temporaries of a co_await expression twice. A user-provided constructor,
`x_options() {}`, is the cure. Every public class counts, unless RESULTS says that it only comes out.
"""
import pathlib
import sys

from scan import INCLUDE, public_headers, public_types

# Made by the library alone, so nobody writes them into a co_await expression.
RESULTS = set()

OPENING = """\
// Made by tests/house/not_aggregates.py.
#include <type_traits>

{includes}

template <class T>
constexpr bool fit_for_await = !std::is_aggregate_v<T> || std::is_trivially_destructible_v<T>;

"""


def main(out):
    includes, names = [], []
    for path in public_headers():
        if types := list(public_types(path)):
            includes.append(f"#include <{path.relative_to(INCLUDE.parent).as_posix()}>")
            names += types
    if gone := sorted(RESULTS - set(names)):
        sys.exit(f"not_aggregates.py: RESULTS names what is gone: {', '.join(gone)}")
    asserts = [f'static_assert(fit_for_await<{name}>, "give it a user-provided constructor");\n'
               for name in names if name not in RESULTS]
    pathlib.Path(out).write_text(OPENING.format(includes="\n".join(includes)) + "".join(asserts))


if __name__ == "__main__":
    main(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
