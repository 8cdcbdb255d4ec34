"""``python -m bench [NAME …]``: runs the named benchmarks, all of them without a name."""

from __future__ import annotations

import argparse
import importlib
import sys

from bench.report import as_markdown, keep, kept, write_page

NAMES = ("throughput", "pacing", "sheets", "publishing", "cost", "start", "scale")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    names = parser.parse_args().names or NAMES
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}: choose of {', '.join(NAMES)}")
    missed = False
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        result = importlib.import_module(f"bench.{name}").run()
        keep(result)
        print(as_markdown([result]), flush=True)
        missed |= any(line.met is False for line in result.lines)
    write_page(result for name in NAMES if (result := kept(name)) is not None)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
