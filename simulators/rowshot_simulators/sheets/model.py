"""The state of spreadsheets: grids of cells, their titles, shares and protected ranges."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .a1 import Area, format_area, parse_area, split_title
from .cells import Cell, Formula, Value, shown
from .errors import invalid

DEFAULT_ROWS, DEFAULT_COLUMNS = 1000, 26  # the grid of a new worksheet at Google
OWNER = "owner@example.com"


@dataclass
class Worksheet:
    """One grid. ``rows`` is ragged: what lies beyond a row's end, or the last row, is empty."""

    sheet_id: int
    title: str
    row_count: int = DEFAULT_ROWS
    col_count: int = DEFAULT_COLUMNS
    rows: list[list[Cell | None]] = field(default_factory=list)
    frozen_rows: int = 0
    frozen_cols: int = 0
    extra: dict[str, Any] = field(default_factory=dict)

    def copy(self) -> Worksheet:
        """A snapshot; cells are immutable, so rows are copied one level deep."""
        rows = [list(row) for row in self.rows]
        return Worksheet(
            self.sheet_id,
            self.title,
            self.row_count,
            self.col_count,
            rows,
            self.frozen_rows,
            self.frozen_cols,
            dict(self.extra),
        )

    def get(self, row: int, col: int) -> Cell | None:
        """The cell at a zero-based place, None when nothing was ever there."""
        if row < len(self.rows) and col < len(self.rows[row]):
            return self.rows[row][col]
        return None

    def put(self, row: int, col: int, cell: Cell | None) -> None:
        """Puts a cell at a place that the caller knows to lie in the grid."""
        if cell is None and self.get(row, col) is None:
            return
        while len(self.rows) <= row:
            self.rows.append([])
        line = self.rows[row]
        line.extend([None] * (col + 1 - len(line)))
        line[col] = cell

    def window(self, area: Area) -> Iterator[list[Cell | None]]:
        """The rows of an area, each full width, as far as any row was ever written."""
        closed = area.within(self.row_count, self.col_count)
        end = min(closed.row1 or 0, len(self.rows))
        for row in range(closed.row0, end):
            yield [self.get(row, col) for col in range(closed.col0, closed.col1 or 0)]

    def properties(self, index: int) -> dict[str, Any]:
        """``SheetProperties``; zeros are left out, as at Google."""
        grid = {"rowCount": self.row_count, "columnCount": self.col_count}
        if self.frozen_rows:
            grid["frozenRowCount"] = self.frozen_rows
        if self.frozen_cols:
            grid["frozenColumnCount"] = self.frozen_cols
        return {
            "sheetId": self.sheet_id,
            "title": self.title,
            "index": index,
            "sheetType": "GRID",
            "gridProperties": {**grid, **self.extra.get("gridProperties", {})},
            **{k: v for k, v in self.extra.items() if k != "gridProperties"},
        }

    def shown_rows(self) -> list[list[str]]:
        """The grid as a person sees it, without trailing empty rows and cells."""
        return [row or [] for row in trimmed([[shown(c) for c in row] for row in self.rows])]


@dataclass
class Protection:
    """A protected range: only its editors and the owner may change it."""

    protected_id: int
    sheet_id: int
    area: Area
    source: dict[str, Any]

    @property
    def editors(self) -> list[str]:
        """Addresses of those who may edit."""
        users: Iterable[str] = (self.source.get("editors") or {}).get("users") or ()
        return list(users)


