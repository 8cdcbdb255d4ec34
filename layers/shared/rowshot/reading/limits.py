"""How much a sheet may hold. A dropped file is a stranger's, so limits come before the work."""

from __future__ import annotations

from rowshot import messages
from rowshot.errors import UnreadableSheet

MAX_BYTES = 30 * 1024**2
MAX_ROWS = 20_000
MAX_SHEET_ROWS = 1_048_576  # the most that a worksheet of any format has
MAX_SHEET_COLUMNS = 16_384
MAX_COLUMNS = 500
MAX_CELLS = 1_000_000
MAX_CHARACTERS = 32_000_000  # a text file has no more; workbooks store once what cells share
MAX_CELLS_LOOKED_AT = 5_000_000  # of all worksheets, blank ones too: some seconds
MAX_CHARACTERS_LOOKED_AT = 100_000_000
MAX_WORKSHEETS = 5_000
MAX_CELL_CHARACTERS = 131_072  # the csv module's own bound; a spreadsheet's is 50,000
MAX_UNZIPPED_BYTES = 300 * 1024**2
# XLSX of real catalogues unpack to 5 to 30 times their size. A small file may do more.
MAX_UNZIP_RATIO = 150
FREE_UNZIPPED_BYTES = 20 * 1024**2
MAX_ZIP_ENTRIES = 5_000


def check_size(data: bytes, name: str) -> None:
    """Refuse an empty file and one that is too large.

    Raises:
        UnreadableSheet: With the sentence to show.
    """
    if not data.strip(b" \t\r\n\x00"):
        raise UnreadableSheet(messages.FILE_EMPTY(name=name))
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 1024**2:.0f}"
        raise UnreadableSheet(
            messages.FILE_TOO_LARGE(name=name, size=size, limit=MAX_BYTES // 1024**2)
        )


class Tally:
    """Counts rows and cells while they are read, and stops at the limits.

    Args:
        name: The file's name, for messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows = -1  # the header is not counted
        self._cells = 0
        self._characters = 0

    def add(self, cells: tuple[str, ...]) -> None:
        """Count one row that is not blank.

        Raises:
            UnreadableSheet: When a limit is passed.
        """
        self._rows += 1
        self._cells += len(cells)
        self._characters += sum(map(len, cells))
        if len(cells) > MAX_COLUMNS:
            raise UnreadableSheet(messages.TOO_MANY_COLUMNS(name=self._name, limit=MAX_COLUMNS))
        if self._rows > MAX_ROWS:
            raise UnreadableSheet(messages.TOO_MANY_ROWS(name=self._name, limit=f"{MAX_ROWS:,}"))
        if self._cells > MAX_CELLS:
            raise UnreadableSheet(messages.TOO_MANY_CELLS(name=self._name, limit=f"{MAX_CELLS:,}"))
        if self._characters > MAX_CHARACTERS:
            limit = f"{MAX_CHARACTERS:,}"
            raise UnreadableSheet(messages.TOO_MANY_CHARACTERS(name=self._name, limit=limit))


class Work:
    """Counts what of a workbook is looked at, and stops when it is too much.

    A small file may hold any number of blank cells and repeated rows, of which no table is made,
    and texts that no row needs.

    Args:
        name: The file's name, for messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._left = MAX_CELLS_LOOKED_AT
        self._characters_left = MAX_CHARACTERS_LOOKED_AT

    def add(self, cells: int) -> None:
        """Count cells, blank ones too.

        Raises:
            UnreadableSheet: When they are too many.
        """
        self._left -= cells
        if self._left < 0:
            limit = f"{MAX_CELLS_LOOKED_AT:,}"
            raise UnreadableSheet(messages.TOO_MANY_BLANKS(name=self._name, limit=limit))

    def read(self, characters: int) -> None:
        """Count characters of texts.

        Raises:
            UnreadableSheet: When they are too many.
        """
        self._characters_left -= characters
        if self._characters_left < 0:
            limit = f"{MAX_CHARACTERS_LOOKED_AT:,}"
            raise UnreadableSheet(messages.TOO_MANY_CHARACTERS(name=self._name, limit=limit))
