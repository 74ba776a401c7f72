#!/usr/bin/env python3
"""The tables of traps and of requirements name tests that exist: in the opening comment of a test file, and in
Markdown."""
import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
TABLES = {"dns/scripted_faults.cpp": 50, "http/traps.md": 250, "http/rfc9110_rfc9112.md": 160}  # and names, at least


def names_of_tests():
    found = set()
    for path in TESTS.rglob("*.cpp"):
        for case in re.finditer(r'^TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', path.read_text("utf-8"), re.M):
            found.add("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', case.group(1))))
    return found


def names_in_comment(text):
    """A name follows two spaces, a comma, or the slashes; other quotes are words of a trap."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("//"):
            if "namespace" in line:
                return
            continue
        for name in re.findall(r'(?:  |, )"([^"]+)"', line):
            yield number, name


def names_in_markdown(text):
    """Names stand in the last column. A row without one says so: it is a heading, or not claimed."""
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells or cells[0] in ("from", "section", "---") or cells[0].startswith("**"):
            continue
        found = re.findall(r'"([^"]+)"', cells[-1])
        if not found and not cells[-1].startswith("not claimed: "):
            yield number, "(none, and nothing says why)"
        for name in found:
            yield number, name


tests, complaints = names_of_tests(), []
for table, least in TABLES.items():
    text = (TESTS / table).read_text("utf-8")
    listed = list((names_in_markdown if table.endswith(".md") else names_in_comment)(text))
    complaints += [f'{table}:{number}: no test is called "{name}"' for number, name in listed if name not in tests]
    if len(listed) < least:
        complaints.append(f"{table}: {len(listed)} names were found, at least {least} are expected")
    print(f"{table}: {len(listed)} tests are named")
print("\n".join(complaints) or "all of them exist")
sys.exit(1 if complaints else 0)