@dataclass
class Spreadsheet:
    """One document: its worksheets in order, and who may do what with it."""

    spreadsheet_id: str
    title: str
    sheets: list[Worksheet]
    roles: dict[str, str] = field(default_factory=dict)
    protections: list[Protection] = field(default_factory=list)

    def copy(self) -> Spreadsheet:
        """A snapshot, to apply a batch to and to drop when it fails."""
        return Spreadsheet(
            self.spreadsheet_id,
            self.title,
            [sheet.copy() for sheet in self.sheets],
            dict(self.roles),
            list(self.protections),
        )

    def by_id(self, sheet_id: int) -> Worksheet:
        """The worksheet of an id. Raises ApiError as Google does."""
        for sheet in self.sheets:
            if sheet.sheet_id == sheet_id:
                return sheet
        raise invalid(f"No grid with id: {sheet_id}")

    def by_title(self, title: str) -> Worksheet | None:
        """The worksheet of a title, or None."""
        return next((s for s in self.sheets if s.title == title), None)

    def locate(self, text: str) -> tuple[Worksheet, Area]:
        """The worksheet and area that a range in A1 or R1C1 notation means, sides still open.

        Raises:
            ApiError: ``Unable to parse range`` for bad syntax and unknown worksheets alike.
        """
        problem = invalid(f"Unable to parse range: {text}")
        try:
            title, cells = split_title(text)
            if title is None and cells is not None:
                if whole := self.by_title(cells):
                    return whole, Area()
                return self.sheets[0], parse_area(cells)
            sheet = self.by_title(title or "")
            if sheet is None:
                raise problem
            return sheet, parse_area(cells) if cells is not None else Area()
        except ValueError:
            raise problem from None

    def readable(self, text: str) -> tuple[Worksheet, Area]:
        """As ``locate``, closed to the grid: an end beyond it is clipped, a start is an error."""
        sheet, area = self.locate(text)
        if area.row0 >= sheet.row_count or area.col0 >= sheet.col_count:
            raise beyond_grid(sheet, area)
        return sheet, area.within(sheet.row_count, sheet.col_count)

    def guard(self, sheet_id: int, area: Area, user: str) -> None:
        """Raises ApiError when an area touches a range that is protected from a user."""
        if self.roles.get(user) == "owner":
            return
        for protection in self.protections:
            if protection.sheet_id != sheet_id or protection.source.get("warningOnly"):
                continue
            if user not in protection.editors and protection.area.overlaps(area):
                raise invalid(
                    "You are trying to edit a protected cell or object. Please contact the "
                    "spreadsheet owner to remove protection if you need to edit."
                )


def beyond_grid(sheet: Worksheet, area: Area) -> Exception:
    """Google's 400 for a range outside the grid."""
    row1 = area.row1 if area.row1 is not None else max(sheet.row_count, area.row0 + 1)
    col1 = area.col1 if area.col1 is not None else max(sheet.col_count, area.col0 + 1)
    place = format_area(sheet.title, Area(area.row0, row1, area.col0, col1))
    return invalid(
        f"Range ({place}) exceeds grid limits. Max rows: {sheet.row_count}, "
        f"max columns: {sheet.col_count}"
    )


def trimmed(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows without trailing empty cells, and without trailing empty rows."""
    kept = []
    for row in rows:
        line = list(row)
        while line and line[-1] in ("", None) and line[-1] is not False:
            line.pop()
        kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def new_id() -> str:
    """An id as long and as unguessable as Google's."""
    return "1" + secrets.token_urlsafe(43)[:43]


def build_worksheet(sheet_id: int, title: str, rows: Sequence[Sequence[Any]]) -> Worksheet:
    """A worksheet of plain Python values.

    Texts stay texts whatever they look like; booleans, numbers, ``Formula`` and whole ``Cell``
    values keep their type. The grid is as large as a new one at Google, or larger if needed.
    """
    width = max((len(row) for row in rows), default=0)
    sheet = Worksheet(sheet_id, title, max(DEFAULT_ROWS, len(rows)), max(DEFAULT_COLUMNS, width))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value not in (None, "") or value is False:
                sheet.put(r, c, value if isinstance(value, Cell) else Cell(_plain(value)))
    return sheet


def _plain(value: Any) -> Value:
    if isinstance(value, Mapping) and set(value) == {"formula"}:
        return Formula(str(value["formula"]))
    if isinstance(value, str | int | float | Formula):
        return value
    raise TypeError(f"not a cell's value: {value!r}")
