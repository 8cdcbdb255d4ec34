"""``{column}`` in a prompt. A cell is data: no format language, no second look at what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from rowshot import messages
from rowshot.messages import quoted

# {{x}}, {{{x}}}, ${x}, <<x>> and [[x]] are how mail merges and templates write the column x.
_DOUBLE = r"\{\{(?P<double>[^{}]*)\}\}"
_TRIPLE = r"\{\{\{(?P<triple>[^{}]*)\}\}\}"
_TOKEN = re.compile(
    rf"{_TRIPLE}|{_DOUBLE}|\$\{{(?P<dollar>[^{{}}]*)\}}|<<(?P<angle>[^<>]*)>>"
    r"|\[\[(?P<square>[^\[\]]*)\]\]|\{\{|\}\}|\{(?P<single>[^{}]*)\}|[{}]"
)
# JSON, CSS and the like, whose braces are text.
_CODE = re.compile(r"\{\s*[\"'\[\n]|\{[^{}:;]*[:;][^{}]*\}")
_NO_NAME = re.compile(r"[\"':;,=\n]")
_WORD = re.compile(r"\w[\w .\-|()]*")
# Other marks around a name, which are text: « » are also quotation marks. A person is told where
# there is such a column.
_NAME = r"\s?(\w[\w .\-]{0,39})"
_AROUND = (
    *(
        ("%", "%"),
        ("*|", "|*"),
        ("<", ">"),
        ("«", "»"),
        ("[", "]"),
        ("@", "@"),
        ("#", "#"),
        ("~", "~"),
    ),
    *(("|", "|"), ("^", "^"), ("&", ";"), ("%(", ")s"), ("【", "】"), ("｛", "｝"), ("〔", "〕")),
    *(("［", "］"), ("＜", "＞"), ("<%", "%>"), ("<%=", "%>"), ("<?=", "?>"), ("<?=$", "?>")),
)
_MARKED = re.compile(
    "(?=[%*<«[@#~|^&【｛〔［＜_$:])(?:"  # so that other characters take no time
    + "|".join(f"{re.escape(opening)}{_NAME}{re.escape(closing)}" for opening, closing in _AROUND)
    + r"|__(\w{1,40})__|(?<![\w$@#])[$@#]([^\W\d]\w{0,39})|(?<!\S):([^\W\d]\w{0,39}))"
)
_AMOUNT = re.compile(r"\d[\d.,\s]*")


@dataclass
class Filled:
    """A prompt with its columns filled in.

    Args:
        text: The prompt.
        problems: One sentence for each reference that cannot be filled.
        warnings: One sentence for each placeholder that is taken for text.
    """

    text: str = ""
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def substitute(text: str, lookup: Callable[[str], str | None], *, most: int) -> Filled:
    """Replace each ``{column}`` by its cell, ``{{`` and ``}}`` by real braces.

    ``{{column}}`` and the other forms of mail merges are replaced too where the sheet has such a
    column. Braces of JSON or CSS stay as they are.

    Args:
        text: What the prompt cell says.
        lookup: Gives the text of a column, or None when there is no such column.
        most: Characters after which to stop, so that a few columns cannot fill the memory.
    """
    return _Filling(cache(lookup), is_code=_is_code(text), most=most).fill(text)


def marked_words(text: str) -> dict[str, str]:
    """Words in marks that other tools use for columns: ``%price%`` -> ``price``."""
    plain = _TOKEN.sub(" ", text)
    found = _MARKED.finditer(plain)
    return {token[0]: token[token.lastindex or 0].strip() for token in found}


def _is_code(text: str) -> bool:
    plain = re.sub(_DOUBLE, " ", text)
    return "{{" not in plain and _CODE.search(plain) is not None


@dataclass
class _Filling:
    """The filling of one prompt."""

    lookup: Callable[[str], str | None]
    is_code: bool
    most: int
    result: Filled = field(default_factory=Filled)

    def fill(self, text: str) -> Filled:
        """Fill the whole text in, or say that it grows beyond the limit."""
        parts, size, end = [], 0, 0
        for token in _TOKEN.finditer(text):
            for part in (text[end : token.start()], self._value(token)):
                parts.append(part)
                size += len(part)
            end = token.end()
            if size > self.most:
                limit = f"{self.most:,}"
                return Filled(problems=[messages.PROMPT_GROWS(limit=limit)])
        self.result.text = "".join([*parts, text[end:]])
        self.result.problems = list(dict.fromkeys(self.result.problems))
        self.result.warnings = list(dict.fromkeys(self.result.warnings))
        return self.result

    def _value(self, token: re.Match[str]) -> str:
        kind = token.lastgroup
        if kind is None:
            return self._brace(token[0])
        name = token[kind].strip()
        value = self.lookup(name) if name else None
        if value is None:
            return self._unknown(token[0], kind, name)
        if not value:
            self.result.problems.append(messages.PROMPT_REFERENCE_EMPTY(column=name))
        # In '${price}' the dollar may be the currency of a bare amount.
        return f"${value}" if kind == "dollar" and _AMOUNT.fullmatch(value) else value

    def _unknown(self, token: str, kind: str, name: str) -> str:
        """What stands for a column that the sheet does not have."""
        if kind in ("single", "dollar"):
            if _NO_NAME.search(name) or (self.is_code and not name):
                return token
            self.result.problems.append(messages.PROMPT_REFERENCE(column=name))
            return ""
        kept = f"{{{token.strip('{}')}}}" if kind in ("double", "triple") else token
        if _WORD.fullmatch(name):
            self.result.warnings.append(
                messages.PLACEHOLDER_KEPT(placeholder=quoted(token), kept=quoted(kept))
            )
        return kept

    def _brace(self, token: str) -> str:
        if self.is_code:
            return token
        if len(token) == 1:
            self.result.problems.append(messages.PROMPT_BRACE())
        return token[0]
