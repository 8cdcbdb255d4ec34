"""Random schedules with a Google Sheet in them: people at work, and Google in trouble."""

from __future__ import annotations

import random
from typing import Any

from rowshot_simulators.sheets import SheetsFault
from support import promises
from support.live_world import LiveWorld
from support.mishaps import GOOGLE, google_faults
from support.tally import Tally

_HEADER = ["slug", "prompt", "colour", "approved"]
_OURS = ("status", "image_url")


class Live:
    """One worksheet in a world, and what it held before.

    Args:
        world: The world.
        chance: Decides everything.
        rows: How many rows it has.
    """

    def __init__(self, world: LiveWorld, chance: random.Random, rows: int) -> None:
        self._world = world
        self._before = {
            f"jar-{number}": [
                f"jar-{number}",
                f"A jar of cream, number {number}",
                f"colour {chance.randrange(1000):03d}",
                "FALSE",
            ]
            for number in range(1, rows + 1)
        }
        self._key = world.create([_HEADER, *self._before.values()])
        self.run_id = world.drop_live(self._key)
        self.keys = set(self._before)
        self._faults = self._trouble(chance)
        self._people(chance)

    def _trouble(self, chance: random.Random) -> dict[str, SheetsFault]:
        chosen = google_faults(chance)
        for fault in chosen.values():
            self._world.google.add_fault(fault)
        return chosen

    def count(self, tally: Tally) -> None:
        """Counts how often Google's faults could have struck, and did."""
        traffic = self._world.google.store.traffic
        for name, fault in self._faults.items():
            kinds = ("read", "write") if fault.match == "any" else (fault.match,)
            asked = sum(traffic.count(kind) for kind in kinds)
            tally.add(name, asked, (GOOGLE[name].times or 0) - (fault.times or 0))

    def _people(self, chance: random.Random) -> None:
        person = self._world.person(self._key)
        for _ in range(chance.randint(0, 12)):
            header, descending = chance.choice(["slug", "colour", "prompt"]), chance.random() < 0.5
            self._world.at(
                chance.uniform(1, 600),
                lambda header=header, down=descending: person.sort(header, descending=down),
            )

    def is_shown(self) -> bool:
        """Whether every row shows its own end."""
        found = promises.Broken()
        self.check(found)
        return not found.found[promises.WRONG]

    def check(self, broken: promises.Broken) -> None:
        """Every row shows its own end, and nobody's cell was changed."""
        rows = {row.row_key: row for row in self._world.ledger.rows.of_run(self.run_id)}
        grid = {each["slug"]: each for each in self._grid()}
        for name, before in self._before.items():
            after = grid.get(name, {})
            if [after.get(title, "") for title in _HEADER] != before:
                broken.found[promises.CELLS].append(f"{name}: {before} became {after}")
        for name, row in rows.items():
            url = row.picture.url if row.picture else ""
            shown = tuple(grid.get(name, {}).get(title, "") for title in _OURS)
            if shown != (str(row.status), url):
                broken.found[promises.WRONG].append(f"{name} shows {shown}, not {row.status} {url}")

    def _grid(self) -> list[dict[str, Any]]:
        header, *rows = self._world.google.grid(self._key, "春季")
        wide = [row + [""] * (len(header) - len(row)) for row in rows]
        return [dict(zip(header, row, strict=True)) for row in wide if row[0]]
