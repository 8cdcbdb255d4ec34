"""Looks through the records of an XLS workbook before it is read.

calamine lays every worksheet out as one rectangle, so that one stray cell in the last corner takes
a gigabyte, and it leaves cells with errors empty. Records are described in Microsoft's [MS-XLS],
section 2.4.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.sheets.limits import MAX_XLS_AREA

ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A",
}  # fmt: skip
_BOF, _EOF, _FILEPASS = 0x0809, 0x000A, 0x002F
_BOUNDSHEET = 0x0085
_DIMENSIONS, _SST = 0x0200, 0x00FC
_LAST_ROW, _LAST_COLUMN = 65_536, 256
_FORMULA, _BOOLERR = 0x0006, 0x0205
_MULRK = 0x00BD
# Records that begin with row and column: FORMULA, MULRK, RSTRING, LABELSST, NUMBER, LABEL, BOOLERR
# and RK. Blank cells are not among them: calamine skips those.
_WITH_PLACE = frozenset({_FORMULA, _MULRK, 0x00D6, 0x00FD, 0x0203, 0x0204, _BOOLERR, 0x027E})


@dataclass
class Biff:
    """What is known of one worksheet.

    Args:
        rows: One more than its last row's position.
        columns: One more than its last column's position.
        errors: (row, column) from 0 -> error code.
    """

    rows: int = 0
    columns: int = 0
    errors: dict[tuple[int, int], int] = field(default_factory=dict)


def inspect(data: bytes, *, name: str) -> dict[int, Biff]:
    """Look through a workbook.

    Returns:
        Position of each worksheet in the workbook -> what is known of it.

    Raises:
        UnreadableSheet: When it is locked, damaged, or reaches too far.
    """
    try:
        stream = _workbook_stream(data)
        found = _worksheets(stream, name)
    except (OSError, struct.error, ValueError, IndexError, OverflowError) as exc:
        raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name)) from exc
    if sum(sheet.rows * sheet.columns for sheet in found.values()) > MAX_XLS_AREA:
        raise UnreadableSheet(messages.CELLS_FAR_AWAY(name=name))
    return found


def _workbook_stream(data: bytes) -> bytes:
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as container:
        for stream in ("Workbook", "Book"):
            if container.exists(stream):
                with container.openstream(stream) as opened:
                    return bytes(opened.read())
    raise ValueError("no workbook in the container")


def _worksheets(stream: bytes, name: str) -> dict[int, Biff]:
    starts: dict[int, int] = {}
    found: dict[int, Biff] = {}
    current: Biff | None = None
    depth = 0
    for offset, kind, body in _records(stream):
        if kind == _FILEPASS:
            raise UnreadableSheet(messages.WORKBOOK_LOCKED(name=name))
        if kind == _BOUNDSHEET:
            starts[struct.unpack_from("<I", body)[0]] = len(starts)
        elif kind == _BOF:
            depth += 1
            if offset in starts:
                current, depth = found.setdefault(starts[offset], Biff()), 1
        elif kind == _EOF:
            depth -= 1
            current = current if depth else None  # charts lie inside a worksheet
        elif kind in (_DIMENSIONS, _SST):
            _check_promise(kind, body, len(stream))
        elif current is not None and kind in _WITH_PLACE:
            _note(current, kind, body)
    return found


def _check_promise(kind: int, body: bytes, size: int) -> None:
    """Announcements that calamine reserves memory for; too much of it would end the process.

    Raises:
        ValueError: When a record announces more than there can be.
    """
    if kind == _SST:
        if struct.unpack_from("<I", body, 4)[0] > size:
            raise ValueError("more texts than bytes")
    elif len(body) >= 12:  # since Excel 97
        first, last, left, right = struct.unpack_from("<IIHH", body)
        if not (first <= last <= _LAST_ROW and left <= right <= _LAST_COLUMN):
            raise ValueError("beyond the last row or column")


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    offset = 0
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        yield offset, kind, stream[offset + 4 : offset + 4 + length]
        offset += 4 + length


def _note(sheet: Biff, kind: int, body: bytes) -> None:
    row, column = struct.unpack_from("<HH", body)
    last = struct.unpack("<H", body[-2:])[0] if kind == _MULRK else column
    sheet.rows = max(sheet.rows, row + 1)
    sheet.columns = max(sheet.columns, last + 1)
    if kind == _BOOLERR and len(body) >= 8 and body[7]:
        sheet.errors[row, column] = body[6]
    # A formula's result: FF FF at its end says that it is no number, 02 at its start an error.
    elif kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
        sheet.errors[row, column] = body[8]
