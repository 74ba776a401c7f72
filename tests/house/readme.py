#!/usr/bin/env python3
"""The first code block of README.md does what examples/fetch.cpp does: its coroutine stands there, word for word."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

readme = (ROOT / "README.md").read_text("ascii")
example = (ROOT / "examples" / "fetch.cpp").read_text("ascii")
begin = example.index("asio::awaitable<void> show")
coroutine = example[begin:example.index("\n}\n", begin) + 3]

wrong = []
if coroutine not in readme:
    wrong.append("README.md lacks the coroutine of examples/fetch.cpp, as it stands there")
if (lines := readme.count("\n")) > 150:
    wrong.append(f"README.md has {lines} lines, at most 150")
print("\n".join(wrong) or "README.md is as examples/fetch.cpp")
sys.exit(bool(wrong))
