"""Dates as spreadsheets and people write them where a text should stand."""

from __future__ import annotations

import re

# Months as spreadsheets shorten and write them: in English, German and French, and in others.
_MONTH = (
    r"jan(?:uary|uar|v|vier)?|f[eéè]b(?:ruary|ruar)?|f[eéè]vr?(?:ier)?|mar(?:ch|s)?|mär(?:z)?|mrz"
    r"|apr(?:il)?|avr(?:il)?|may|mai|june?|juni|juin|july?|juli|juil(?:let)?|aug(?:ust)?|août"
    r"|sept?(?:ember|embre)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|de[cz](?:ember)?"
    r"|d[eé]c(?:embre)?"
)
_OTHER_MONTH = (
    r"ene|abr|ago|dic|gen|mag|giu|lug|set|ott|mrt|mei|maj|out|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru"
    r"|янв(?:аря)?|фев(?:раля)?|март?а?|апр(?:еля)?|ма[йя]|июн[ья]?|июл[ья]?|авг(?:уста)?"
    r"|сен(?:тября)?|окт(?:ября)?|ноя(?:бря)?|дек(?:абря)?|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara"
    r"|márc|ápr|máj|jún|júl|szept|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|ιαν|φεβ|μαρ|απρ|μαΐ|ιουν"
    r"|ιουλ|αυγ|σεπ|οκτ|νοε|δεκ|ינו|פבר|מרץ|אפר|מאי|יונ|יול|אוג|ספט|אוק|נוב|דצמ|يناير|فبراير|مارس"
    r"|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر"
)
_ANY_MONTH = rf"(?:{_MONTH}|{_OTHER_MONTH})\.?"
# 12-Mar, Mar-12, 3. Mrz, 01.Mrz, Sept 2 and 2026-03-12 00:00:00: what a spreadsheet makes of 3-12.
_DATED = re.compile(
    rf"\A(?:\d{{1,2}}(?:\.? |[-./]){_ANY_MONTH}(?:[-. /]\d{{2,4}})?"
    rf"|{_ANY_MONTH}-\d{{2,4}}|(?:{_MONTH})\.? \d{{1,4}}"
    r"|\d{4}-\d{2}-\d{2}[ T]00:00(?::00)?|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}\.\d{1,2}\.(?:\d{4})?"
    r"|\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}월 ?\d{1,2}일)",
    re.IGNORECASE,
)


def is_date(text: str) -> bool:
    """True for a date without words around it: ``12-Mar``, ``3. Mrz``, ``11月20日``."""
    return _DATED.fullmatch(text) is not None
