"""Reads the records of XLS workbooks (BIFF5 and BIFF8), section 2.4 of Microsoft's [MS-XLS].

Not by python-calamine: it shows numbers without their formats, lays every worksheet out as one
rectangle, and reserves whatever memory a damaged file announces, which ends the process.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from rowshot.reading.biff_texts import Pieces, codec_of, text_reader
from rowshot.reading.limits import MAX_CELLS, MAX_WORKSHEETS
from rowshot.reading.stored_numbers import BUILTIN_FORMATS, GENERAL, show_stored

ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A",
}  # fmt: skip
LAST_COLUMN = 255
_BOF, _EOF, _CONTINUE = 0x0809, 0x000A, 0x003C
_BOUNDSHEET, _FILEPASS, _CODEPAGE, _DATEMODE, _WINDOW1 = 0x0085, 0x002F, 0x0042, 0x0022, 0x003D
_FORMAT, _XF, _SST = 0x041E, 0x00E0, 0x00FC
_FORMULA, _STRING, _BOOLERR, _LABELSST = 0x0006, 0x0207, 0x0205, 0x00FD
_NUMBER, _RK, _MULRK = 0x0203, 0x027E, 0x00BD
_LABEL, _RSTRING = 0x0204, 0x00D6
_CELLS = frozenset(
    (_FORMULA, _BOOLERR, _LABELSST, _NUMBER, _RK, _MULRK, _LABEL, _RSTRING)
)  # blank cells are not among them
_BIFF8 = 0x0600
_WORKSHEET = 0

DAMAGE = (struct.error, ValueError, LookupError, OverflowError)
"""What the functions here raise on workbooks that are cut off or changed."""


class Locked(Exception):
    """The workbook is protected by a password."""


class TooManyCells(Exception):
    """There are more cells or texts than are read."""


@dataclass(frozen=True)
class Tab:
    """One worksheet of the workbook.

    Args:
        title: Its name.
        hidden: True when it is not shown.
        active: True for the one that was open when the workbook was saved.
        start: Where its records begin in the stream.
        end: Where they end at the latest.
    """

    title: str
    hidden: bool
    active: bool
    start: int
    end: int


@dataclass
class Workbook:
    """A workbook's stream and what all its worksheets share."""

    stream: bytes
    biff8: bool = True
    codec: str = ""
    since_1904: bool = False
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)

    def cells(self, tab: Tab) -> dict[int, dict[int, str]]:
        """The worksheet's texts: row from 0 -> column from 0 -> text. Empty ones are left out.

        Raises:
            TooManyCells: There are more than are read.
            Exception: One of ``DAMAGE``.
        """
        return _read_cells(self, tab)

    def shown(self, number: float, style: int) -> str:
        """A number as the style of its cell shows it."""
        code = self.styles[style] if style < len(self.styles) else 0
        text = self.formats.get(code) or BUILTIN_FORMATS.get(code, GENERAL)
        return show_stored(number, text, since_1904=self.since_1904)


def open_workbook(data: bytes) -> Workbook:
    """Read everything of an XLS file but its cells.

    Raises:
        Locked: It needs a password.
        TooManyCells: It has more texts than cells are read.
        Exception: One of ``DAMAGE``, or an ``OSError``.
    """
    book = Workbook(_stream(data))
    sheets: list[bytes] = []
    active = 0
    records = _records(book.stream, 0, len(book.stream))
    kind, body, _ = next(records, (0, b"", 0))
    if kind != _BOF:
        raise ValueError("the stream does not begin with BOF")
    book.biff8 = struct.unpack_from("<H", body)[0] == _BIFF8
    for kind, body, after in records:
        if kind == _EOF:
            break
        if kind == _FILEPASS:
            raise Locked
        if kind == _BOUNDSHEET:
            sheets.append(body)
            if len(sheets) > MAX_WORKSHEETS:
                raise ValueError("more worksheets than any workbook has")
        elif kind == _CODEPAGE:
            book.codec = codec_of(struct.unpack_from("<H", body)[0])
        elif kind == _DATEMODE:
            book.since_1904 = body[:2] == b"\x01\x00"
        elif kind == _WINDOW1 and len(body) >= 12:
            active = struct.unpack_from("<H", body, 10)[0]
        elif kind == _XF:
            book.styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _FORMAT:
            length = "<H" if book.biff8 else "<B"
            read = text_reader(biff8=book.biff8, codec=book.codec)
            book.formats[struct.unpack_from("<H", body)[0]] = read(Pieces([body[2:]]), length)
        elif kind == _SST:
            book.texts = _shared_texts([body, *_continued(book.stream, after)])
    book.tabs = list(_tabs(book, sheets, active))
    if not sheets:  # a worksheet alone, which begins where the workbook does
        book.tabs = [Tab("Sheet1", hidden=False, active=True, start=0, end=len(book.stream))]
    return book


