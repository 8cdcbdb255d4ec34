"""``make mutants``: spoils the code by one small edit at a time and counts which the tests notice.

The same seed always picks the same edits of the same code. ``--only claims --all`` tries every edit
of one module; ``--show`` only prints what would be tried.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

# What the tests import from others is loaded once, here; what they import from us, in each trial.
import boto3
import httpx
import hypothesis
import PIL.Image
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from edits import Edit, edits
from trial import CORE, Trial, failed
from where import TESTS

_LOADED = (boto3, httpx, hypothesis, PIL.Image, pytest)


@dataclass(frozen=True)
class Verdict:
    """What became of an edit; ``failed`` is the test that noticed, empty when none did."""

    module: str
    edit: Edit
    failed: str


def main() -> int:
    """Tries the edits; 1 when fewer than 95 in 100 were noticed, 2 when the tests fail anyway."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="which edits are picked")
    parser.add_argument("--each", type=int, default=14, help="edits of a module")
    parser.add_argument("--all", action="store_true", help="every edit instead of some")
    parser.add_argument("--only", default="", help="modules whose name holds this")
    parser.add_argument("--like", default="", help="edits whose printed line holds this")
    parser.add_argument("--jobs", type=int, default=2, help="trials at once")
    parser.add_argument("--seconds", type=float, default=120.0, help="a trial's longest time")
    parser.add_argument("--quick", action="store_true", help="ask the unit tests only")
    parser.add_argument("--show", action="store_true", help="print the edits and try none")
    chosen = parser.parse_args()
    modules = [module for module in TESTS if chosen.only in module]
    texts = {module: (CORE / module).read_text("utf-8") for module in modules}
    picked = {module: _picked(module, texts[module], chosen) for module in modules}
    if chosen.show:
        for module, found in picked.items():
            print(module, *(f"  {each.words}" for each in found), sep="\n")
        return 0
    asked = {module: _asked(module, chosen.quick) for module in modules}
    began = time.monotonic()
    with ThreadPoolExecutor(chosen.jobs) as pool:
        one_of_each = {tuple(sorted(tests)): module for module, tests in asked.items()}
        sound = pool.map(lambda one: _sound(*one, chosen.seconds), one_of_each.items())
        broken = [each for each in sound if each]
        if broken:
            print("These tests fail without any edit:", *broken, sep="\n")
            return 2
        wanted = [(module, edit) for module, found in picked.items() for edit in found]
        verdicts = list(
            _told(
                pool.map(
                    lambda one: _verdict(*one, texts[one[0]], asked[one[0]], chosen.seconds), wanted
                )
            )
        )
    _show(verdicts, time.monotonic() - began)
    return int(sum(bool(each.failed) for each in verdicts) < 0.95 * len(verdicts))


def _picked(module: str, text: str, chosen: argparse.Namespace) -> list[Edit]:
    found = edits(text)
    if not chosen.all and len(found) > chosen.each:
        chance = random.Random(f"{chosen.seed} {module}")  # noqa: S311 - a sample
        places = chance.sample(range(len(found)), chosen.each)
        found = [found[place] for place in sorted(places)]
    return [each for each in found if chosen.like in each.words]


def _asked(module: str, quick: bool) -> tuple[str, ...]:
    return tuple(each for each in TESTS[module] if not quick or each.startswith("tests/unit"))


def _sound(tests: tuple[str, ...], module: str, seconds: float) -> str:
    text = (CORE / module).read_text("utf-8")
    return failed(Trial(module, text, tests, seconds * 4))


def _verdict(module: str, edit: Edit, text: str, tests: tuple[str, ...], seconds: float) -> Verdict:
    return Verdict(module, edit, failed(Trial(module, edit.apply(text), tests, seconds)))


def _told(verdicts: Iterator[Verdict]) -> Iterator[Verdict]:
    for each in verdicts:
        print(f"{each.module}:{each.edit.words}\n    {each.failed or 'NOBODY NOTICED'}", flush=True)
        yield each


def _show(verdicts: list[Verdict], seconds: float) -> None:
    print(f"\n{'module':<28}{'edits':>7}{'noticed':>9}")
    for module in dict.fromkeys(each.module for each in verdicts):
        of = [each for each in verdicts if each.module == module]
        print(f"{module:<28}{len(of):>7}{sum(bool(each.failed) for each in of):>9}")
    noticed = sum(bool(each.failed) for each in verdicts)
    share = noticed / max(1, len(verdicts))
    print(f"{'together':<28}{len(verdicts):>7}{noticed:>9}  {share:.1%} in {seconds:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
