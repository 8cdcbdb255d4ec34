"""Drop: renders or prices a Google worksheet, asked from the sheet's own menu.

The worksheet is exported here, as the service account that it is shared with, and put into the
inbox like any other drop; so a stolen secret can ask for runs of its own sheet under the budget,
and for nothing else.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import quote

from rowshot.errors import (
    LedgerBusy,
    RowshotError,
    SheetError,
    SheetGone,
    SheetNotShared,
    SheetsUnavailable,
    UnreadableSheet,
)
from rowshot.inbound.plan_run import Dropped, run_id_of
from rowshot.inbound.signing import WINDOW, BadSignature, menu_secret, verify
from rowshot.ledger import Ledger
from rowshot.models import Catalogue
from rowshot.money import dollars, usd
from rowshot.planning.known_state import LedgerState, draw_up_from
from rowshot.planning.plan import Plan, PlannedRow
from rowshot.reading import read_sheet
from rowshot.reading.origin import PREFIX, SheetOrigin
from rowshot.sheet_sync.google import LiveSheet
from rowshot.specs import meaning_of
from rowshot.statuses import RowStatus
from rowshot.storage import Inbox

_LARGEST_BODY = 4096
_SPREADSHEET_ID = re.compile(r"[A-Za-z0-9_-]{20,100}")
_LONGEST_TITLE = 200
# Percent-encoded: a key of S3 has 1024 bytes. The 100 characters that Google takes fit in Chinese.
_LONGEST_NAME = 900
_MOST_ROWS = 10_000_000  # a spreadsheet of Google's has no more cells
_MOST_ROWS_SHOWN = 50
_STATUS: dict[type[RowshotError], int] = {
    BadSignature: 401,
    SheetNotShared: 403,
    SheetGone: 404,
    UnreadableSheet: 422,
    LedgerBusy: 503,
    SheetError: 502,
}

Answer = tuple[int, dict[str, Any]]


class BadRequest(RowshotError):
    """The request says something that cannot be done."""


@dataclass(frozen=True)
class Asked:
    """What the sheet's menu asks for.

    Args:
        spreadsheet_id: Google's id of the document.
        worksheet: The worksheet's title.
        mode: ``render`` starts a run, ``price`` only says what it would do.
        first: Only so many rows, None for all.
    """

    spreadsheet_id: str
    worksheet: str
    mode: Literal["render", "price"]
    first: int | None

    @classmethod
    def read(cls, body: bytes) -> Asked:
        """Reads a request's body, which may still be anybody's.

        Raises:
            BadRequest: It is not what the script sends.
        """
        try:
            said = json.loads(body.decode(), object_pairs_hook=_each_name_once)
            # Python reads more than JSON has: NaN, infinities and halves of characters.
            json.dumps(said, ensure_ascii=False, allow_nan=False).encode()
            spreadsheet_id, worksheet = said["spreadsheet_id"], said["worksheet"]
            mode, first = said.get("mode", "render"), said.get("first")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise BadRequest(
                "The request must be JSON in UTF-8 with spreadsheet_id and worksheet, each named "
                "once."
            ) from None
        if not isinstance(spreadsheet_id, str) or not _SPREADSHEET_ID.fullmatch(spreadsheet_id):
            raise BadRequest("spreadsheet_id must be the long part of the sheet's address.")
        if not _is_title(worksheet):
            raise BadRequest("worksheet must be the worksheet's title.")
        if len(quote(worksheet, safe="")) > _LONGEST_NAME:
            raise BadRequest("The worksheet's title is too long: give it a shorter one.")
        if mode not in ("render", "price"):
            raise BadRequest("mode must be render or price.")
        if first is not None and (type(first) is not int or not 0 < first <= _MOST_ROWS):
            raise BadRequest(f"first must be a whole number from 1 to {_MOST_ROWS}.")
        return cls(spreadsheet_id, worksheet, mode, first)


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) != len(pairs):
        raise ValueError("A name is said twice.")
    return said


def _is_title(value: Any) -> bool:
    """Whether it can be a worksheet's title; a lone surrogate is half of a character."""
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST_TITLE:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in value)


