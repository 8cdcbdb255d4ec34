"""Snapshots of the engine's memory on disk: complete, checked, and picked at the next start.

A snapshot is a folder ``000042`` that holds one JSON file a service and ``manifest.json`` with the
checksum of each. It is written under another name and renamed when complete, so a kill at any
moment leaves the one before it whole. This module knows files only, nothing of the engine.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path

MANIFEST = "manifest.json"
KEPT = 2


class Outcome(Enum):
    """What an engine found when it started."""

    NEW = "new"
    CLEAN = "clean"
    RECOVERED = "recovered"
    LOST = "lost"


@dataclass(frozen=True)
class Recovery:
    """What was kept from the time before.

    Args:
        outcome: NEW: there was nothing. CLEAN: the last engine stopped in order, nothing is
            missing. RECOVERED: it was killed; its last sound snapshot is in use, and what happened
            in the seconds after it is missing. LOST: no snapshot was sound; only S3 objects remain.
        taken_at: When the snapshot in use was taken, Unix seconds; None without one.
        set_aside: Damaged snapshots, moved here and never read again.
        port: Where the engine listened when the snapshot in use was taken; 0 without one.
    """

    outcome: Outcome
    taken_at: float | None = None
    set_aside: tuple[Path, ...] = ()
    port: int = 0

    def sentence(self) -> str:
        """The outcome in one plain sentence."""
        if self.outcome is Outcome.NEW:
            return "The local engine starts with an empty state."
        if self.outcome is Outcome.CLEAN:
            return "The local engine continues with the state of its last run."
        if self.outcome is Outcome.RECOVERED:
            age = max(0, round(time.time() - (self.taken_at or 0.0)))
            return (
                "The local engine was killed last time; it continues from the snapshot taken"
                f" {age} seconds ago."
            )
        return (
            "The local engine's last state is lost"
            + (
                f" (what is left of it lies in {self.set_aside[0].parent})"
                if self.set_aside
                else ""
            )
            + "; it starts afresh, and pictures and dropped sheets are still there."
        )


@dataclass(frozen=True)
class _Manifest:
    """What lies beside a snapshot's files.

    Args:
        taken_at: Unix seconds.
        final: Whether the engine did nothing more after it.
        port: Where the engine listened.
        files: Checksum by file name.
    """

    taken_at: float
    final: bool
    port: int
    files: dict[str, str]


@contextmanager
def writing(root: Path, *, port: int, final: bool) -> Iterator[Path]:
    """Yields an empty folder to fill with one file a service; makes a snapshot of it.

    Nothing is kept when the body raises. Older snapshots than the last ``KEPT`` are removed.

    Args:
        root: The folder of all snapshots.
        port: Where the engine listens.
        final: Whether the engine does nothing more after this one.
    """
    root.mkdir(parents=True, exist_ok=True)
    number = max((int(path.name) for path in _numbered(root)), default=0) + 1
    draft = root / f"{number:06d}.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        yield draft
        files = {path.name: _checksum(path) for path in sorted(draft.iterdir())}
        manifest = _Manifest(taken_at=time.time(), final=final, port=port, files=files)
        (draft / MANIFEST).write_text(json.dumps(asdict(manifest)), encoding="utf-8")
        draft.rename(root / f"{number:06d}")
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    for old in _numbered(root)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def restore(root: Path, live: Path, *, used: bool) -> Recovery:
    """Puts the newest sound snapshot where the engine will read it.

    Args:
        root: The folder of all snapshots; damaged ones are moved to ``damaged`` inside it.
        live: Where the engine reads; its old JSON files are removed.
        used: Whether there are S3 objects of value; tells a first start from a lost state.
    """
    live.mkdir(parents=True, exist_ok=True)
    for stale in live.glob("*.json"):
        stale.unlink()
    set_aside: list[Path] = []
    for path in reversed(_numbered(root)):
        manifest = _sound(path)
        if manifest is None:
            set_aside.append(_set_aside(path))
            continue
        for name in manifest.files:
            shutil.copyfile(path / name, live / name)
        outcome = Outcome.CLEAN if manifest.final and not set_aside else Outcome.RECOVERED
        return Recovery(outcome, manifest.taken_at, tuple(set_aside), manifest.port)
    if set_aside:
        return Recovery(Outcome.LOST, None, tuple(set_aside))
    return Recovery(Outcome.LOST if used else Outcome.NEW)


def move(live: Path, old: int, new: int) -> None:
    """Makes a restored state that of another port: the engine finds its queues by their address.

    Args:
        live: Where the engine reads.
        old: The port of the snapshot.
        new: The port that the engine will have.
    """
    address = re.compile(rf"(localhost|127\.0\.0\.1):{old}(?!\d)")
    for path in live.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        path.write_text(address.sub(rf"\g<1>:{new}", text), encoding="utf-8")


def referenced(root: Path) -> str:
    """The text of every kept snapshot's function list, to tell which code is still needed."""
    texts = [path / "lambda.json" for path in _numbered(root)]
    return "".join(path.read_text(encoding="utf-8") for path in texts if path.is_file())


def _numbered(root: Path) -> list[Path]:
    """Snapshots, oldest first."""
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if path.is_dir() and path.name.isdecimal())


def _sound(path: Path) -> _Manifest | None:
    """The manifest of a snapshot whose files are all there as they were written, else None."""
    try:
        manifest = _Manifest(**json.loads((path / MANIFEST).read_text(encoding="utf-8")))
        good = all(_checksum(path / name) == known for name, known in manifest.files.items())
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return manifest if good and manifest.files else None


def _set_aside(path: Path) -> Path:
    """Moves a damaged snapshot out of the way and says where it is."""
    damaged = path.parent / "damaged"
    damaged.mkdir(exist_ok=True)
    target = damaged / f"{path.name}-{time.time_ns()}"
    path.rename(target)
    return target


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
