"""Runs tests against a module with one edit in it, which stands in memory only."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import io
import multiprocessing
import os
import resource
import signal
import sys
import types
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "layers" / "shared" / "rowshot"
_OPTIONS = (
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",  # of plugins that are loaded already
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "--tb=no",
    "--no-header",
    "--no-summary",
)
_ENDLESS = "does not end"
_MEMORY = 4 << 30  # bytes of address space; an edit may make a loop that only collects


@dataclass(frozen=True)
class Trial:
    """One edit of one module before its tests.

    Args:
        module: Path of the module below the core.
        text: Its whole text, with the edit.
        tests: What is run until the first failure.
        seconds: Of the processor, or ten times as many of the clock, after which an edit counts as
            noticed because the tests do not come to an end.
    """

    module: str
    text: str
    tests: Sequence[str]
    seconds: float


def failed(trial: Trial) -> str:
    """The first test that failed; empty when all passed, so that nobody noticed.

    Unit tests come first and file by file, for most edits fail them; the others come in one
    process of their own, because each of them needs everything.
    """
    unit = [[each] for each in trial.tests if each.startswith("tests/unit")]
    others = [each for each in trial.tests if [each] not in unit]
    return _failed(trial, unit) or (_failed(trial, [others]) if others else "")


def _failed(trial: Trial, rungs: Sequence[Sequence[str]]) -> str:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_try, args=(trial, rungs, theirs))
    process.start()
    theirs.close()
    try:
        return str(ours.recv()) if ours.poll(trial.seconds * 10) else _ENDLESS
    except EOFError:
        process.join()
        return _ENDLESS if process.exitcode == -signal.SIGXCPU else "ends the interpreter"
    finally:
        process.kill()
        process.join()


def _try(trial: Trial, rungs: Sequence[Sequence[str]], tell: Connection) -> None:
    os.chdir(ROOT)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(trial.seconds), int(trial.seconds) + 5))
    name = "rowshot." + trial.module.removesuffix(".py").replace("/", ".")
    for known in [each for each in sys.modules if each.split(".")[0] in ("rowshot", "support")]:
        del sys.modules[known]
    sys.meta_path.insert(0, _Planted(name, trial.text, CORE / trial.module))
    first = _First()
    said = io.StringIO()
    for tests in rungs:  # one after the other: what is not needed is not even imported
        with redirect_stdout(said), redirect_stderr(said):
            status = pytest.main([*_OPTIONS, *tests], plugins=[first])
        if status and not first.failed:
            first.failed = f"pytest ended with {int(status)}: {said.getvalue()[-300:]}"
        if first.failed:
            break
    tell.send(first.failed)


class _First:
    failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.failed:
            self.failed = f"{report.nodeid} cannot be imported"


class _Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, name: str, text: str, path: Path) -> None:
        self._name, self._text, self._path = name, text, path

    def find_spec(
        self, fullname: str, path: object, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=str(self._path))

    def exec_module(self, module: types.ModuleType) -> None:
        module.__file__ = str(self._path)
        exec(compile(self._text, str(self._path), "exec"), module.__dict__)  # noqa: S102
