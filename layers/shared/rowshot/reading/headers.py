"""Finds out what each column of a sheet means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from difflib import get_close_matches

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.messages import quoted
from rowshot.reading.columns import (
    GUESSES,
    INPUT_PREFIX,
    KEY,
    KNOWN,
    normal,
    understand,
)
from rowshot.reading.output_columns import OUTPUT_COLUMNS
from rowshot.reading.recipe_columns import RECIPE_COLUMNS
from rowshot.reading.sheet import SheetRow

_GUESSED = frozenset(GUESSES["prompt"])
# What other programs have for line breaks and for spaces between fields, as text has them.
_SPACES = {ord(char): "\n" for char in "\x0b\x0c\x85\u2028\u2029"} | dict.fromkeys(
    range(0x1C, 0x20), " "
)
_CLOSE = 0.8  # of 1: 'promt' and 'prompt' are 0.91 alike, 'price' and 'slice' 0.6
_LOOSE = 1000  # added to the rank of a name that was taken to pieces: exact names come first
# What a name says of a column that another one has taken the place of.
_SUPERSEDED = re.compile(
    r"[(\[（【]\W{0,2}(?:old|alt|alternative|previous|prev|backup|archived?|deprecated|unused"
    r"|do not (?:edit|use)|ancien(?:ne)?|vieux|antiguo|anterior|vecchio|antigo|oud|gammal"
    r"|gammel|stary|старый|旧|舊|备份|備份|이전)(?!\w)",
    re.IGNORECASE,
)
_LONGEST_NAME = 300
# Who approved and when, and what a shop has several of: close to a known name, and something else.
_SOMETHING_ELSE = re.compile(r"\A[^_]++_(by|on|at|date|von|am|par|le)|sizes|models|seeds")
_TELLING = {"prompt": "prompt", "prompts": "prompt", "sku": "slug", "negative": "negative_prompt"}
"""Words that tell what a column may be for wherever they stand in its name."""
_PROMPTS = ("prompt", "negative_prompt")
"""Columns of which a part of a name tells enough to look into the cells."""


@dataclass(frozen=True)
class Columns:
    """What the columns of one sheet mean.

    Args:
        header: The names as the sheet writes them.
        index: Canonical name -> position from 0, for what Rowshot reads (output columns are not
            among them). ``input.<field>`` columns stand under that name.
        outputs: Output column name -> position, for those that the sheet has already.
        silent: The positions of all columns that are named like output columns.
        unknown: The names that mean nothing to Rowshot; they pass through to the results.
        close: Canonical name -> the unused name that looks like it.
        beside: Position -> the canonical name of a column that the sheet has, for those columns
            that are not used and look like it.
        rivals: The positions of further columns that could tell the rows apart.
        notes: The positions of further redo columns, whose notes are not read.
        warnings: Sentences about names that may be mistakes.
    """

    header: tuple[str, ...]
    index: dict[str, int]
    outputs: dict[str, int]
    silent: frozenset[int]
    unknown: tuple[str, ...]
    close: dict[str, str]
    beside: dict[int, str]
    rivals: tuple[int, ...]
    notes: tuple[int, ...]
    warnings: tuple[str, ...]
    _names: dict[str, int] = field(repr=False)

    def cell(self, row: SheetRow, canonical: str) -> str:
        """A cell's text without white space around it; empty when there is no such column."""
        return _at(row, self.index.get(canonical))

    def output(self, row: SheetRow, name: str) -> str:
        """What an output column says of a row; empty when the sheet has no such column."""
        return _at(row, self.outputs.get(name))

    def title(self, canonical: str) -> str:
        """The sheet's own name for a column, or the canonical one when it has none."""
        position = self.index.get(canonical)
        return canonical if position is None else self.header[position].strip()

    def reference(self, row: SheetRow, name: str) -> str | None:
        """The cell that ``{name}`` in a prompt means, by any name of the column.

        Returns:
            The cell's text, or None when the sheet has no such column.
        """
        position = self._names.get(normal(name))
        return None if position is None else _at(row, position)

    def refers_to(self, name: str, canonical: str) -> bool:
        """True when ``{name}`` in a prompt means the column of this canonical name."""
        position = self._names.get(normal(name))
        return position is not None and position == self.index.get(canonical)

    @property
    def fields(self) -> dict[str, int]:
        """The ``input.<field>`` columns: field name -> position."""
        cut = len(INPUT_PREFIX)
        return {name[cut:]: at for name, at in self.index.items() if name.startswith(INPUT_PREFIX)}


