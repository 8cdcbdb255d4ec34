"""What a state folder remembers of its stack from one command to the next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rowshot_local.environment import ConfigurationError

_FILE = "cdn.json"
_RUNS_FILE = "runs.json"
_MOST_RUNS = 500  # the latest ones


@dataclass(frozen=True)
class Kept:
    """The stack that was deployed on a state folder.

    Args:
        domain: The domain of its pictures.
        time_scale: Wall seconds per nominal second of the last run.
        simulated: Whether a simulator draws its pictures; None where none was ever rendered, or
            an older release wrote the note.
    """

    domain: str = ""
    time_scale: float = 1.0
    simulated: bool | None = None

    @classmethod
    def read(cls, state: Path) -> Kept | None:
        """What a folder remembers, None where no stack was ever deployed."""
        note = state / _FILE
        if not note.is_file():
            return None
        found = json.loads(note.read_text())
        return cls(found.get("domain", ""), found.get("time_scale", 1.0), found.get("simulated"))

    def write(self, state: Path) -> None:
        """Remembers it."""
        note = {
            "domain": self.domain,
            "time_scale": self.time_scale,
            "simulated": self.simulated,
        }
        (state / _FILE).write_text(json.dumps(note))


@dataclass(frozen=True)
class KeptRun:
    """How a run was started on a state folder, so that later commands need not be told again.

    Args:
        out: The absolute folder of its results; None where nobody noted it.
        live: Whether it was started with ``--live``.
    """

    out: Path | None = None
    live: bool = False

    @classmethod
    def read(cls, state: Path, run_id: str) -> KeptRun:
        """What a folder remembers of a run."""
        found = _kept_runs(state).get(run_id, {})
        return cls(Path(found["out"]) if found.get("out") else None, bool(found.get("live")))

    def write(self, state: Path, run_id: str) -> None:
        """Remembers it; a relative folder is one below the present working directory."""
        runs = _kept_runs(state)
        runs.pop(run_id, None)
        runs[run_id] = {"out": str(self.out.resolve()) if self.out else "", "live": self.live}
        draft = state / f"{_RUNS_FILE}.new"
        draft.write_text(json.dumps(dict(list(runs.items())[-_MOST_RUNS:])))
        draft.replace(state / _RUNS_FILE)


def _kept_runs(state: Path) -> dict[str, dict[str, Any]]:
    """The notes of all runs, the one that was noted last at the end."""
    try:
        found = json.loads((state / _RUNS_FILE).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def check_kind(state: Path, *, simulated: bool) -> None:
    """Keeps simulated and real pictures apart: a row that has either would never get the other.

    Raises:
        ConfigurationError: The folder holds pictures of the other kind.
    """
    kept = Kept.read(state)
    if kept is None or kept.simulated in (None, simulated):
        return
    if simulated:
        raise ConfigurationError(
            f"The folder {state} holds real pictures: add --live to continue with them, or "
            "simulate in another folder with --state."
        )
    raise ConfigurationError(
        f"The folder {state} holds simulated pictures, and their rows would count as done: name "
        "another folder for real pictures, such as --state live."
    )