def _stream(data: bytes) -> bytes:
    import olefile

    if data.startswith(struct.pack("<H", _BOF)):
        return data  # without a container
    with olefile.OleFileIO(io.BytesIO(data)) as container:
        for name in ("Workbook", "Book"):
            if container.exists(name):
                with container.openstream(name) as opened:
                    return bytes(opened.read())
    raise ValueError("no workbook in the container")


def _records(stream: bytes, start: int, end: int) -> Iterator[tuple[int, bytes, int]]:
    """Kind, body and end of each record."""
    offset = start
    while offset + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, offset)
        offset += 4
        yield kind, stream[offset : offset + length], offset + length
        offset += length


def _continued(stream: bytes, start: int) -> Iterator[bytes]:
    """The bodies of the CONTINUE records that follow."""
    for kind, body, _ in _records(stream, start, len(stream)):
        if kind != _CONTINUE:
            return
        yield body


def _shared_texts(bodies: list[bytes]) -> list[str]:
    pieces = Pieces(bodies)
    count: int = struct.unpack("<4xI", pieces.take(8))[0]
    read = text_reader(biff8=True, codec="")
    texts: list[str] = []
    # Some writers announce more texts than there are; a cell that names one of them is damaged.
    while len(texts) < count and not pieces.ended:
        if len(texts) == MAX_CELLS:
            raise TooManyCells
        texts.append(read(pieces, "<H"))
    return texts


def _tabs(book: Workbook, sheets: list[bytes], active: int) -> Iterator[Tab]:
    starts = [struct.unpack_from("<I", body)[0] for body in sheets]
    ordered = sorted({*starts, len(book.stream)})
    ends = dict(pairwise(ordered))
    read = text_reader(biff8=book.biff8, codec=book.codec)
    for position, (start, body) in enumerate(zip(starts, sheets, strict=True)):
        # Records belong to one worksheet, or a small file could be read a million times over.
        end = ends.pop(start, 0)
        if body[5] == _WORKSHEET and end <= len(book.stream):
            yield Tab(
                title=read(Pieces([body[6:]]), "<B"),
                hidden=body[4] & 3 != 0,
                active=position == active,
                start=start,
                end=end,
            )


def _read_cells(book: Workbook, tab: Tab) -> dict[int, dict[int, str]]:
    rows: dict[int, dict[int, str]] = {}
    count = depth = 0
    formula: tuple[int, int] | None = None
    for kind, body, after in _records(book.stream, tab.start, tab.end):
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth > 1:
            continue  # a chart within the worksheet, with cells of its own
        elif kind == _STRING and formula:
            text = _text(book, [body, *_continued(book.stream, after)])
            rows.setdefault(formula[0], {})[formula[1]] = text
            formula = None
        elif kind in _CELLS:
            row, column = struct.unpack_from("<HH", body)
            for text in _shown(book, kind, body, after):
                count += 1
                if column > LAST_COLUMN:
                    raise ValueError("beyond the last column")
                if count > MAX_CELLS:
                    raise TooManyCells
                if text:
                    rows.setdefault(row, {})[column] = text
                column += 1
            waits = kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 0
            formula = (row, column - 1) if waits else None
    return rows


def _shown(book: Workbook, kind: int, body: bytes, after: int) -> Iterator[str]:
    """The texts of the cells of one record, one for each column."""
    style = struct.unpack_from("<H", body, 4)[0]
    if kind == _LABELSST:
        yield book.texts[struct.unpack_from("<I", body, 6)[0]]
    elif kind in (_LABEL, _RSTRING):
        yield _text(book, [body[6:], *_continued(book.stream, after)])
    elif kind == _NUMBER:
        yield book.shown(struct.unpack_from("<d", body, 6)[0], style)
    elif kind == _RK:
        yield book.shown(_compressed(struct.unpack_from("<I", body, 6)[0]), style)
    elif kind == _MULRK:
        for at in range(4, len(body) - 2, 6):
            style, number = struct.unpack_from("<HI", body, at)
            yield book.shown(_compressed(number), style)
    elif kind == _BOOLERR:
        yield _error(body[6]) if body[7] else _truth(body[6])
    elif body[12:14] != b"\xff\xff":
        yield book.shown(struct.unpack_from("<d", body, 6)[0], style)
    else:  # the result of a formula that is no number: a text follows in a record of its own
        results: dict[int, Callable[[int], str]] = {1: _truth, 2: _error}
        yield results[body[6]](body[8]) if body[6] in results else ""


def _text(book: Workbook, bodies: list[bytes]) -> str:
    return text_reader(biff8=book.biff8, codec=book.codec)(Pieces(bodies), "<H")


def _truth(value: int) -> str:
    return "TRUE" if value else "FALSE"


def _error(code: int) -> str:
    return ERRORS.get(code, "#ERROR!")


def _compressed(packed: int) -> float:
    """A number in 30 bits: a whole one, or the upper half of a float; perhaps a hundredth of it."""
    if packed & 2:
        number: float = (packed - (packed >> 31 << 32)) >> 2
    else:
        number = struct.unpack("<d", struct.pack("<II", 0, packed & 0xFFFFFFFC))[0]
    if packed & 1:
        return number / 100
    return number
