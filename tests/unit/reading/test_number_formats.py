"""Numbers and dates show as a spreadsheet shows them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.reading.number_formats import show
from rowshot.reading.stored_numbers import BUILTIN_FORMATS, show_stored

MOMENT = datetime(2026, 3, 4, 15, 6, 7, 120000)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (17, "General", "17"),
        (17.0, "General", "17"),
        (17, "0000", "0017"),
        (17, "@", "17"),
        (0.1 + 0.2, "General", "0.3"),
        (6901234567892.0, "General", "6901234567892"),
        (1e21, "General", "1000000000000000000000"),
        (1e-7, "General", "0.0000001"),
        (99, '0"元"', "99元"),
        (99, "0元", "99元"),
        (88, "[$¥-804]#,##0.00", "¥88.00"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (1234, "0,000", "1,234"),
        (12, "0,000", "0,012"),
        (1234567, '#,##0,"K"', "1,235K"),
        (0.256, "0.0%", "25.6%"),
        (0.5, "0%", "50%"),
        (2.5, "0", "3"),
        (999.995, "0.00", "1000.00"),
        (2, "0.##", "2"),
        (0.5, "#.##", ".5"),
        (-5, "0.00", "-5.00"),
        (-5, '"$"#,##0_);("$"#,##0)', "($5)"),
        (-0.001, "0.00", "0.00"),
        (0, "0;-0;;@", ""),
        (0, '0;-0;"none"', "none"),
        (5, "[Red]0;[Blue]-0", "5"),
        (4, "[>3]0.0;0", "4.0"),
        (2, "[>3]0.0;0", "2"),
        (-4, "[<0]0.0;0", "4.0"),
        (-4, "[<=-3]0.0;0", "4.0"),
        (-2, "[<=-3]0.0;0", "-2"),
        (-4, "[<3]0.0;0", "-4.0"),
        (-4, "[>3]0.0;0", "-4"),
        (5551234, "[<=9999999]###-####;(###) ###-####", "555-1234"),
        (2025551234, "[<=9999999]###-####;(###) ###-####", "(202) 555-1234"),
        (7, "[=1]0;[=2]00;000", "007"),
        (1.5, "# ?/?", "1 1/2"),
        (0.75, "# ?/?", "3/4"),
        (-2.25, "#\\ ??/??", "-2 1/4"),
        (3, "# ?/?", "3"),
        (0, "# ?/?", "0"),
        (0.999, "# ?/?", "1"),
        (5.25, "# ?/8", "5 2/8"),
        (1.5, "?/?", "3/2"),
        (2.5, '# ?/?" in"', "2 1/2 in"),
        (12, "00/00", "12/1"),
        (13800138000, "000-0000-0000", "138-0013-8000"),
        (3, '"SKU-"000', "SKU-003"),
        (3, "\\A000", "A003"),
        (12345.678, "0.00E+00", "1.23E+04"),
        (12345.678, "##0.0E+0", "12.3E+3"),
        (999.96, "##0.0E+0", "1.0E+3"),
        (0.00012, "##0.0E+0", "120.0E-6"),
        (99.9, "0E+0", "1E+2"),
        (0, "0.0E+0", "0.0E+0"),
        (7, '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)', "7"),
        (True, "General", "TRUE"),
        (False, "0", "FALSE"),
        (None, "0", ""),
        ("0017", "0", "0017"),
    ],
)
def test_numbers(value: object, code: str, shown: str) -> None:
    assert show(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (MOMENT, "yyyy-mm-dd h:mm:ss", "2026-03-04 15:06:07"),
        (MOMENT, "mm-dd-yy", "2026-03-04"),  # "short date" depends on the country: ISO
        (MOMENT, 'yyyy"年"m"月"d"日"', "2026年3月4日"),
        (MOMENT, "[$-804]aaaa", "星期三"),
        (MOMENT, "d-mmm-yy", "4-Mar-26"),
        (MOMENT, "dddd, mmmm d", "Wednesday, March 4"),
        (MOMENT, "h:mm AM/PM", "3:06 PM"),
        (MOMENT, "h:mm am/pm", "3:06 PM"),
        (MOMENT, '上午/下午h"时"mm"分"', "下午3时06分"),
        (MOMENT, "mm:ss.0", "06:07.1"),
        (MOMENT, "General", "2026-03-04 15:06:07"),
        (date(2026, 3, 4), "General", "2026-03-04"),
        (datetime(2026, 3, 4), "General", "2026-03-04"),
        (time(3, 4, 5), "mm:ss", "04:05"),
        (time(3, 4, 5), "General", "03:04:05"),
        (timedelta(hours=30, minutes=5), "[h]:mm:ss", "30:05:00"),
        (timedelta(hours=30, minutes=5), "General", "30:05:00"),
    ],
)
def test_dates(value: object, code: str, shown: str) -> None:
    assert show(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (46085, "yyyy-mm-dd", "2026-03-04"),
        (46085.5, "yyyy-mm-dd hh:mm", "2026-03-04 12:00"),
        (46085, 'yyyy"年"m"月"d"日"', "2026年3月4日"),
        (46085, "General", "46085"),
        (46085, '0" days"', "46085 days"),
        (46085, "0\\d", "46085d"),
        (46085, "[Red]0", "46085"),
        (46085, "[$-804]aaaa", "星期三"),
        (46085.5, "0.00E+00", "4.61E+04"),
        (0.25, "h:mm", "6:00"),
        (16 / 24 + 17 / 1440 + 36.9996 / 86400, "h:mm:ss AM/PM", "4:17:37 PM"),
        (46085 + 86399.7 / 86400, "yyyy-mm-dd hh:mm:ss", "2026-03-05 00:00:00"),
        (46085 + 86399.7 / 86400, "hh:mm:ss.0", "23:59:59.7"),
        (46085 + 86399.97 / 86400, "hh:mm:ss.0", "00:00:00.0"),
        (1.9999999, "[h]:mm:ss", "48:00:00"),
        (-1.9999999, "[h]", "-48"),
        (0.75, "AM/PM", "PM"),
        (1.25, "[h]:mm", "30:00"),
        (1, "yyyy-mm-dd", "1900-01-01"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (-1, "yyyy-mm-dd", "#VALUE!"),
        (1e9, "yyyy-mm-dd", "#VALUE!"),
        (17, "0000", "0017"),
        (46085, BUILTIN_FORMATS[31], "2026年3月4日"),
        (46085, BUILTIN_FORMATS[14], "2026-03-04"),
        *((17, mark * 100_000, "17") for mark in ("[", '"', "0", "#/", "y[", "\\", ";", "_", "[h")),
    ],
)
def test_stored_numbers(value: float, code: str, shown: str) -> None:
    assert show_stored(value, code) == shown


@pytest.mark.parametrize("mark", ["[", '"', "y[", "[h", "m/"])
def test_a_format_longer_than_any_is_not_searched_through(mark: str) -> None:
    assert show(MOMENT, mark * 100_000) == "2026-03-04 15:06:07"


def test_days_may_be_counted_from_1904() -> None:
    assert show_stored(44623, "yyyy-mm-dd", since_1904=True) == "2026-03-04"


@given(st.floats(), st.text(alphabet='#0?/.,;[]<>=ymdhs"\\ E+-%_*@G', max_size=20))
def test_any_format_of_a_stored_number_gives_some_text(value: float, code: str) -> None:
    assert isinstance(show_stored(value, code), str)


@given(st.integers(min_value=0, max_value=10**15), st.integers(min_value=1, max_value=20))
def test_zeros_pad_and_lose_nothing(value: int, width: int) -> None:
    assert show(value, "0" * width) == str(value).zfill(width)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_grouping_only_adds_commas(value: Decimal) -> None:
    assert show(value, "#,##0.00") == f"{value:,.2f}"


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=15))
def test_any_format_gives_some_text(value: float, code: str) -> None:
    assert isinstance(show(value, code), str)
