"""What planning asks the ledger and the bucket, without changing anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Protocol

from rowshot.clock import Clock
from rowshot.ledger import Ledger
from rowshot.ledger.records import RowHistory
from rowshot.models import Catalogue
from rowshot.planning.plan import (
    Known,
    Plan,
    Since,
    Wanted,
    draw_up,
    history_of,
    row_hash,
    standing,
    want,
)
from rowshot.reading import Sheet
from rowshot.specs import RowSpec, read_specs
from rowshot.storage import Inbox

_Place = tuple[str, str]
_REAL_TIME = Clock()


class KnownState(Protocol):
    """What planning asks the ledger; reading only."""

    def overrides(self) -> dict[str, Any]:
        """What was learned of the models."""

    def histories(self, sheet_id: str, row_keys: Iterable[str]) -> dict[str, RowHistory]:
        """What is remembered of a sheet's rows."""

    def known(self, wanted: Iterable[tuple[str, str]]) -> Known:
        """What stands of renders, each with the folder that wants it."""


@dataclass(frozen=True)
class LedgerState:
    """Asks a real ledger."""

    ledger: Ledger

    def overrides(self) -> dict[str, Any]:
        """What was learned of the models."""
        return self.ledger.models.overrides()

    def histories(self, sheet_id: str, row_keys: Iterable[str]) -> dict[str, RowHistory]:
        """What is remembered of a sheet's rows."""
        return self.ledger.histories.get_many(sheet_id, row_keys)

    def known(self, wanted: Iterable[tuple[str, str]]) -> Known:
        """What stands of renders, each with the folder that wants it."""
        pairs = list(wanted)
        renders = self.ledger.renders.get_many(render_id for render_id, _ in pairs)
        stored = [pair for pair in pairs if pair[0] in renders]
        return Known(renders, self.ledger.pictures.get_many(stored))


class NothingKnown:
    """Where no ledger stands yet: everything is new."""

    def overrides(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def histories(self, sheet_id: str, row_keys: Iterable[str]) -> dict[str, RowHistory]:
        """Nothing."""
        return {}

    def known(self, wanted: Iterable[tuple[str, str]]) -> Known:
        """Nothing."""
        return Known()


@dataclass(frozen=True)
class NotedVersions:
    """The versions that the bucket holds and the ledger may have lost.

    Args:
        inbox: The bucket.
    """

    inbox: Inbox
    _listed: dict[str, dict[str, int]] = field(default_factory=dict)

    def newest(self, sheet_id: str, row_key: str, history: RowHistory) -> RowHistory:
        """A row's history, or a later one from the bucket."""
        if sheet_id not in self._listed:
            self._listed[sheet_id] = self.inbox.noted_versions(sheet_id)
        version = self._listed[sheet_id].get(row_hash(row_key), 0)
        if version <= history.version:
            return history
        noted = self.inbox.noted_version(sheet_id, row_hash(row_key), version)
        return replace(
            history,
            version=version,
            note=noted["note"],
            note_for=noted["note_for"],
            redo_seen=noted["redo_seen"],
        )


def draw_up_from(
    sheet: Sheet,
    lookups: KnownState,
    sheet_id: str,
    *,
    default_model: str,
    max_usd: Decimal,
    first: int | None,
    noted: NotedVersions | None = None,
    since: Since = _REAL_TIME.since,
    exported_at: float = 0.0,
) -> Plan:
    """Plans a sheet against what is known, without changing anything.

    Args:
        sheet: The dropped sheet.
        lookups: What the ledger knows.
        sheet_id: Whose history counts.
        default_model: For rows that name none.
        max_usd: The run's limit.
        first: Only so many rows, None for all.
        noted: Versions that the bucket holds.
        since: Nominal seconds that have passed since an instant.
        exported_at: When the sheet was exported from Google, 0 when nobody knows.
    """
    catalogue = Catalogue.from_package().with_overrides(lookups.overrides())
    specs = read_specs(sheet, catalogue, default_model=default_model)
    histories = _memories(lookups, sheet_id, [each for spec in specs for each in spec.readings])

    def decided(spec: RowSpec) -> Wanted:
        place = history_of(spec, sheet_id)
        history = histories.get(place) or RowHistory(place[1])
        newest = noted.newest(*place, history) if noted else history
        one = want(spec, newest, catalogue, since, exported_at)
        # What only the bucket knew is noted again as if it were new.
        return replace(one, new_version=one.history.version > history.version)

    rows = [[decided(reading) for reading in spec.readings] for spec in specs]
    asked = [one for row in rows for one in row if one.render_id]
    known = lookups.known((one.render_id, one.folder) for one in asked)
    wanted = [standing(row, known) for row in rows]
    return draw_up(wanted, known, max_usd=max_usd, first=first)


def _memories(
    lookups: KnownState, sheet_id: str, specs: Iterable[RowSpec]
) -> Mapping[_Place, RowHistory]:
    keys: dict[str, list[str]] = {}
    for spec in specs:
        sheet, key = history_of(spec, sheet_id)
        keys.setdefault(sheet, []).append(key)
    return {
        (sheet, history.row_key): history
        for sheet, wanted in keys.items()
        for history in lookups.histories(sheet, wanted).values()
    }
