#!/usr/bin/env python3
"""House rules that a compiler does not check. Prints every breach, then fails.

  check_tree.py [ROOT]     the tree to check; this one when left out
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
ROOT = ROOT if ROOT.is_dir() else ROOT.parents[2]
INCLUDE, TESTS = ROOT / "include" / "dragline", ROOT / "tests"

# A module may include only modules with a smaller number. Equal numbers are strangers.
RANK = {
    "core": 0,
    "async": 1, "url": 1, "codec": 1, "h1": 1,
    "dns": 2, "tls": 2,
    "net": 3,
    "http": 4, "redis": 4,
    "scan": 5, "experiment": 5,
    "testing": 6,
}
# Never reaches <asio...>, even indirectly: these modules, every wire/ folder, and these headers and folders.
PURE_MODULES = {"url", "codec", "h1"}
PURE_HEADERS = {"tls/engine.hpp", "tls/verify.hpp", "http/events/event_stream_parser.hpp",
                "net/framing/codecs.hpp", "net/framing/frame_codec.hpp", "net/framing/length_prefixed.hpp",
                "net/secure_channel/packet.hpp", "net/secure_channel/secure_channel.hpp"}
PURE_FOLDERS = ("http/authentication/", "http/cookies/")

SOFT_LINES, HARD_LINES, TEST_LINES, EXAMPLE_LINES = 300, 500, 400, 80
BIG = {                             # with the reason
    "examples/probe.cpp": "a program of its own",
    "examples/subdomains.cpp": "a program of its own",
}
FOLDER_HEADERS = 20

# Only these may do what nobody else does.
MACROS = {"core/features.hpp", "src.hpp"}
PLATFORM = ("core/platform.hpp", "core/platform/files.hpp", "core/platform/memory.hpp", "core/platform/sockets.hpp")
ASIO = "core/asio.hpp"

FORBIDDEN = {
    r"^(static\b|namespace\s*\{)": "one copy per translation unit; use inline or detail",
    r"\busing namespace\b": "leaks into every includer",
    r"\bstd::(cout|cerr|clog|puts|printf|perror)\b|^\s*(puts|printf|perror)\(": "the library never prints",
    r"\bstd::(abort|exit|quick_exit|terminate)\b|^\s*(abort|exit)\(": "the library never ends the program",
    r"^\s*#\s*include\s*<(asio|bits/stdc\+\+.h)(\.hpp)?>": "include the narrow headers",
    r"^\s*#\s*include\s*\"": "write <dragline/...>: the single header joins nothing else",
    r"^\s*#\s*ifn?def\b.*\bDRAGLINE_": "a Dragline macro is 0 or 1: use #if",
    r"\b(TODO|FIXME|XXX)\b": "finish it, or open an issue",
}
SYSTEM_MACRO = r"^\s*#\s*(el)?if.*\b(_WIN32|_WIN64|__linux__|__APPLE__|__unix__|__FreeBSD__|_MSC_VER)\b"

breaches = []


def breach(path, line, text):
    breaches.append(f"{path.relative_to(ROOT).as_posix()}:{line}: {text}")


def module_of(name):
    """core of core/error.hpp, and of core.hpp."""
    parts = pathlib.PurePosixPath(name).parts
    return parts[0] if len(parts) > 1 else pathlib.PurePosixPath(name).stem


def owner_of(name):
    """The header that alone includes this part: m/x.hpp of m/impl/x.ipp."""
    path = pathlib.PurePosixPath(name)
    return (path.parent.parent / (path.stem + ".hpp")).as_posix()


def is_part(name):
    return pathlib.PurePosixPath(name).parent.name == "impl"


def code(line):
    return re.sub(r"//.*", "", line)


class Header:
    def __init__(self, path):
        self.path, self.name = path, path.relative_to(INCLUDE).as_posix()
        self.module, self.umbrella = module_of(self.name), "/" not in self.name
        self.text = path.read_text("utf-8")
        self.lines = self.text.splitlines()
        self.includes = []  # (line number, name, depth of #if)
        depth = 0
        for number, line in enumerate(self.lines, 1):
            depth += bool(re.match(r"\s*#\s*if", line)) - bool(re.match(r"\s*#\s*endif", line))
            if found := re.match(r"\s*#\s*include\s*[<\"]([^>\"]+)[>\"]", line):
                self.includes.append((number, found.group(1), depth))
        self.ours = [name.removeprefix("dragline/") for _, name, _ in self.includes if name.startswith("dragline/")]
        self.asio = any(name.startswith("asio") for _, name, _ in self.includes)

    def breach(self, line, text):
        breach(self.path, line, text)


headers = {h.name: h for h in map(Header, sorted(INCLUDE.rglob("*.[hi]pp")))}


def check_form(header):
    lines = header.lines
    if not header.text.isascii():
        header.breach(1, "not ASCII")
    if lines.count("#pragma once") != 1:
        header.breach(1, "needs exactly one #pragma once")
    elif lines.index("#pragma once") not in (1, 2, 3) or not all(l.startswith("//") for l in lines[:lines.index("#pragma once")]):
        header.breach(1, "opens with 1 to 3 comment lines, then #pragma once")
    if not header.umbrella and header.module not in RANK:
        header.breach(1, f"module {header.module} has no rank")
    block = 0
    for number, line in enumerate(lines, 1):
        block = block + 1 if line.lstrip().startswith("///") and not line.lstrip().startswith("///<") else 0
        if block == 13:
            header.breach(number, "a /// block has at most 12 lines")
        for pattern, reason in FORBIDDEN.items():
            if re.search(pattern, code(line)):
                header.breach(number, reason)
        if re.match(r"\s*#\s*(define|undef)\b", line) and header.name not in MACROS:
            header.breach(number, "macros live in core/features.hpp only")
        if re.search(SYSTEM_MACRO, line) and header.name not in PLATFORM:
            header.breach(number, f"conditions on the system live in {PLATFORM[0]} and its folder only")
        if re.search(r"\breset_cancellation_state\b", code(line)) and header.module != "async":
            header.breach(number, "a body never changes the cancellation of its caller")
        if re.search(r"\bASIO_VERSION\b", code(line)) and header.name != ASIO:
            header.breach(number, f"conditions on Asio live in {ASIO} only")


def check_size(path, limit):
    count, name = len(path.read_bytes().splitlines()), path.relative_to(ROOT).as_posix()
    hard = HARD_LINES if path.suffix in (".hpp", ".ipp") else count
    if count > hard or (count > limit and name.removeprefix("include/dragline/") not in BIG):
        breach(path, count, f"{count} lines, at most {limit}: split it, or list it in BIG with the reason")


def check_includes(header):
    for number, name, depth in header.includes:
        if not name.startswith("dragline/"):
            continue
        name = name.removeprefix("dragline/")
        other = module_of(name)
        if depth:
            header.breach(number, "a dragline include may not stand inside #if")
        if name not in headers:
            header.breach(number, f"no such header: <dragline/{name}>")
        elif is_part(name) and owner_of(name) != header.name:
            header.breach(number, f"<dragline/{name}> belongs to {owner_of(name)} only")
        elif is_part(header.name) and owner_of(header.name) == name:
            header.breach(number, "a part never includes its owner")
        elif other != header.module and "/detail/" in name:
            header.breach(number, f"<dragline/{name}> is private to {other}")
        elif not header.umbrella and "/" not in name:
            header.breach(number, "include the header, not the umbrella")
        elif not header.umbrella and other != header.module and RANK.get(other, 99) >= RANK.get(header.module, -1):
            header.breach(number, f"{header.module} may not include {other}")


def defines_macros(header, seen):
    """Whether core/features.hpp, of which the macros are, stands among what the header includes."""
    for name in header.ours:
        if name == "core/features.hpp":
            return True
        if name not in seen and name in headers:
            seen.add(name)
            if defines_macros(headers[name], seen):
                return True
    return False


def check_part(header):
    """impl/x.hpp and impl/x.ipp: included by x.hpp, after everything else there."""
    owner = headers.get(owner_of(header.name))
    if owner is None:
        return header.breach(1, f"has no owner {owner_of(header.name)}")
    if header.name not in owner.ours:
        return header.breach(1, f"is not included by {owner.name}")
    number = next(n for n, name, _ in owner.includes if name == f"dragline/{header.name}")
    if any(l and not l.startswith("#include <dragline/") for l in owner.lines[number:]):
        owner.breach(number, "parts are included by the last lines")
    if not header.name.endswith(".ipp"):
        return
    guard = [n for n, l in enumerate(header.lines, 1) if re.match(r"\s*#\s*if DRAGLINE_HEADER_BODIES$", l)]
    if len(guard) != 1 or header.lines[-1] != "#endif":
        return header.breach(1, "bodies stand in one #if DRAGLINE_HEADER_BODIES ... #endif, to the last line")
    for number, name, depth in header.includes:
        if not name.startswith("dragline/") and not depth:
            header.breach(number, "what only bodies need is included inside the #if")
    if not defines_macros(owner, {header.name}):
        owner.breach(number, "no include before the bodies reaches core/features.hpp: there would be none")
    if any("namespace" in l and not l.startswith("//") for l in header.lines[:guard[0]]):
        header.breach(guard[0], "code stands before #if DRAGLINE_HEADER_BODIES")


def check_test(header):
    """One test per public header, at the same relative path, that includes it first."""
    test = (TESTS / header.name).with_suffix(".cpp")
    if not test.exists():
        return header.breach(1, f"no test at {test.relative_to(ROOT)}")
    first = next((l for l in test.read_text().splitlines() if l.startswith("#include")), "")
    if not first.startswith(f"#include <dragline/{header.name}>"):
        breach(test, 1, f"includes <dragline/{header.name}> first")


def check_umbrella(module):
    """A module header lists every public header of its folder, in order: it is the table of contents."""
    umbrella = headers.get(module + ".hpp")
    public = [name for name in headers if name.startswith(module + "/") and name.endswith(".hpp")
              and not {"detail", "impl"} & set(name.split("/"))]
    if umbrella is None:
        return breach(INCLUDE / module, 1, f"has no umbrella {module}.hpp")
    for name in sorted(set(public) - set(umbrella.ours)):
        headers[name].breach(1, f"missing from {module}.hpp")
    for name in sorted(set(umbrella.ours) - set(public)):
        umbrella.breach(1, f"lists {name}, which is no public header of {module}")
    if umbrella.ours != sorted(umbrella.ours):
        umbrella.breach(1, "the list is not in order")
    if not any("Start with" in line for line in umbrella.lines[:3]):
        umbrella.breach(1, 'the opening comment says "Start with ..."')
    whole = headers["dragline.hpp"].ours + headers["src.hpp"].ours
    if umbrella.name not in whole:
        umbrella.breach(1, "missing from dragline.hpp" if module != "testing" else "missing from src.hpp")
    direct = [name for name in public if name.count("/") == 1]
    if len(direct) > FOLDER_HEADERS:
        umbrella.breach(1, f"{len(direct)} public headers in {module}/, at most {FOLDER_HEADERS}: split the module")


def check_library():
    """CMake compiles the modules in an order that the ranks allow, each after all that it may include."""
    listed = re.search(r"^set\(modules (.*)\)$", (ROOT / "CMakeLists.txt").read_text(), re.M).group(1).split()
    if sorted(listed) != sorted(RANK) or [RANK[m] for m in listed] != sorted(RANK.values()):
        breaches.append("CMakeLists.txt: the list of modules is not that of RANK, lowest first")


def check_purity(header):
    reached, todo = set(), [header.name]
    while todo:
        name = todo.pop()
        if name in headers and name not in reached:
            reached.add(name)
            todo += headers[name].ours
    for name in sorted(reached):
        if headers[name].asio:
            header.breach(1, "is pure, but reaches <asio> " + (f"through {name}" if name != header.name else "itself"))


def check_cycles():
    state = {}

    def visit(name, trail):
        if state.get(name) == 1:
            breaches.append("include cycle: " + " -> ".join(trail[trail.index(name):] + [name]))
        elif name not in state and name in headers:
            state[name] = 1
            for following in headers[name].ours:
                visit(following, trail + [name])
            state[name] = 2

    for name in headers:
        visit(name, [])


def check_features():
    """One header (with its parts) per optional library asks for its macro; all others ask features::."""
    users = {}
    for header in headers.values():
        for macro in re.findall(r"\bDRAGLINE_WITH_\w+", "\n".join(map(code, header.lines))):
            if header.name not in MACROS:
                users.setdefault(macro, set()).add(owner_of(header.name) if is_part(header.name) else header.name)
    for macro, names in users.items():
        if len(names) > 1:
            breaches.append(f"{macro} is asked for in more than one place: {', '.join(sorted(names))}")


def check_test_file(path):
    """Names are sentences; the first tag is the folder: `unit "[dns]"` then runs the tests of dns."""
    module, text = path.relative_to(TESTS).parts[0], path.read_text("utf-8")
    for found in re.finditer(r"^(?:TEMPLATE_)?TEST_CASE(?:_METHOD|_SIG)?\((.*?)\)\s*\{", text, re.M | re.S):
        line = text.count("\n", 0, found.start()) + 1
        tags = re.search(r'"((?:\[[^\]"]+\])+)"', found.group(1))
        if tags is None or not tags.group(1).startswith(f"[{module}]"):
            breach(path, line, f"the first tag of a test here is [{module}]")


def check_fuzz(path):
    corpus = path.parent / "corpus" / path.stem
    if not corpus.is_dir() or not any(corpus.iterdir()):
        breach(path, 1, f"no seeds in {corpus.relative_to(ROOT)}")


for header in headers.values():
    check_form(header)
    check_size(header.path, SOFT_LINES)
    check_includes(header)
    if is_part(header.name):
        check_part(header)
    elif not header.umbrella and "/detail/" not in header.name:
        check_test(header)
    if header.module in PURE_MODULES or "/wire/" in header.name or header.name in PURE_HEADERS \
            or header.name.startswith(PURE_FOLDERS):
        check_purity(header)
for folder in sorted(p for p in INCLUDE.iterdir() if p.is_dir()):
    check_umbrella(folder.name)
check_cycles()
check_features()
check_library()
for path in sorted(TESTS.rglob("*.[hc]pp")):
    check_size(path, TEST_LINES)
    if path.suffix == ".cpp" and path.relative_to(TESTS).parts[0] in {*RANK, "integration"}:
        check_test_file(path)
for path in sorted((TESTS / "fuzz").glob("*.cpp")):
    if path.name != "replay.cpp":
        check_fuzz(path)
for path in sorted((ROOT / "examples").glob("*.cpp")):
    check_size(path, EXAMPLE_LINES)

print("\n".join(breaches) or f"{len(headers)} headers, no breach")
sys.exit(bool(breaches))
