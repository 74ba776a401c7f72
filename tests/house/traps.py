#!/usr/bin/env python3
"""The table of traps in tests/dns/scripted_faults.cpp names tests that exist."""
import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
TABLE = TESTS / "dns" / "scripted_faults.cpp"


def names_of_tests():
    found = set()
    for path in TESTS.rglob("*.cpp"):
        for case in re.finditer(r'^TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', path.read_text("utf-8"), re.M):
            found.add("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', case.group(1))))
    return found


def names_in_table():
    """A name follows two spaces, a comma, or the slashes; other quotes are words of a trap."""
    for number, line in enumerate(TABLE.read_text("utf-8").splitlines(), 1):
        if not line.startswith("//"):
            if "namespace" in line:
                return
            continue
        for name in re.findall(r'(?:  |, )"([^"]+)"', line):
            yield number, name


tests, listed = names_of_tests(), list(names_in_table())
missing = [f"{TABLE.name}:{number}: no test is called \"{name}\"" for number, name in listed if name not in tests]
print("\n".join(missing) or f"{len(listed)} tests of the table exist")
sys.exit(1 if missing or len(listed) < 50 else 0)
