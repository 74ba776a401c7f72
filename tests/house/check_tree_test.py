#!/usr/bin/env python3
"""Breaks a small tree in every way that check_tree.py forbids, and sees that each breakage is named."""
import pathlib
import subprocess
import sys
import tempfile

CHECK = pathlib.Path(__file__).with_name("check_tree.py")

TREE = {
    "CMakeLists.txt": "set(modules core async url codec h1 dns tls net http redis scan experiment testing)\n",
    "include/dragline/core.hpp": "// Core. Start with a.\n#pragma once\n\n#include <dragline/core/a.hpp>\n"
                                 "#include <dragline/core/asio.hpp>\n#include <dragline/core/features.hpp>\n",
    "include/dragline/core/a.hpp": "// A.\n#pragma once\n",
    "include/dragline/core/features.hpp": "// Macros.\n#pragma once\n",
    "include/dragline/core/asio.hpp": "// Asio.\n#pragma once\n\n#include <asio/version.hpp>\n",
    "include/dragline/url.hpp": "// URL. Start with u.\n#pragma once\n\n#include <dragline/url/u.hpp>\n",
    "include/dragline/url/u.hpp": "// U.\n#pragma once\n\n#include <dragline/core/a.hpp>\n",
    "include/dragline/http.hpp": "// HTTP. Start with x.\n#pragma once\n\n#include <dragline/http/wire/w.hpp>\n"
                                 "#include <dragline/http/x.hpp>\n",
    "include/dragline/http/x.hpp": "// X.\n#pragma once\n\n#include <dragline/http/detail/y.hpp>\n\n"
                                   "class x {};\n\n#include <dragline/http/impl/x.ipp>\n",
    "include/dragline/http/impl/x.ipp": "// X.\n#pragma once\n\n#if DRAGLINE_HEADER_BODIES\n\n#include <string>\n\n"
                                        "int body;\n\n#endif\n",
    "include/dragline/http/detail/y.hpp": "// Y.\n#pragma once\n\n#include <dragline/core/asio.hpp>\n"
                                          "#include <dragline/core/features.hpp>\n",
    "include/dragline/http/wire/w.hpp": "// W.\n#pragma once\n\n#include <dragline/core/a.hpp>\n",
    "include/dragline/testing.hpp": "// Testing. Start with t.\n#pragma once\n\n#include <dragline/testing/t.hpp>\n",
    "include/dragline/testing/t.hpp": "// T.\n#pragma once\n",
    "include/dragline/dragline.hpp": "// All.\n#pragma once\n\n#include <dragline/core.hpp>\n"
                                     "#include <dragline/http.hpp>\n#include <dragline/url.hpp>\n",
    "include/dragline/src.hpp": "// Bodies.\n#pragma once\n\n#include <dragline/dragline.hpp>\n"
                                "#include <dragline/testing.hpp>\n",
    "examples/e.cpp": "",
    "tests/fuzz/f.cpp": "",
    "tests/fuzz/corpus/f/seed": "",
}
for header in ("core/a", "core/asio", "core/features", "url/u", "http/x", "http/wire/w", "testing/t"):
    TREE[f"tests/{header}.cpp"] = (f"#include <dragline/{header}.hpp>\n\n"
                                   f'TEST_CASE("works", "[{header.split("/")[0]}][x]") {{\n}}\n')

X, W, IPP = "include/dragline/http/x.hpp", "include/dragline/http/wire/w.hpp", "include/dragline/http/impl/x.ipp"
HTTP, ALL, TEST = "include/dragline/http.hpp", "include/dragline/dragline.hpp", "tests/http/x.cpp"


def include(name):
    return "#pragma once\n", f"#pragma once\n#include <{name}>\n"


def body(code):
    return "int body;", code


