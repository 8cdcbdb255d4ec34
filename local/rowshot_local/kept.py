"""What a state folder remembers of its stack from one command to the next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from rowshot_local.environment import ConfigurationError

_FILE = "cdn.json"


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
