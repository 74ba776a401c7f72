#!/usr/bin/env python3
"""Two files of a program may include everything: no header leaves a strong definition in an object file.

  one_definition.py NM OBJECT...     objects of unit_single, which include all headers
"""
import re
import subprocess
import sys


def main(nm, objects):
    symbols = "".join(subprocess.run([nm, "--demangle", "--defined-only", *objects], check=True,
                                     capture_output=True, text=True).stdout)
    weak = re.findall(r"^[0-9a-f]+ [WVu] .*dragline::", symbols, re.M)
    strong = re.findall(r"^[0-9a-f]+ [TDBRC] (.*dragline::.*)$", symbols, re.M)
    if not weak:
        sys.exit("no symbol of dragline in these objects")
    if strong:
        sys.exit("not inline, so two files cannot both include it:\n" + "\n".join(strong))
    print(f"{len(weak)} definitions, all of them inline")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:]) if len(sys.argv) > 2 else sys.exit(__doc__)
