"""Quotation marks are read as they were meant, and no cell of a text is lost in silence."""

from __future__ import annotations

import pytest

from rowshot.errors import UnreadableSheet
from rowshot.models import Catalogue
from rowshot.reading import read_sheet
from rowshot.reading.delimited import OpenQuote, records
from rowshot.specs import RowSpec, read_specs


def specs(text: str) -> list[RowSpec]:
    return read_specs(read_sheet(text.encode(), name="a.csv"), Catalogue.from_package())


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        # As spreadsheets write it.
        ('a,"x, ""y"", z",b', ["a", 'x, "y", z', "b"]),
        ('"",""', ["", ""]),
        ('""""', ['"']),
        # A space before or after the marks.
        ('a, "x, y" ,b', ["a", "x, y", "b"]),
        ("a, x , b", ["a", " x ", " b"]),
        # A backslash before the marks.
        (r'a,"reads \"Sun, moon\", on stone"', ["a", 'reads "Sun, moon", on stone']),
        (r'a,"\"Sun\" in bold"', ["a", '"Sun" in bold']),
        (r'"C:\pictures\","b"', ["C:\\pictures\\", "b"]),
        # Marks that stand as they are.
        ('a,"reads "Good morning, sun", on stone"', ["a", 'reads "Good morning, sun", on stone']),
        ('a,"reads "Sun""', ["a", 'reads "Sun"']),
        ('a,"A 7" mug, blue"', ["a", 'A 7" mug, blue']),
        ('a,"A tin ("No 7"), 12" wide",b', ["a", 'A tin ("No 7"), 12" wide', "b"]),
        # Texts that begin with words in marks, and inches within a text.
        ('a,"Sun" in bold serif', ["a", '"Sun" in bold serif']),
        ('a,"Sun, moon" in bold serif,b', ["a", '"Sun, moon" in bold serif', "b"]),
        ('a,"Sun" and "Moon",b', ["a", '"Sun" and "Moon"', "b"]),
        ('a,"10" plate,b', ["a", '"10" plate', "b"]),
        ('a,A 7" mug,b', ["a", 'A 7" mug', "b"]),
        # Curly marks around a cell with a comma; around a word they are the text's own.
        ("a,“A cup, on wood”", ["a", "A cup, on wood"]),
        ("a, “A cup, reads “Sun”, on wood” ,b", ["a", "A cup, reads “Sun”, on wood", "b"]),
        ("a,”A cup, on wood”", ["a", "A cup, on wood"]),
        ("a,„Ein Becher, auf Holz“", ["a", "Ein Becher, auf Holz"]),
        ("a,“Sun” in bold,“Moon”", ["a", "“Sun” in bold", "“Moon”"]),
    ],
)
def test_marks_are_read_as_they_were_meant(line: str, cells: list[str]) -> None:
    assert list(records(line, ",")) == [cells]
    assert list(records(f"{line}\r\nc,d\r", ",")) == [cells, ["c", "d"]]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('a\t"Sun" in bold, on a 10" tin', ["a", '"Sun" in bold, on a 10" tin']),
        ('a\t"Sun, on a tin', ["a", '"Sun, on a tin']),
        ('a\t"Sun"', ["a", "Sun"]),
        ('a\t"one\ntwo"\tb', ["a", "one\ntwo", "b"]),
    ],
)
def test_marks_between_tabs(line: str, cells: list[str]) -> None:
    assert next(records(f"{line}\nc\td", "\t")) == cells


@pytest.mark.parametrize("delimiter", [",", ";", "|"])
def test_a_mark_that_would_swallow_rows_is_named(delimiter: str) -> None:
    lines = ["sku,prompt", "mug,Mug", 'a-1,"Sun tin', "cup,A cup", 'a-3,Plate 10"', "a-4,Bowl"]
    text = "\n".join(lines).replace(",", delimiter)
    with pytest.raises(OpenQuote) as caught:
        list(records(text, delimiter))
    assert (caught.value.row, caught.value.closes) == (3, True)
    with pytest.raises(UnreadableSheet, match="opens in row 3 and closes only in a later row"):
        read_sheet(text.encode(), name="a.csv")


@pytest.mark.parametrize(
    "line",
    [
        'a,"A red mug, with label ""HELLO" on it',
        'a,"Sun, moon and ""stars" above a tin,b',
        'a,"A mug, reads "HELLO',
        'a, "A mug, its label says "Hi", b" c',
    ],
)
def test_a_cell_whose_marks_do_not_close_it_is_named(line: str) -> None:
    with pytest.raises(UnreadableSheet, match="a quotation mark opens in row 2 and never closes"):
        read_sheet(f"sku,prompt\n{line}\nc,d\n".encode(), name="a.csv")


@pytest.mark.parametrize(
    "cell",
    [
        "Cup on stone, soft light\nno people, no text",
        "Cup on stone\nsoft light",
        "Cup\n\nsoft, light\n",
        "red,blue\ngreen",
    ],
)
def test_a_cell_of_several_lines_is_one_cell(cell: str) -> None:
    assert list(records(f'sku,prompt\na-1,"{cell}"\na-2,Cup', ",")) == [
        ["sku", "prompt"],
        ["a-1", cell],
        ["a-2", "Cup"],
    ]


def test_text_beyond_the_last_column_makes_its_row_invalid() -> None:
    text = "sku;prompt;size;;\nA;A cup; on wood;1:1;;soft light\nB;A cup;;x\nC;Cup;;;;;;\n"
    surplus, unnamed, empty = specs(text)
    assert surplus.problems[0] == (
        "The row goes on beyond the last column, with 'soft light': put quotation marks around a "
        "cell that contains a semicolon, or delete what is too much."
    )
    assert not unnamed.problems  # a column without a name is none too many
    assert not empty.problems


def test_spaces_of_other_peoples_columns_stay() -> None:
    sheet = read_sheet(b'sku, prompt, note\na, "A cup",  two spaces\n', name="a.csv")
    assert sheet.rows[0].cells == ("a", "A cup", "  two spaces")


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("sku,prompt,\nA,A red mug, on oak\n", ["A"]),
        ("sku,prompt,,\nA,A red mug, on oak, soft light\nB,A tin\n", ["A"]),
        ("sku,prompt,\nA,A red mug, on oak\nB,A tin,glossy\nC,A cup,matt\n", ["A"]),
        ("sku,prompt,\nA,A mug,on oak\nB,A tin,\nC,A cup,\n", ["A"]),
        ("sku;prompt;\nA;A mug; on oak\nB;A tin; on slate\n", ["A", "B"]),
        ("sku,prompt,\nA,A mug,left\nB,A tin,right\nC,A cup,\n", []),
        ("sku, prompt,\nA, A mug, left\nB, A tin, right\n", []),
        ("sku,prompt,\nA,A mug,\nB,A tin,\n", []),
    ],
)
def test_text_below_no_name_is_cut_off_or_a_column_of_its_own(text: str, cut: list[str]) -> None:
    found = specs(text)
    assert [each.row_key for each in found if each.problems] == cut
    assert all("beyond the last column" in each.problems[0] for each in found if each.problems)
