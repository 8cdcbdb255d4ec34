"""The worksheet that a local run fills in: a person's own, or one in the built-in simulator."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rowshot.errors import UnreadableSheet
from rowshot.reading import Sheet, map_headers, read_sheet
from rowshot_local.environment import ConfigurationError, Google
from rowshot_simulators.sheets import (
    SheetsSimulator,
    SheetsSimulatorOptions,
    start_sheets_simulator,
)

_TITLE = "Sheet1"  # the worksheet of a text file
_BOXES = ("redo", "approved")


@dataclass(frozen=True)
class Worksheets:
    """The Sheets server of this machine's runs.

    Args:
        base_url: Its origin.
        service_account: The content of the service account's key file.
        simulator: The built-in simulator, None when another server is used.
        note: File that remembers which file each simulated worksheet was loaded from.
    """

    base_url: str
    service_account: str
    simulator: SheetsSimulator | None
    note: Path

    def load(self, data: bytes, name: str, worksheet: str | None = None) -> dict[str, str]:
        """Puts a sheet into the simulator, as a person would import it into Google Sheets.

        A file that is loaded there already is left alone, with what Rowshot wrote beside it.

        Args:
            data: The file.
            name: The file's name; the same name is the same spreadsheet, always.
            worksheet: Which worksheet of a workbook.

        Returns:
            The object metadata that names the worksheet; none for a file that is no sheet, whose
            run says so.
        """
        if self.simulator is None:
            return {}
        try:
            sheet = read_sheet(data, name=name, worksheet=worksheet)
            cells = _cells(sheet)
        except UnreadableSheet:
            return {}
        metadata = simulated(name, worksheet)
        spreadsheet_id, title = metadata["spreadsheet-id"], sheet.worksheet or _TITLE
        loaded: dict[str, str] = json.loads(self.note.read_text()) if self.note.is_file() else {}
        digest = hashlib.sha256(f"{title}\n".encode() + data).hexdigest()
        known = spreadsheet_id in self.simulator.store.documents
        if loaded.get(spreadsheet_id) != digest or not known:
            self.simulator.create_spreadsheet(name, {title: cells}, spreadsheet_id=spreadsheet_id)
            self.note.write_text(json.dumps({**loaded, spreadsheet_id: digest}))
        return metadata


def simulated(name: str, worksheet: str | None = None) -> dict[str, str]:
    """The object metadata of a file's simulated worksheet: one spreadsheet for each file name."""
    spreadsheet_id = hashlib.sha256(name.encode()).hexdigest()[:44]
    return {"spreadsheet-id": spreadsheet_id, "worksheet": worksheet or ""}


@contextmanager
def start_worksheets(
    state: Path, time_scale: float, google: Google | None = None
) -> Iterator[Worksheets]:
    """The server that a run's worksheet is at: the one named, else the simulator, started here.

    Raises:
        ConfigurationError: The service account file cannot be read.
    """
    note = state / "worksheets.json"
    if google is not None:
        try:
            text = google.service_account_file.read_text("utf-8")
        except (OSError, UnicodeError):
            raise ConfigurationError(
                f"GOOGLE_SERVICE_ACCOUNT_FILE cannot be read: {google.service_account_file}"
            ) from None
        yield Worksheets(google.base_url, text, None, note)
        return
    with _simulator(state, time_scale) as simulator:
        text = json.dumps(simulator.service_account_info())
        yield Worksheets(simulator.base_url, text, simulator, note)


@contextmanager
def _simulator(state: Path, time_scale: float) -> Iterator[SheetsSimulator]:
    """The simulator on the port of last time where that is free, which spares a deployment."""
    note = state / "sheets.port"
    options = SheetsSimulatorOptions(time_scale=time_scale, state_file=state / "sheets.json")
    starting = start_sheets_simulator(options, int(note.read_text()) if note.is_file() else 0)
    try:
        simulator = starting.__enter__()
    except OSError:
        starting = start_sheets_simulator(options)
        simulator = starting.__enter__()
    try:
        note.write_text(simulator.base_url.rsplit(":", 1)[1])
        yield simulator
    finally:
        starting.__exit__(None, None, None)


def _cells(sheet: Sheet) -> Sequence[Sequence[Any]]:
    """The sheet as cells of text; boxes to tick become such."""
    columns = map_headers(sheet.header)
    boxes = {columns.index[name] for name in _BOXES if name in columns.index}
    height = max((row.number for row in sheet.rows), default=sheet.header_row)
    rows: list[Sequence[Any]] = [()] * height
    rows[sheet.header_row - 1] = sheet.header
    for row in sheet.rows:
        rows[row.number - 1] = [
            text.upper() == "TRUE" if at in boxes and text.upper() in ("TRUE", "FALSE") else text
            for at, text in enumerate(row.cells)
        ]
    return rows
