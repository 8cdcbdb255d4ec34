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
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from rowshot.errors import RowshotError
from rowshot.reading.output_columns import COLUMNS, Content, Entered, Formula, Image
from rowshot.reporting.results import contents, our_columns
from rowshot.reporting.workbook_parts import cells_held, respelled, what_would_be_lost

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_MOST_CELLS = 500_000  # openpyxl holds them all at once, in about half a kilobyte each
_LARGEST = 10_000_000  # bytes
_LARGEST_UNPACKED = 100_000_000  # bytes
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


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
    """The workbook with our columns filled in the rows of its sheet.

    Args:
        data: The dropped XLSX file.
        report: The run's report.
        plan: The run's plan file: header, header row, worksheet and rows with their numbers.
        name: The file's name, for messages.

    Raises:
        LostContent: It holds what would be lost, is too large, or openpyxl cannot do it; the
            message says so.
    """
    try:
        return _filled(data, report, plan, name)
    except LostContent:
        raise
    except Exception as error:  # a run's results do not wait for what openpyxl makes of a file
        raise LostContent(f"{name} cannot be filled in: its rows are in results.csv.") from error


def _filled(data: bytes, report: Mapping[str, Any], plan: Mapping[str, Any], name: str) -> bytes:
    from openpyxl.workbook.properties import CalcProperties

    _check(data, plan, name)
    workbook = _opened(data, plan["worksheet"], name)
    sheet = workbook[plan["worksheet"]]
    places = _places(sheet, plan)
    _write_header(sheet, plan, places)
    by_number = {row["row"]: row for row in report["rows"]}
    for row in plan["rows"]:
        said = contents(by_number.get(row["number"]))
        for (_, column, _), content in zip(places, said, strict=True):
            _set(sheet.cell(row["number"], column), _typed(content))
        if "redo_reset" in row:
            redo = sheet.cell(row["number"], row["redo_reset"] + 1)
            redo.value = False if isinstance(redo.value, bool) else None
    # openpyxl keeps formulas, but not what they last came to. Many programs write no settings.
    workbook.calculation = workbook.calculation or CalcProperties()
    workbook.calculation.fullCalcOnLoad = True
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _check(data: bytes, plan: Mapping[str, Any], name: str) -> None:
    if not data:
        raise LostContent(f"{name} is no longer stored, so it comes back as results.csv only.")
    large = f"{name} is too large to be filled in: its rows are in results.csv."
    width = max([len(plan["header"]), *(len(row["cells"]) for row in plan["rows"])])
    if len(data) > _LARGEST or width * len(plan["rows"]) > _MOST_CELLS:
        raise LostContent(large)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _LARGEST_UNPACKED:
            raise LostContent(large)
        if found := what_would_be_lost(archive):
            raise LostContent(_lost(name, " and ".join(found)))
        if any(count > _MOST_CELLS for count in accumulate(cells_held(archive))):
            raise LostContent(large)


def _lost(name: str, what: str) -> str:
    return (
        f"{name} holds {what}, which would be lost in writing it back: its rows are in results.csv."
    )


def _opened(data: bytes, worksheet: str, name: str) -> Any:
    """The workbook, if need be from a copy that is spelled as openpyxl expects."""
    try:
        workbook, lost = _loaded(data)
    except Exception:  # it knows one spelling of each part's name
        workbook, lost = None, False
    if workbook is None or worksheet not in workbook.sheetnames:
        workbook, lost = _loaded(respelled(data))
    if lost:
        raise LostContent(_lost(name, "rules or formats of newer Excel versions"))
    return workbook


def _loaded(data: bytes) -> tuple[Any, bool]:
    """The workbook, and whether openpyxl leaves something out."""
    from openpyxl import load_workbook

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        workbook = load_workbook(io.BytesIO(data), rich_text=True)
    return workbook, any("will be removed" in str(each.message) for each in said)


def _merged_until(sheet: Worksheet, plan: Mapping[str, Any]) -> int:
    """The last column of cells that are merged beside the table; parts of them hold no text."""
    first = plan["header_row"]
    last = max([first, *(row["number"] for row in plan["rows"])])
    return max(
        (
            each.max_col
            for each in sheet.merged_cells.ranges
            if each.max_row >= first and each.min_row <= last
        ),
        default=0,
    )


def _places(sheet: Worksheet, plan: Mapping[str, Any]) -> list[tuple[str, int, bool]]:
    """Our columns: header, position from 1, and whether the column is new."""
    header = plan["header"]
    widths = (len(row["cells"]) for row in plan["rows"])
    following = max([len(header), _merged_until(sheet, plan), *widths]) + 1
    places = []
    for position, title in our_columns(header, lambda at: _column(sheet, plan, at)):
        new = position is None
        places.append((title, following if position is None else position + 1, new))
        following += new
    return places


def _column(sheet: Worksheet, plan: Mapping[str, Any], at: int) -> list[Entered]:
    """The cells of a column below the header, formulas as they are written."""
    first, column = plan["header_row"] + 1, at + 1
    return [
        _entered(row[0]) for row in sheet.iter_rows(min_row=first, min_col=column, max_col=column)
    ]


def _entered(cell: Any) -> Entered:
    if cell.data_type == "f":
        return Formula(str(getattr(cell.value, "text", cell.value)))
    plain = cell.value is None or isinstance(cell.value, bool | int | float)
    return cell.value if plain else str(cell.value)


def _write_header(
    sheet: Worksheet, plan: Mapping[str, Any], places: Sequence[tuple[str, int, bool]]
) -> None:
    from openpyxl.utils import get_column_letter

    row = plan["header_row"]
    pattern: Any = sheet.cell(row, max(1, len(plan["header"])))
    for output, (title, column, new) in zip(COLUMNS, places, strict=True):
        if new:
            cell: Any = sheet.cell(row, column)
            cell.value = title
            cell._style = copy(pattern._style)
            if output.width:
                sheet.column_dimensions[get_column_letter(column)].width = output.width


def _typed(content: Content) -> _Value:
    """Texts as they are, a picture as Excel's own function, an amount as a number."""
    match content:
        case Image(url):
            # Excel keeps functions that are younger than its file format under a prefix.
            return _Formula(f'=_xlfn.IMAGE("{url}")') if '"' not in url else None
        case Decimal():
            return float(content)
        case _:
            return content


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
