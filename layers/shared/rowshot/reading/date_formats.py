"""Shows dates, times and durations as a spreadsheet's number format shows them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

LONGEST_FORMAT = 255
"""Characters that Excel takes; searching through longer ones could take minutes."""
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<elapsed>h+|m+|s+)\]'
    r"|\[[^\]]*\]|(?P<noon>AM/PM|A/P|上午/下午)|(?P<fraction>\.0+)"
    r"|(?P<field>y+|m+|d+|h+|s+|e+|a{3,4})|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CHINESE_DAYS = "一二三四五六日"
# Formats that Excel shows as the reader's country has it. We do not know the country: ISO.
_BY_COUNTRY = {"mm-dd-yy": "yyyy-mm-dd", "m/d/yy h:mm": "yyyy-mm-dd h:mm"}
_EPOCH = date(1899, 12, 31)


@lru_cache(maxsize=256)
def is_date_format(code: str) -> bool:
    """Whether a number with this format is shown as a date, a time or a duration."""
    if code.casefold() == "general" or len(code) > LONGEST_FORMAT:
        return False
    return any(
        token.lastgroup in ("elapsed", "noon")
        or (token.lastgroup == "field" and (token[0][0] in "ymdhsYMDHS" or len(token[0]) > 2))
        for token in _TOKEN.finditer(code.split(";")[0])
    )


@lru_cache(maxsize=256)
def is_elapsed_format(code: str) -> bool:
    """Whether a format shows time that has passed, such as 30 hours."""
    return any(token.lastgroup == "elapsed" for token in _TOKEN.finditer(code.split(";")[0]))


def iso(value: date | time | timedelta) -> str:
    """A date, time or duration without a format, as ISO 8601 has it; midnight is left out."""
    if isinstance(value, timedelta):
        return show_date(value, "[h]:mm:ss")
    if isinstance(value, datetime):
        whole = value.replace(microsecond=0)
        return whole.date().isoformat() if whole.time() == time() else whole.isoformat(" ")
    return value.replace(microsecond=0).isoformat() if isinstance(value, time) else str(value)


def show_date(value: date | time | timedelta, code: str) -> str:
    """Show a date by its number format's first section."""
    code = _BY_COUNTRY.get(code, code).split(";")[0]
    if code in ("General", "@"):
        return iso(value)
    tokens = list(_TOKEN.finditer(code))
    fields = [token for token in tokens if token.lastgroup in ("field", "elapsed")]
    noon = any(token.lastgroup == "noon" for token in tokens)
    if not fields and not noon:
        return iso(value)
    moment, elapsed = _moment(value)
    # A float is seldom a whole second, or a whole part of one.
    parts = max((len(token[0]) - 1 for token in tokens if token.lastgroup == "fraction"), default=0)
    half = timedelta(microseconds=500_000 // 10 ** min(parts, 6))
    moment, elapsed = moment + half, elapsed + (-half if elapsed < timedelta() else half)
    shown = ""
    for token in tokens:
        kind = token.lastgroup
        if kind in ("quoted", "escaped", "plain"):
            shown += token[kind]
        elif kind == "space":
            shown += " "
        elif kind == "noon":
            shown += token[0].upper().split("/")[moment.hour >= 12]
        elif kind == "fraction":
            shown += f".{moment.microsecond:06}"[: len(token[0])]
        elif kind == "elapsed":
            shown += _elapsed(elapsed, token["elapsed"])
        elif kind == "field":
            minute = token[0][0] in "mM" and _is_minute(fields, token)
            shown += _field(moment, token[0].lower(), minute=minute, noon=noon)
    return shown.strip()


def _moment(value: date | time | timedelta) -> tuple[datetime, timedelta]:
    """The value as a moment, and as time that has passed."""
    if isinstance(value, datetime):
        return value, value - datetime.combine(_EPOCH, time())
    if isinstance(value, time):
        moment = datetime.combine(_EPOCH, value)
        return moment, moment - datetime.combine(_EPOCH, time())
    if isinstance(value, timedelta):
        return datetime.combine(_EPOCH, time()) + value % timedelta(days=1), value
    moment = datetime.combine(value, time())
    return moment, moment - datetime.combine(_EPOCH, time())


def _is_minute(fields: list[re.Match[str]], token: re.Match[str]) -> bool:
    """An m means minutes right after hours or right before seconds, otherwise months."""
    at = fields.index(token)
    before = fields[at - 1][0].strip("[]")[0].lower() if at else ""
    after = fields[at + 1][0].strip("[]")[0].lower() if at + 1 < len(fields) else ""
    return before == "h" or after == "s"


def _elapsed(passed: timedelta, unit: str) -> str:
    seconds = int(abs(passed).total_seconds())
    count = seconds // {"h": 3600, "m": 60, "s": 1}[unit[0].lower()]
    return f"{'-' if passed < timedelta() else ''}{count:0{len(unit)}}"


def _field(moment: datetime, code: str, *, minute: bool, noon: bool) -> str:
    length, letter = len(code), code[0]
    if letter == "y":
        return f"{moment.year % 100:02}" if length < 3 else f"{moment.year:04}"
    if letter == "e":
        return str(moment.year)
    if letter == "a":
        return f"{'星期' if length > 3 else ''}{_CHINESE_DAYS[moment.weekday()]}"
    if letter == "d" and length > 2:
        return _DAYS[moment.weekday()][: 3 if length == 3 else None]
    if letter == "m" and not minute and length > 2:
        name = _MONTHS[moment.month - 1]
        return {3: name[:3], 5: name[0]}.get(length, name)
    hour = (moment.hour % 12 or 12) if noon else moment.hour
    month = moment.minute if minute else moment.month
    number = {"d": moment.day, "h": hour, "s": moment.second, "m": month}[letter]
    return f"{number:02}" if length > 1 else str(number)
