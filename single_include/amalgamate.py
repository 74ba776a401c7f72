#!/usr/bin/env python3
"""Joins include/dragline into dragline.hpp and testing.hpp. Same input, same bytes: no dates, no host names.

  amalgamate.py --write DIR    write DIR/dragline/{dragline,testing}.hpp
  amalgamate.py --check DIR    fail when they differ from what would be written; DIR/dragline/dragline.hpp means DIR
  amalgamate.py --stubs DIR    write DIR/dragline/**/*.hpp that include one of the two,
                               so that the ordinary tests can run against the single headers
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent / "include"
MAIN, TESTING = "dragline/dragline.hpp", "dragline/testing.hpp"
SOURCE = "dragline/src.hpp"  # has no place here: see the opening comment
INCLUDE = re.compile(r"\s*#\s*include\s*<(dragline/[^>]+)>")
QUOTED = re.compile(r'\s*#\s*include\s*"')
OPEN, CLOSE = re.compile(r"\s*#\s*if"), re.compile(r"\s*#\s*endif")
PRAGMA = re.compile(r"\s*#\s*pragma\s+once")

OPENING = """\
// {title} in one header, made by single_include/amalgamate.py from include/dragline. Do not edit.
// Header-only as it is. To compile the bodies once, define DRAGLINE_SEPARATE_COMPILATION in the whole program,
// and DRAGLINE_SOURCE in one file before it includes this.
// SPDX-License-Identifier: BSL-1.0
#pragma once

"""


def expand(name, seen, out):
    """Appends `name` with all that it includes, depth first, each file once."""
    if name in seen:
        return
    seen.add(name)
    out.append(f"// ---- {name}\n")
    depth = 0
    for number, line in enumerate((ROOT / name).read_text("ascii").splitlines(), 1):
        depth += bool(OPEN.match(line)) - bool(CLOSE.match(line))
        found = INCLUDE.match(line)
        if found and depth:
            # The first copy would vanish with its #if and no second one follows.
            sys.exit(f"{name}:{number}: a dragline include may not stand inside #if")
        if QUOTED.match(line):
            sys.exit(f"{name}:{number}: write <dragline/...>, an include in quotes is not joined")
        if found:
            expand(found.group(1), seen, out)
        elif not PRAGMA.match(line):
            out.append(line + "\n")


def single_headers():
    """The text of each generated header by name, and the files that went into them."""
    seen, main, testing = set(), [], []
    main.append(OPENING.format(title="Dragline"))
    expand(MAIN, seen, main)
    texts = {MAIN: "".join(main)}
    if (ROOT / TESTING).exists():
        testing.append(OPENING.format(title="The test servers of Dragline"))
        testing.append(f"#include <{MAIN}>\n\n")
        expand(TESTING, seen, testing)
        texts[TESTING] = "".join(testing)
    return texts, seen


def write(folder):
    for name, text in single_headers()[0].items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "ascii")


def check(folder):
    texts, seen = single_headers()
    files = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("dragline/**/*.[hi]pp")}
    if missing := sorted(files - seen - {SOURCE}):
        sys.exit(f"not reachable from {' or '.join(texts)}: {', '.join(missing)}")
    stale = [name for name, text in texts.items()
             if not (folder / name).exists() or (folder / name).read_text("ascii") != text]
    if stale:
        sys.exit(f"{', '.join(stale)} in {folder} is stale: run ./dev single")


def stubs(folder):
    names = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("dragline/**/*.hpp")}
    for name in names - {MAIN, TESTING, SOURCE}:
        of_testing = name.startswith("dragline/testing/")
        stub = folder / name
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text(f"#pragma once\n#include <{TESTING if of_testing else MAIN}>\n", "ascii")


if __name__ == "__main__":
    commands = {"--write": write, "--check": check, "--stubs": stubs}
    if len(sys.argv) != 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[2])
    commands[sys.argv[1]](folder.parents[1] if folder.suffix == ".hpp" else folder)
