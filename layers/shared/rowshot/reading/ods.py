"""Reads ODS workbooks: what each cell shows, formulas never evaluated."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from xml.etree.ElementTree import ParseError

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.reading.archives import ZIP_DAMAGE
from rowshot.reading.limits import Work
from rowshot.reading.ods_parts import Content, Row
from rowshot.reading.packages import Package, fed, local_name
from rowshot.reading.sheet import Sheet, SheetRow
from rowshot.reading.workbooks import TOP, Worksheet, read_worksheet

_CONTENT = "content.xml"
_SETTINGS = "settings.xml"


def read_ods(data: bytes, *, name: str, worksheet: str | None) -> Sheet:
    """Read one worksheet of an ODS workbook whose container was checked.

    Raises:
        UnreadableSheet: When it cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            worksheets = _worksheets(Package(archive), Work(name))
            return read_worksheet(worksheets, name=name, file_format="ods", wanted=worksheet)
    except (*ZIP_DAMAGE, ParseError) as exc:
        raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name)) from exc


def _worksheets(package: Package, work: Work) -> list[Worksheet]:
    """All worksheets lie in one part, which is read once for the first rows of each."""
    content = Content(work)
    tops: dict[int, list[SheetRow]] = {}
    for _ in fed(package.open(_CONTENT), content):
        for row in content.taken():
            top = tops.setdefault(row.table, [])
            if any(map(str.strip, row.cells)):
                top += islice(_rows(row, work), TOP - len(top))
    active = _active(package)
    return [
        Worksheet(
            title=table.title,
            hidden=table.hidden,
            active=table.title == active,
            rows=_Rows(package, position, work),
            top=tops.get(position, ()),
        )
        for position, table in enumerate(content.tables)
    ]


def _rows(row: Row, work: Work) -> Iterator[SheetRow]:
    """The rows that a row stands for; the first was counted when it was read."""
    for copy in range(row.repeated):
        work.add(len(row.cells) if copy else 0)
        yield SheetRow(row.number + copy, row.cells, row.uncalculated)


def _active(package: Package) -> str | None:
    """Title of the worksheet that was open when the workbook was saved."""
    if not package.has(_SETTINGS):
        return None
    setting = _ActiveTable()
    for _ in fed(package.open(_SETTINGS), setting):
        pass
    return setting.title


class _ActiveTable:
    """Takes one of the settings."""

    def __init__(self) -> None:
        self.title: str | None = None
        self._reading = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        names = [each for key, each in attributes.items() if local_name(key) == "name"]
        self._reading = "ActiveTable" in names

    def data(self, text: str) -> None:
        if self._reading:
            self.title = (self.title or "") + text

    def end(self, tag: str) -> None:
        self._reading = False


@dataclass(frozen=True)
class _Rows:
    """The rows of the table at a position in the workbook."""

    package: Package
    position: int
    work: Work

    def __call__(self) -> Iterator[SheetRow]:
        content = Content(self.work)
        for _ in fed(self.package.open(_CONTENT), content):
            for row in content.taken():
                if row.table == self.position:
                    yield from _rows(row, self.work)
            if len(content.tables) > self.position + 1:
                return
