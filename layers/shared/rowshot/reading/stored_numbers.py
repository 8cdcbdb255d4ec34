"""What XLS and XLSX keep of a number or date: a plain number, and a format that says what it is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from rowshot.reading.date_formats import is_date_format, is_elapsed_format, show_date
from rowshot.reading.number_formats import show

GENERAL = "General"
# ECMA-376 part 1, section 18.8.30. Numbers 27 to 36 and 50 to 58 depend on the country; in all that
# use them they are dates and times, and here they are the Chinese ones.
BUILTIN_FORMATS = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"', 35: '上午/下午h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"',
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"',
    54: 'm"月"d"日"', 55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
_SINCE_1900 = datetime(1899, 12, 30)
_SINCE_1904 = datetime(1904, 1, 1)
_NO_DATE = "#VALUE!"  # a spreadsheet fills the cell with hash signs


def show_stored(number: float, code: str, *, since_1904: bool = False) -> str:
    """The text of a cell with a number.

    Args:
        number: As it is stored; of dates it counts the days.
        code: The cell's number format.
        since_1904: Whether the workbook counts days from 1904 on, as Excel for Mac once did.
    """
    if not is_date_format(code):
        return show(number, code)
    try:
        return show_date(_moment(number, code, since_1904=since_1904), code)
    except (OverflowError, ValueError):
        return _NO_DATE


def _moment(days: float, code: str, *, since_1904: bool) -> date | time | timedelta:
    """The date, time or duration that a count of days means.

    Raises:
        OverflowError: When there is no such day.
        ValueError: When it is no number at all.
    """
    passed = timedelta(milliseconds=round(days * 86_400_000))
    if is_elapsed_format(code):
        return passed
    if timedelta() <= passed < timedelta(days=1):
        return (_SINCE_1900 + passed).time()
    if passed < timedelta():
        raise OverflowError
    if since_1904:
        return _SINCE_1904 + passed
    # Excel takes 1900 for a leap year, so that day 60 is a 29th of February which never was.
    return _SINCE_1900 + passed + timedelta(days=days < 60)