@dataclass(frozen=True)
class Drop:
    """The step.

    Args:
        ledger: The ledger.
        inbox: Where sheets are dropped.
        open_sheet: Opens a worksheet by the spreadsheet's id and its title.
        secret: Gives the stack's secret, from which each spreadsheet's own one is derived.
        default_model: For rows that name none.
        max_usd: The limit of one run.
    """

    ledger: Ledger
    inbox: Inbox
    open_sheet: Callable[[str, str], LiveSheet]
    secret: Callable[[], str]
    default_model: str
    max_usd: Decimal

    def __call__(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answers a request with an HTTP status and JSON; ``error`` is a plain sentence."""
        try:
            if len(body) > _LARGEST_BODY:
                raise BadRequest("The request is too long.")
            asked = Asked.read(body)
            self._check(asked, headers, body)
            drop = export(self.open_sheet, self.ledger, asked.spreadsheet_id, asked.worksheet)
            return 200, self._price(asked, drop) if asked.mode == "price" else self._run(
                asked, drop
            )
        except SheetsUnavailable:
            return 503, {
                "error": "Google Sheets is not answering right now: try again in a minute."
            }
        except RowshotError as error:
            code = next((each for kind, each in _STATUS.items() if isinstance(error, kind)), 400)
            return code, {"error": error.message}

    def _check(self, asked: Asked, headers: Mapping[str, str], body: bytes) -> None:
        secret = menu_secret(self.secret().strip(), asked.spreadsheet_id)
        signature = verify(secret, headers, body, self.ledger.clock.now())
        if not self.ledger.sheets.first_time(signature, 2 * WINDOW):
            raise BadSignature("This request was already sent: start it again from the menu.")

    def _run(self, asked: Asked, drop: Export) -> dict[str, Any]:
        key, version_id = self.inbox.drop_sheet(drop.name, drop.data, drop.metadata(asked.first))
        rows = f"the first {asked.first} rows" if asked.first else "this sheet"
        return {
            "run_id": run_id_of(self.inbox.bucket, Dropped(key, version_id)),
            "message": f"Rendering {rows}. Status and pictures appear in the sheet as they come.",
        }

    def _price(self, asked: Asked, drop: Export) -> dict[str, Any]:
        source = SheetOrigin.of(f"{PREFIX}{drop.name}", drop.metadata(None))
        plan = draw_up_from(
            read_sheet(drop.data, name=source.name),
            LedgerState(self.ledger),
            source.sheet_id,
            default_model=self.default_model,
            max_usd=self.max_usd,
            first=asked.first,
            since=self.ledger.clock.since,
            exported_at=drop.exported_at,
        )
        return priced(plan)


@dataclass(frozen=True)
class Export:
    """A worksheet as it was at one moment, ready to be dropped.

    Args:
        spreadsheet_id: Google's id of the document.
        worksheet: The worksheet's title.
        data: Its cells as CSV, in UTF-8.
        exported_at: When it was read.
    """

    spreadsheet_id: str
    worksheet: str
    data: bytes
    exported_at: float

    @property
    def name(self) -> str:
        """Its name below ``sheets/``."""
        return f"{self.spreadsheet_id}/{quote(self.worksheet, safe='')}.csv"

    def metadata(self, first: int | None) -> dict[str, str]:
        """The object's metadata, percent-encoded: S3 takes only ASCII."""
        metadata = {
            "spreadsheet-id": self.spreadsheet_id,
            "worksheet": quote(self.worksheet),
            "exported-at": f"{self.exported_at:.3f}",
        }
        return metadata | ({"first": str(first)} if first else {})


def export(
    open_sheet: Callable[[str, str], LiveSheet],
    ledger: Ledger | None,
    spreadsheet_id: str,
    worksheet: str,
    now: Callable[[], float] | None = None,
) -> Export:
    """Exports a worksheet, as Google's own CSV export would have it.

    Args:
        open_sheet: Opens it.
        ledger: Whose pace towards Google counts this read too, None where none is shared.
        spreadsheet_id: Google's id of the document.
        worksheet: The worksheet's title.
        now: Tells Unix time; the ledger's clock by default.

    Raises:
        SheetError: The worksheet cannot be read.
        UnreadableSheet: It is no sheet that can be rendered.
    """
    live = open_sheet(spreadsheet_id, worksheet)
    if ledger:
        ledger.sheets.turn()  # it counts, but a person does not wait for it
        now = now or ledger.clock.now
    exported_at = now() if now else 0.0
    data = as_csv(live.export_table())
    meaning_of(read_sheet(data, name=worksheet), Catalogue.from_package())
    return Export(spreadsheet_id, worksheet, data, exported_at)


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows as CSV in UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def priced(plan: Plan) -> dict[str, Any]:
    """A plan as the script shows it."""
    counts = Counter(row.status.in_plan for row in plan.rows)
    troubled = [_row(row) for row in plan.rows if row.status.named]
    return {
        "estimate_usd": usd(plan.estimate),
        "over_budget": plan.over_budget,
        "counts": dict(counts),
        "message": _sentence(plan, counts),
        "problems": troubled[:_MOST_ROWS_SHOWN],
        "more_problems": max(0, len(troubled) - _MOST_ROWS_SHOWN),
    }


def _sentence(plan: Plan, counts: Mapping[str, int]) -> str:
    if plan.over_budget:
        return next(row.reasons[0] for row in plan.rows if row.status is RowStatus.OVER_BUDGET)
    if not plan.to_render:
        return f"Nothing needs to be rendered ({_listed(counts)}): it would cost $0.00."
    return f"{_listed(counts)}. Rendering costs {dollars(plan.estimate)}."


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {word}" for word, number in counts.items())


def _row(row: PlannedRow) -> dict[str, Any]:
    spec = row.wanted.spec
    return {"row": spec.number, "slug": spec.row_key, "reasons": list(row.reasons)}
