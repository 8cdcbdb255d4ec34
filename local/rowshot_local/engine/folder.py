"""Where one engine keeps its things, below the state folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Holds what deployments upload.
CODE_BUCKET = "rowshot-engine-code"


@dataclass(frozen=True)
class EngineFolder:
    """The paths of one engine.

    Args:
        root: The engine's own folder, absolute; one engine runs in it at a time.
    """

    root: Path

    @classmethod
    def below(cls, state: Path) -> EngineFolder:
        """The engine's folder below a state folder, both created when missing; for the user only.

        The engine keeps secrets as it was given them, in its memory and in its snapshots.
        """
        root = state.expanduser().resolve() / "engine"
        root.mkdir(parents=True, exist_ok=True)
        root.chmod(0o700)
        return cls(root)

    @property
    def lock(self) -> Path:
        """Locked by the process that runs the engine."""
        return self.root / "lock"

    @property
    def record(self) -> Path:
        """JSON: the port that is kept; while the engine runs, its process id and its key."""
        return self.root / "engine.json"

    @property
    def log(self) -> Path:
        """What the engine prints; begun anew at each start, the one before kept beside it."""
        return self.root / "engine.log"

    @property
    def live(self) -> Path:
        """What the engine reads when it starts, and its functions' code."""
        return self.root / "live"

    @property
    def snapshots(self) -> Path:
        """Complete copies of the engine's memory, one folder each, the highest number newest."""
        return self.root / "snapshots"

    @property
    def objects(self) -> Path:
        """The bodies of S3 objects, written as they are put."""
        return self.root / "s3"

    @property
    def temporary(self) -> Path:
        """Unpacked functions and whatever they call temporary; removed at each stop and start."""
        return self.root / "tmp"

    def holds_objects(self) -> bool:
        """Whether S3 objects were kept that no deployment brings again."""
        return any(
            path.is_file() and CODE_BUCKET not in path.relative_to(self.objects).parts
            for path in self.objects.rglob("*")
        )

    def read_record(self) -> dict[str, Any]:
        """The record, empty when there is none or it cannot be read."""
        try:
            record = json.loads(self.record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    def write_record(self, **values: int | str) -> None:
        """Replaces the record in one step."""
        draft = self.record.with_suffix(".new")
        draft.write_text(json.dumps(values), encoding="utf-8")
        draft.replace(self.record)
