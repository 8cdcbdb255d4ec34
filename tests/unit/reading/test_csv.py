"""Whatever a CSV writer writes comes back, and nothing is lost in silence."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rowshot.errors import UnreadableSheet
from rowshot.reading import read_sheet
from rowshot.reading.inert import inert
from rowshot.reading.limits import MAX_BYTES, MAX_ROWS

# Control characters are refused elsewhere; what is left is what people can type.
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn"), include_characters="\n\t"),
    max_size=30,
)
ROWS = st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=8)


def written(rows: list[tuple[str, ...]], delimiter: str, line_end: str) -> str:
    target = io.StringIO(newline="")
    # Before Python 3.13 the writer quotes only the line ends that it writes itself.
    quoting = csv.QUOTE_MINIMAL if line_end == "\r\n" else csv.QUOTE_ALL
    writer = csv.writer(target, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows(rows)
    return target.getvalue()


def trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


@given(
    ROWS,
    st.sampled_from([",", "\t", ";", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_every_cell_comes_back(
    rows: list[tuple[str, ...]], delimiter: str, line_end: str, encoding: str
) -> None:
    header = ("slug", "prompt", "size")
    expected = [
        (number, trimmed(cells))
        for number, cells in enumerate(rows, start=2)
        if any(cell.strip() for cell in cells)
    ]
    assume(expected)
    cells = [tuple(map(inert, each)) for each in rows]
    data = written([header, *cells], delimiter, line_end).encode(encoding)
    sheet = read_sheet(data, name="a.csv")
    assert sheet.delimiter == delimiter
    assert sheet.header == header
    assert [(row.number, row.cells) for row in sheet.rows] == expected


CHINESE = st.text(
    # The characters of GB2312's first level: what Chinese sheets are made of.
    st.sampled_from(
        "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    ),
    min_size=4,
    max_size=40,
)


@given(st.lists(CHINESE, min_size=1, max_size=5), st.sampled_from(["gbk", "gb18030"]))
def test_chinese_excel_comes_back(prompts: list[str], encoding: str) -> None:
    rows = [("编号", "提示词"), *((f"A-{n}", text) for n, text in enumerate(prompts))]
    sheet = read_sheet(written(rows, ",", "\r\n").encode(encoding), name="a.csv")
    assert sheet.encoding == "gb18030"
    assert [row.cells[1] for row in sheet.rows] == prompts


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_a_sentence(data: bytes) -> None:
    try:
        sheet = read_sheet(data, name="a.csv")
    except UnreadableSheet as exc:
        assert exc.message.endswith(".")
        assert "\n" not in exc.message
    else:
        assert sheet.rows


@given(ROWS, st.integers(min_value=0, max_value=7))
def test_an_unclosed_quotation_mark_never_loses_rows(
    rows: list[tuple[str, ...]], position: int
) -> None:
    rows = [tuple(re.sub(r'[",]', "", cell) or "x" for cell in cells) for cells in rows]
    lines = [",".join(cells) for cells in rows]
    assume(not any(set(line) & set("\t\n\r;|") for line in lines))
    at = 1 + position % len(lines)
    lines.insert(0, "slug,prompt,size")
    lines[at] = '"' + lines[at]
    with pytest.raises(UnreadableSheet, match=rf"opens in row {at + 1} and never closes"):
        read_sheet("\n".join(lines).encode(), name="a.csv")


def test_too_many_rows() -> None:
    data = b"slug,prompt\n" + b"a,b\n" * (MAX_ROWS + 1)
    with pytest.raises(UnreadableSheet, match="more than 20,000 rows"):
        read_sheet(data, name="a.csv")
    assert len(read_sheet(data[:-4], name="a.csv").rows) == MAX_ROWS


def test_too_many_cells() -> None:
    data = b"slug,prompt\n" + b",".join([b"a"] * 400) + b"\n"
    with pytest.raises(UnreadableSheet, match="more than 1,000,000 filled cells"):
        read_sheet(data + data[12:] * 2500, name="a.csv")


def test_too_large() -> None:
    with pytest.raises(UnreadableSheet, match="has 30 MB, and at most 30 MB can be read"):
        read_sheet(b"x" * (MAX_BYTES + 1), name="a.csv")


@pytest.mark.parametrize(
    "data",
    [
        b"slug,prompt\na," + bytes(range(0x80, 0x100)) + b"\n",  # like no language at all
        b"\xff\xfes\x00l\x00\x00\xd8\n\x00",  # half a surrogate pair
    ],
)
def test_no_encoding_fits(data: bytes) -> None:
    with pytest.raises(UnreadableSheet, match=r"The characters of a\.csv cannot be read"):
        read_sheet(data, name="a.csv")
