#!/usr/bin/env python3
"""Adds up a run of CTest: each test case of a Catch2 program counts, every other CTest test counts as one.

  count.py RESULTS     the folder with ctest.xml (ctest --output-junit) and <test>.xml (Catch2 --reporter xml)

Prints what was skipped and what failed, then 'N passed, N failed'.
"""
import pathlib
import sys
import xml.etree.ElementTree as xml


def test_cases(report):
    """(passed, failed, skipped) of a Catch2 program; None when it did not live to write them."""
    try:
        root = xml.parse(report).getroot()
    except (OSError, xml.ParseError):
        return None
    total = root.find("OverallResultsCases")
    if total is None:
        return None
    return tuple(int(total.get(key, 0)) for key in ("successes", "failures", "skips"))


def main(results):
    passed = failed = skipped = 0
    for test in xml.parse(results / "ctest.xml").getroot().iter("testcase"):
        name, good = test.get("name"), test.get("status") == "run"
        cases = test_cases(results / f"{name}.xml") or (int(good), 0, 0)
        passed += cases[0]
        failed += max(cases[1], int(not good))
        skipped += cases[2]
        if not good:
            print(f"failed: {name}")
    if skipped:
        print(f"{skipped} test cases say that they were skipped")
    print(f"{passed} passed, {failed} failed")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1])) if len(sys.argv) == 2 else sys.exit(__doc__)
