"""A dropped workbook given back with our columns filled.

openpyxl reads a workbook whole and writes it anew, and what it does not know is lost on the way:
a workbook with drawings, macros and the like is therefore left alone, which is told.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rowshot.errors import RowshotError
from rowshot.results import our_columns, output_values

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_MOST_CELLS = 500_000  # openpyxl holds them all at once, in about half a kilobyte each
_LARGEST = 10_000_000  # bytes
_KINDS = (
    ("macros", re.compile(r"xl/(vbaProject\.bin|macrosheets/)")),
    ("charts", re.compile(r"xl/(charts|chartsheets)/")),
    ("form controls", re.compile(r"xl/(ctrlProps|activeX)/")),
    ("embedded files", re.compile(r"xl/embeddings/")),
    ("pictures", re.compile(r"xl/(media|richData)/")),
    ("slicers", re.compile(r"xl/(slicers|timelines)/")),
    ("threaded comments", re.compile(r"xl/threadedComments/")),
)
_DRAWING = re.compile(r"xl/drawings/[^/]+\.xml")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WIDE = {"image_url": 42.0, "preview": 14.0, "error": 42.0}


@dataclass(frozen=True)
class _Formula:
    """The only thing that is written as a formula."""

    text: str


_Value = str | float | _Formula | None


class LostContent(RowshotError):
    """The workbook cannot be written back without losing something."""


def filled_workbook(
    data: bytes, report: Mapping[str, Any], plan: Mapping[str, Any], name: str
) -> bytes:
    """The workbook with status, URL, picture, error and cost in the rows of its sheet.

    Args:
        data: The dropped XLSX file.
        report: The run's report.
        plan: The run's plan file: header, header row, worksheet and rows with their numbers.
        name: The file's name, for messages.

    Raises:
        LostContent: It holds what would be lost, or is too large; the message says so.
    """
    _check(data, plan, name)
    workbook = _opened(data, name)
    sheet = workbook[plan["worksheet"]]
    cells = [row["cells"] for row in plan["rows"]]
    places = _places(plan["header"], cells)
    _write_header(sheet, plan, places)
    by_number = {row["row"]: row for row in report["rows"]}
    for row in plan["rows"]:
        values = output_values(by_number.get(row["number"]))
        for (_, column, _), value in zip(places, _typed(values), strict=True):
            _set(sheet.cell(row["number"], column), value)
        if "redo_reset" in row:
            redo = sheet.cell(row["number"], row["redo_reset"] + 1)
            redo.value = False if isinstance(redo.value, bool) else None
    # openpyxl keeps formulas, but not what they last came to.
    workbook.calculation.fullCalcOnLoad = True
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _check(data: bytes, plan: Mapping[str, Any], name: str) -> None:
    if not data:
        raise LostContent(f"{name} is no longer stored, so it comes back as results.csv only.")
    width = max([len(plan["header"]), *(len(row["cells"]) for row in plan["rows"])])
    if len(data) > _LARGEST or width * len(plan["rows"]) > _MOST_CELLS:
        raise LostContent(f"{name} is too large to be filled in: its rows are in results.csv.")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = [kind for kind, parts in _KINDS if any(map(parts.match, archive.namelist()))]
        # Google's exports have an empty drawing for every worksheet.
        drawings = (each for each in archive.namelist() if _DRAWING.fullmatch(each))
        if not found and any(b"Anchor" in archive.read(each) for each in drawings):
            found.append("drawings")
    if found:
        raise LostContent(_lost(name, " and ".join(found)))


def _lost(name: str, what: str) -> str:
    return (
        f"{name} holds {what}, which would be lost in writing it back: its rows are in results.csv."
    )


def _opened(data: bytes, name: str) -> Any:
    from openpyxl import load_workbook

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        workbook = load_workbook(io.BytesIO(data))
    if any("will be removed" in str(each.message) for each in said):
        raise LostContent(_lost(name, "rules or formats of newer Excel versions"))
    return workbook


def _places(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[tuple[str, int, bool]]:
    """Our columns: header, position from 1, and whether the column is new."""
    following = max([len(header), *map(len, rows)]) + 1
    places = []
    for position, title in our_columns(header, rows):
        new = position is None
        places.append((title, following if position is None else position + 1, new))
        following += new
    return places


def _write_header(
    sheet: Worksheet, plan: Mapping[str, Any], places: Sequence[tuple[str, int, bool]]
) -> None:
    from openpyxl.utils import get_column_letter

    row = plan["header_row"]
    pattern: Any = sheet.cell(row, max(1, len(plan["header"])))
    for title, column, new in places:
        if new:
            cell: Any = sheet.cell(row, column)
            cell.value = title
            cell._style = copy(pattern._style)
            width = _WIDE.get(title.removeprefix("rowshot "))
            if width:
                sheet.column_dimensions[get_column_letter(column)].width = width


def _typed(values: Sequence[str]) -> list[_Value]:
    """Texts as they are, the picture as Excel's own function, the cost as a number."""
    status, url, _, error, cost = values
    # Excel keeps functions that are younger than its file format under a prefix.
    preview = _Formula(f'=_xlfn.IMAGE("{url}")') if url and '"' not in url else None
    return [status, url, preview, error, float(Decimal(cost)) if cost else None]


def _set(cell: Any, value: _Value) -> None:
    from openpyxl.cell import MergedCell

    if isinstance(cell, MergedCell):  # a part of another cell has no value of its own
        return
    if isinstance(value, _Formula):
        cell.value = value.text
        return
    cell.value = _CONTROLS.sub(" ", value) or None if isinstance(value, str) else value
    if isinstance(cell.value, str):
        cell.data_type = "s"  # what looks like a formula is a text