def _at(row: SheetRow, position: int | None) -> str:
    if position is None or position >= len(row.cells):
        return ""
    return row.cells[position].translate(_SPACES).strip().strip("\ufeff\u200b\x00").strip()


def map_headers(header: Sequence[str], *, ignored: frozenset[int] = frozenset()) -> Columns:
    """Find the columns that Rowshot reads in a header row.

    Args:
        header: The names as the sheet writes them.
        ignored: Positions of columns that are not read whatever their name is.

    Raises:
        UnreadableSheet: When no column names the rows, or none says what to draw.
    """
    found = _claims(["" if at in ignored else name for at, name in enumerate(header)])
    index: dict[str, int] = {}
    outputs: dict[str, int] = {}
    warnings: list[str] = []
    for canonical, positions in found.items():
        if canonical in OUTPUT_COLUMNS:
            outputs[canonical] = positions[-1]  # a plainer name is a person's
            continue
        first, *others = positions
        index[canonical] = first
        if _is_guess(header[first], canonical):
            warnings.append(messages.GUESSED_COLUMN(found=quoted(header[first]), meant=canonical))
        warnings += [_double(header, other, first, canonical) for other in others]
    silent = frozenset(at for name in OUTPUT_COLUMNS for at in found.get(name, ()))
    used = {*index.values(), *silent}
    unknown = tuple(
        name for position, name in enumerate(header) if name.strip() and position not in used
    )
    missing = [name for at, name in enumerate(header) if name in unknown and at not in ignored]
    close = _close_misses(missing, taken=index)
    warnings += [messages.CLOSE_COLUMN(found=quoted(n), meant=m) for n, m in close.items()]
    _require(index, close)
    return Columns(
        header=tuple(header),
        index=index,
        outputs=outputs,
        silent=silent,
        unknown=unknown,
        close={KNOWN[meant][0]: name for name, meant in close.items()},
        beside=_beside(header, {*used, *ignored}, taken=index),
        rivals=tuple(found.get(KEY, ())[1:]),
        notes=tuple(found.get("redo", ())[1:]),
        warnings=tuple(warnings),
        _names=_reference_names(header, index, silent),
    )


def recognised(header: Sequence[str]) -> tuple[bool, int]:
    """How much a row looks like a header: has it the columns to work with, and how many known."""
    found = _claims(header)
    complete = KEY in found and ("prompt" in found or "recipe" in found)
    return complete, len(found)


def placed(header: Sequence[str]) -> dict[str, int]:
    """Canonical name -> the position that is read for it, output columns among them."""
    return {canonical: positions[0] for canonical, positions in _claims(header).items()}


def _claims(header: Sequence[str]) -> dict[str, list[int]]:
    """Canonical name -> the positions that claim it, the most telling name first."""
    claims: dict[str, list[tuple[int, int]]] = {}
    for position, name in enumerate(header):
        if len(name) > _LONGEST_NAME:
            continue
        form = normal(name)
        last = 2 * _LOOSE if _SUPERSEDED.search(name) else 0
        if form.startswith(INPUT_PREFIX):
            claims.setdefault(form, []).append((last, position))
        elif form in KNOWN and not (form in _GUESSED and _has_recipe(header)):
            canonical, rank = KNOWN[form]
            claims.setdefault(canonical, []).append((last + rank, position))
        elif loose := understand(name).canonical:
            claims.setdefault(loose, []).append((last + _LOOSE, position))
    return {
        canonical: [position for _, position in sorted(ranked)]
        for canonical, ranked in claims.items()
    }


def _is_guess(name: str, canonical: str) -> bool:
    """Whether a column may well mean something else than what it is read as."""
    form = normal(name)
    return form in GUESSES.get(canonical, ()) or (form not in KNOWN and understand(name).explained)


