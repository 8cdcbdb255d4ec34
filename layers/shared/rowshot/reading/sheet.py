"""A sheet as it was read: text cells with their row numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SheetRow:
    """One row that is not blank.

    Args:
        number: Its number in the sheet, as a spreadsheet shows it: the first row is 1.
        cells: Its texts from column A on, without the empty ones at the end.
        uncalculated: Positions of cells that hold a formula without a stored result; their text
            is empty.
        problems: Plain sentences about what kept the row from being read as it was meant.
    """

    number: int
    cells: tuple[str, ...]
    uncalculated: frozenset[int] = frozenset()
    problems: tuple[str, ...] = ()

    @property
    def filled(self) -> bool:
        """Whether some cell has a text."""
        return any(map(str.strip, self.cells))


@dataclass(frozen=True)
class Sheet:
    """One worksheet of one file.

    Args:
        name: The file's name, for messages.
        format: ``csv``, ``tsv``, ``xlsx``, ``xls`` or ``ods``, by content.
        encoding: The text encoding that was found; None for workbooks.
        delimiter: What separates the cells; None for workbooks.
        worksheet: The worksheet's title; None for text files.
        header: The column names as they are written, without the empty ones at the end.
        header_row: The header's row number, usually 1.
        rows: The rows below it that are not blank.
        warnings: Sentences about what of the file is not read.
    """

    name: str
    format: str
    encoding: str | None
    delimiter: str | None
    worksheet: str | None
    header: tuple[str, ...]
    header_row: int
    rows: tuple[SheetRow, ...]
    warnings: tuple[str, ...] = ()
