"""Reads a dropped file, whatever it is."""

from __future__ import annotations

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.reading.kinds import kind_of
from rowshot.reading.limits import check_size
from rowshot.reading.ods import read_ods
from rowshot.reading.sheet import Sheet
from rowshot.reading.text import read_text
from rowshot.reading.xls import read_xls
from rowshot.reading.xlsx import read_xlsx


def read_sheet(data: bytes, *, name: str, worksheet: str | None = None) -> Sheet:
    """Read one worksheet of a file. Its content decides what it is, not its name.

    Args:
        data: The file's bytes.
        name: The file's name, for messages.
        worksheet: The worksheet to read, for workbooks; by default the first with the columns
            that a sheet needs.

    Raises:
        UnreadableSheet: With one plain sentence, when it is no sheet of rows.
    """
    check_size(data, name)
    kind = kind_of(data, name=name)
    if kind == "text":
        sheet = read_text(data, name=name)
    elif kind == "xlsx":
        sheet = read_xlsx(data, name=name, worksheet=worksheet)
    elif kind == "ods":
        sheet = read_ods(data, name=name, worksheet=worksheet)
    else:
        sheet = read_xls(data, name=name, worksheet=worksheet)
    if not sheet.rows:
        raise UnreadableSheet(messages.NO_ROWS(name=name))
    return sheet
