"""Sheets as people have them: any format in, text cells out.

`read_sheet` turns the bytes of a file into a `Sheet`, `map_headers` says what its columns mean.
"""

from __future__ import annotations

from rowshot.reading.headers import Columns, map_headers
from rowshot.reading.output_columns import OUTPUT_COLUMNS
from rowshot.reading.read import read_sheet
from rowshot.reading.sheet import Sheet, SheetRow

__all__ = ["OUTPUT_COLUMNS", "Columns", "Sheet", "SheetRow", "map_headers", "read_sheet"]