def _has_recipe(header: Sequence[str]) -> bool:
    """With recipes a sheet can do without prompts, so nothing else is taken for one."""
    return any(KNOWN.get(normal(name), ("",))[0] == "recipe" for name in header)


def _double(header: Sequence[str], other: int, first: int, canonical: str) -> str:
    return messages.DOUBLE_COLUMN(
        ignored=f"{quoted(header[other])} ({letter(other)})",
        used=f"{quoted(header[first])} ({letter(first)})",
        meant=canonical,
    )


def _close_misses(unknown: Sequence[str], taken: dict[str, int]) -> dict[str, str]:
    """Unknown names that look like a known one which the sheet does not have yet."""
    recipe = "recipe" in taken  # the columns of recipes mean something beside one only
    wanted = {
        form: canonical
        for form, (canonical, _) in KNOWN.items()
        if canonical not in taken
        and canonical not in OUTPUT_COLUMNS
        and (recipe or canonical not in RECIPE_COLUMNS)
    }
    mistaken = [name for name in unknown if not _SOMETHING_ELSE.fullmatch(normal(name))]
    return {name: near for name in mistaken if (near := _near(name, wanted))}


def _beside(header: Sequence[str], used: Set[int], taken: dict[str, int]) -> dict[int, str]:
    """Unused columns that look like one that the sheet has: its texts may stand there."""
    wanted = {
        form: canonical
        for form, (canonical, _) in KNOWN.items()
        if canonical in taken and canonical not in RECIPE_COLUMNS
    }
    near = {at: _near(name, wanted) for at, name in enumerate(header) if at not in used}
    meant = {at: KNOWN[name][0] for at, name in near.items() if name}
    return {
        at: name for at, name in meant.items() if name in _PROMPTS or _alike(header[at], wanted)
    }


def _near(name: str, wanted: Mapping[str, str]) -> str | None:
    """The known name that an unknown one may have been meant for."""
    form = normal(name)
    if form in KNOWN or len(name) > _LONGEST_NAME:
        return None
    if near := _alike(name, wanted):
        return near
    tokens = (_TELLING.get(token) for token in form.split("_"))
    for likely in (understand(name).likely, *tokens):
        if likely and likely in wanted.values():
            return likely
    return None


def _alike(name: str, wanted: Mapping[str, str]) -> str | None:
    """The known name that an unknown one is written nearly like."""
    form = normal(name)
    near = get_close_matches(form, [each for each in wanted if len(each) > 3], n=1, cutoff=_CLOSE)
    if near and not (near[0] == "prompt_extend" and "ext" not in form):  # 'prompt_en' is none
        return near[0]
    return None


def _require(index: dict[str, int], close: dict[str, str]) -> None:
    if KEY not in index:
        raise UnreadableSheet(messages.NO_KEY_COLUMN(hint=_hint(close, KEY)))
    if "prompt" not in index and "recipe" not in index:
        hint = _hint(close, "prompt") or _hint(close, "recipe")
        raise UnreadableSheet(messages.NO_PROMPT_COLUMN(hint=hint))


def _hint(close: dict[str, str], canonical: str) -> str:
    for name, meant in close.items():
        if KNOWN[meant][0] == canonical:
            return f" (there is a column {quoted(name)}: did you mean '{meant}'?)"
    return ""


def _reference_names(
    header: Sequence[str], index: dict[str, int], silent: frozenset[int]
) -> dict[str, int]:
    """What a prompt may refer to: every column by its own name, and ours by each synonym.

    Not the prompt itself, and not what Rowshot writes.
    """
    names: dict[str, int] = {}
    for position, name in enumerate(header):
        if position not in silent and normal(name):
            names.setdefault(normal(name), position)
    for form, (canonical, _) in KNOWN.items():
        if canonical in index:
            names.setdefault(form, index[canonical])
    return {name: at for name, at in names.items() if at != index.get("prompt")}


def letter(position: int) -> str:
    """A column's letter as a spreadsheet shows it: 0 is A, 26 is AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