# (what is wrong, file, old text, new text, part of what the check must say); old None: the file is new; new None: gone
BREAKAGES = [
    ("a lower module includes a higher one", "include/dragline/core/a.hpp", *include("dragline/http/x.hpp"), "core may not"),
    ("an equal module", "include/dragline/codec/c.hpp", None, "// C.\n#pragma once\n#include <dragline/url/u.hpp>\n",
     "codec may not include url"),
    ("wire includes asio", W, *include("asio/buffer.hpp"), "reaches <asio> itself"),
    ("wire reaches asio", W, *include("dragline/core/asio.hpp"), "reaches <asio> through core/asio.hpp"),
    ("url reaches asio", "include/dragline/url/u.hpp", *include("dragline/core/asio.hpp"), "reaches <asio> through"),
    ("a cycle", "include/dragline/http/detail/y.hpp", *include("dragline/http/x.hpp"), "include cycle: "),
    ("an umbrella forgets a header", HTTP, "#include <dragline/http/x.hpp>\n", "", "missing from http.hpp"),
    ("an umbrella lists a private header", HTTP, *include("dragline/http/detail/y.hpp"), "no public header"),
    ("an umbrella in disorder", "include/dragline/core.hpp", *include("dragline/core/asio.hpp"), "not in order"),
    ("an umbrella without a start", HTTP, "Start with x", "See x", "Start with"),
    ("dragline.hpp forgets a module", ALL, "#include <dragline/http.hpp>\n", "", "missing from dragline.hpp"),
    ("src.hpp forgets testing", "include/dragline/src.hpp", "#include <dragline/testing.hpp>\n", "", "missing from src"),
    ("a private header of others", "include/dragline/testing/t.hpp", *include("dragline/http/detail/y.hpp"), "is private"),
    ("bodies of others", W, *include("dragline/http/impl/x.ipp"), "belongs to http/x.hpp"),
    ("bodies include their owner", IPP, *include("dragline/http/x.hpp"), "never includes its owner"),
    ("bodies without the macro that they stand behind", "include/dragline/http/detail/y.hpp",
     "#include <dragline/core/features.hpp>\n", "", "no include before the bodies reaches"),
    ("bodies without a guard", IPP, "#if DRAGLINE_HEADER_BODIES", "#if 1", "bodies stand in one #if"),
    ("an include inside #if", IPP, "#include <string>", "#include <dragline/core/a.hpp>", "not stand inside #if"),
    ("a heavy include outside #if", IPP, *include("string"), "included inside the #if"),
    ("bodies without an owner", "include/dragline/http/impl/z.ipp", None, "// Z.\n#pragma once\n", "no owner"),
    ("bodies in the middle", X, "impl/x.ipp>\n", "impl/x.ipp>\nclass z {};\n", "by the last lines"),
    ("an include of nothing", X, *include("dragline/http/gone.hpp"), "no such header"),
    ("an umbrella included", X, *include("dragline/core.hpp"), "not the umbrella"),
    ("a test is missing", TEST, "", None, "no test at"),
    ("a test includes its header second", TEST, "#include", "#include <string>\n#include", "first"),
    ("a test with another tag", TEST, "[http]", "[net]", "first tag"),
    ("a test without a tag", TEST, ', "[http][x]"', "", "first tag"),
    ("a macro", X, "class x", "#define Y\nclass x", "macros live"),
    ("static", X, "class x", "static int y;\nclass x", "one copy per"),
    ("an anonymous namespace", X, "class x", "namespace {\n}\nclass x", "one copy per"),
    ("using namespace", X, "class x", "using namespace std;\nclass x", "leaks"),
    ("printing", IPP, *body("void f() { std::cerr << 1; }"), "never prints"),
    ("an end of the program", IPP, *body("void f() { std::abort(); }"), "never ends"),
    ("all of Asio", X, *include("asio.hpp"), "narrow headers"),
    ("an include in quotes", X, "#pragma once\n", '#pragma once\n#include "y.hpp"\n', "write <dragline"),
    ("#ifdef", X, "class x", "#ifdef DRAGLINE_X\n#endif\nclass x", "use #if"),
    ("a system macro", X, "class x", "#if defined(_WIN32)\n#endif\nclass x", "conditions on the system"),
    ("an Asio version", X, "class x", "#if ASIO_VERSION > 1\n#endif\nclass x", "conditions on Asio"),
    ("cancellation reset", IPP, *body("reset_cancellation_state"), "cancellation of its caller"),
    ("a feature in two places", X, "class x", "#if DRAGLINE_WITH_A\n#endif\nclass x", "in more than one place"),
    ("unfinished work", X, "class x", "int y;  TODO\nclass x", "finish it"),
    ("a long header", W, "// W.\n", "// W.\n" + "\n" * 301, "split it"),
    ("a long test", TEST, "#include", "\n" * 401 + "#include", "split it"),
    ("a long example", "examples/e.cpp", "", "\n" * 81, "split it"),
    ("an accent", W, "// W.", "// \u00e9", "not ASCII"),
    ("no #pragma once", W, "#pragma once", "", "exactly one"),
    ("no opening comment", W, "// W.\n", "", "opens with"),
    ("a long comment", X, "class x", "/// y\n" * 13 + "class x", "at most 12 lines"),
    ("a module without a rank", "include/dragline/new/n.hpp", None, "// N.\n#pragma once\n", "has no rank"),
    ("another order in CMake", "CMakeLists.txt", "core async", "async core", "not that of RANK"),
    ("a fuzz target without seeds", "tests/fuzz/corpus/f/seed", "", None, "no seeds"),
]


def check(tree):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in tree.items():
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        ran = subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True)
        return ran.returncode, ran.stdout + ran.stderr


status, said = check(TREE)
wrong = [f"the sound tree: {said}"] if status else []
for title, name, old, new, expected in BREAKAGES:
    tree = dict(TREE)
    if title == "a feature in two places":
        tree[W] += "#if DRAGLINE_WITH_A\n#endif\n"
    if new is None:
        del tree[name]
    elif old is None:
        tree[name] = new
    else:
        assert old in tree[name], title
        tree[name] = tree[name].replace(old, new, 1)
    status, said = check(tree)
    if status != 1 or expected not in said:
        wrong.append(f"{title}: not named: {said}")
print("\n".join(wrong) or f"{len(BREAKAGES)} breakages, each named")
sys.exit(bool(wrong))
