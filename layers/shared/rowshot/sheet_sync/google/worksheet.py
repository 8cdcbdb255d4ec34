"""A worksheet at Google: one read and one write a pass, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from rowshot.clock import Clock
from rowshot.errors import SheetGone
from rowshot.reading.headers import letter
from rowshot.sheet_sync.google.failures import OutOfGrid
from rowshot.sheet_sync.google.parsing import parse_grid
from rowshot.sheet_sync.google.requests import batch_of
from rowshot.sheet_sync.projection import Grid, Layout, Updates, columns_needed
from rowshot.sheet_sync.projection.grid import TOP_ROWS

if TYPE_CHECKING:
    from rowshot.sheet_sync.google.http import SheetsClient

_FIELDS = (
    "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),"
    "data(startRow,startColumn,rowData(values(userEnteredValue,formattedValue))))"
)
_FRESH = 3.0
"""Nominal seconds after a read in which a failed write may still be tried again. Later the rows
may stand elsewhere, so the pass has to read first."""


class LiveSheet:
    """One worksheet. Opening it asks Google nothing yet.

    Args:
        client: The HTTP client.
        spreadsheet_id: The document.
        worksheet: The worksheet's title; None for the first one.
        clock: Tells when a read was made.
    """

    def __init__(
        self, client: SheetsClient, spreadsheet_id: str, worksheet: str | None, clock: Clock
    ) -> None:
        self._client = client
        self._id = quote(spreadsheet_id, safe="")  # it becomes a part of a path
        self._worksheet = worksheet
        self._clock = clock

    @property
    def shared_with(self) -> str:
        """The address that the spreadsheet has to be shared with."""
        return self._client.email

    def read(self, layout: Layout) -> Grid:
        """Read the header rows, the keys and our columns.

        One request, as long as the columns stand where the layout says; where somebody moved
        them, and in a run's first pass, a second one fetches what the first lacks.

        It is ``spreadsheets.get`` with a field mask rather than ``values.batchGet``, because only
        that tells, at one moment, the grid's size and id, what cells show, and what is a formula,
        a number or a box to tick. At 10,000 rows the few columns take a few megabytes; the whole
        sheet would take tens.

        Raises:
            SheetGone: The spreadsheet or the worksheet is not there.
            SheetNotShared: The service account may not open it.
            SheetsUnavailable: Google did not answer in the time there is.
        """
        expected = layout.expected_columns()
        try:
            grid = self._fetch(expected, TOP_ROWS)
        except OutOfGrid:  # smaller than it was: look at its size first
            size = self._fetch((), 1)
            expected = frozenset(c for c in expected if c < size.column_count)
            grid = self._fetch(expected, min(TOP_ROWS, size.row_count))
        lacking = columns_needed(grid, layout) - grid.columns.keys()
        if lacking:
            grid = self._fetch(columns_needed(grid, layout), min(TOP_ROWS, grid.row_count))
        return grid

    def write(self, grid: Grid, updates: Updates) -> int:
        """Write the difference, all of it or nothing.

        Args:
            grid: The read that the updates come from.
            updates: What to write.

        Returns:
            How many cells were set.

        Raises:
            SheetProtected: A protected range covers one of the cells.
            SheetsUnavailable: Google did not answer, or rows went away meanwhile: read again.
            SheetError: See `read`.
        """
        if not updates:
            return 0
        age = max(0.0, self._clock.since(grid.read_at))
        self._client.request(
            "post",
            f"https://sheets.googleapis.com/v4/spreadsheets/{self._id}:batchUpdate",
            params={"fields": "spreadsheetId"},
            json=batch_of(grid, updates),
            patience=_FRESH - age,
        )
        return len(updates.cells)

    def export_table(self) -> list[list[str]]:
        """The whole worksheet as it shows, as Google's CSV export would have it; one read.

        Returns:
            Rows of one width, empty ones at the end left out; no rows for an empty worksheet.

        Raises:
            SheetError: See `read`.
        """
        answer = self._client.values_get(self._id, self._range(None))
        rows = [[str(cell) for cell in row] for row in answer.get("values", [])]
        width = max((len(row) for row in rows), default=0)
        return [row + [""] * (width - len(row)) for row in rows]

    def _fetch(self, columns: Collection[int], top_rows: int) -> Grid:
        ranges = [self._range(f"1:{top_rows}")]
        ranges += [self._range(f"{letter(a)}:{letter(b)}") for a, b in _spans(columns)]
        read_at = self._clock.now()
        answer: Mapping[str, Any] = self._client.spreadsheets_get(
            self._id, {"ranges": ranges, "fields": _FIELDS}
        )
        sheets = answer.get("sheets") or []
        if not sheets:
            raise SheetGone("The Google Sheet has no worksheet with cells in it.")
        return parse_grid(sheets[0], columns, top_rows, read_at)

    def _range(self, cells: str | None) -> str:
        """A range of the worksheet, or all of it; quoted, or a title such as A1 would be a cell."""
        if self._worksheet is None:
            return cells or "A:ZZZ"
        title = "'" + self._worksheet.replace("'", "''") + "'"
        return f"{title}!{cells}" if cells else title


def open_worksheet(
    info: Mapping[str, str],
    spreadsheet_id: str,
    worksheet_title: str | None = None,
    *,
    base_url: str = "https://sheets.googleapis.com",
    clock: Clock | None = None,
    patience: float = 20.0,
    timeout: float = 20.0,
    sleep: Callable[[float], None] | None = None,
) -> LiveSheet:
    """A worksheet, ready to be read; nothing is asked yet.

    Args:
        info: The service account file's content; its own ``token_uri`` is honoured.
        spreadsheet_id: Google's id of the document.
        worksheet_title: The worksheet; None or empty for the first one.
        base_url: Origin of the Sheets API.
        clock: Converts pauses and tells the age of a read.
        patience: Nominal seconds after the first try of a call in which it may be tried again.
        timeout: Wall seconds to wait for a connection, and for each piece of an answer.
        sleep: Waits wall seconds; tests give their own.
    """
    from rowshot.sheet_sync.google.http import Limits, SheetsClient

    worksheet_title = worksheet_title or None

    clock = clock or Clock()
    waiting = {} if sleep is None else {"sleep": sleep}
    client = SheetsClient(
        info,
        base_url=base_url,
        clock=clock,
        limits=Limits(patience, timeout),
        worksheet=worksheet_title,
        **waiting,
    )
    return LiveSheet(client, spreadsheet_id, worksheet_title, clock)


def _spans(columns: Iterable[int]) -> list[tuple[int, int]]:
    """Columns as ranges of neighbours, both ends included."""
    spans: list[tuple[int, int]] = []
    for column in sorted(columns):
        if spans and spans[-1][1] == column - 1:
            spans[-1] = (spans[-1][0], column)
        else:
            spans.append((column, column))
    return spans
