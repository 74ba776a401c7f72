"""What the house checks read out of the headers. Line by line: clang-format has put everything in its place."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include" / "dragline"


def public_headers():
    """Every header that a user may include, but for umbrellas and src.hpp."""
    for path in sorted(INCLUDE.glob("*/**/*.hpp")):
        if not {"detail", "impl"} & set(path.relative_to(INCLUDE).parts):
            yield path


def public_types(path):
    """The classes that `path` defines at namespace scope, qualified; templates left out."""
    space, template = "", False
    for line in path.read_text("utf-8").splitlines():
        if found := re.match(r"namespace dragline::inline v1((?:::\w+)*) \{", line):
            space = "dragline" + found.group(1)
        elif line.startswith("namespace"):
            space = ""
        elif line.startswith("template"):
            template = True
        elif found := re.match(r"(?:class|struct) (?:\[\[\w+\]\] )?(\w+)(?: final)?(?: :.*)? ?\{", line):
            if space and not template and "::detail" not in space:
                yield f"{space}::{found.group(1)}"
            template = False
        elif line and not line[0].isspace() and not line.startswith(("requires", "//")):
            template = False
