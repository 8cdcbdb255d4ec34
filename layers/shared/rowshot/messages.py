"""Every sentence that a plan may say to a merchandiser, in one place.

A message names what is wrong, where, and what to do. The table in ``docs/messages.md`` is made of
this module, and a test keeps the two equal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

_LONGEST_QUOTE = 60


@dataclass(frozen=True)
class Message:
    """A sentence with places to fill.

    Args:
        about: ``sheet`` stops the whole file, ``row`` makes one row invalid, ``warning`` only
            tells, ``note`` says why a row is bought or not.
        text: The sentence, places in braces.
    """

    about: Literal["sheet", "row", "warning", "note"]
    text: str

    def __call__(self, **values: object) -> str:
        """The sentence with its places filled; what comes from cells is filled in as it is."""
        return self.text.format(**values)


def quoted(cell: str) -> str:
    """A cell's text fit for a sentence: one line, at most 60 characters, in single quotes."""
    visible = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in cell
    )
    line = " ".join(visible.split())
    return f"'{line[: _LONGEST_QUOTE - 1]}…'" if len(line) > _LONGEST_QUOTE else f"'{line}'"


def listed(values: Iterable[str], *, last: str = "or") -> str:
    """Values as a person lists them: ``a, b or c``."""
    items = list(values)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def amount(usd: Decimal) -> str:
    """An amount of money for a sentence: exact, with at least two digits after the point."""
    whole, _, cents = f"{usd:f}".partition(".")
    return f"{whole}.{cents.rstrip('0').ljust(2, '0')}"


def catalogue() -> dict[str, Message]:
    """All messages of this module by their name, in the order of the source."""
    return {name: value for name, value in globals().items() if isinstance(value, Message)}


# The whole file ---------------------------------------------------------------------------------

FILE_EMPTY = Message("sheet", "{name} is empty: export the sheet again, with its header row.")
FILE_TOO_LARGE = Message(
    "sheet",
    "{name} has {size} MB, and at most {limit} MB can be read: split it into several files.",
)
TOO_MANY_ROWS = Message("sheet", "{name} has more than {limit} rows: split it into several files.")
TOO_MANY_CELLS = Message(
    "sheet",
    "{name} has more than {limit} filled cells: delete columns that are not needed, or split it.",
)
TOO_MANY_COLUMNS = Message(
    "sheet", "{name} has more than {limit} columns: delete those that are not needed."
)
NOT_A_SHEET = Message(
    "sheet",
    "{name} is {kind}, not a sheet: export it as CSV or XLSX and drop that file.",
)
UNKNOWN_ENCODING = Message(
    "sheet",
    "The characters of {name} cannot be read for certain (tried: {tried}): save it again as "
    "'CSV UTF-8' or as XLSX.",
)
DAMAGED_TEXT = Message(
    "sheet",
    "{name} has damaged characters in line {line}: export it again, or save it as XLSX.",
)
UNCLOSED_QUOTE = Message(
    "sheet",
    'In {name} a quotation mark opens in row {row} and never closes: close it, or double it ("") '
    "where it belongs to the text.",
)
LATE_QUOTE = Message(
    "sheet",
    "In {name} a quotation mark opens in row {row} and closes only in a later row: close it in its "
    'own row, or double it ("") where it belongs to the text.',
)
CELL_TOO_LONG = Message(
    "sheet",
    "{name} has a cell with more than {limit} characters near row {row}; often a quotation mark "
    "there is never closed.",
)
NO_HEADER = Message(
    "sheet",
    "{name} has no filled row: its first row should name the columns, such as slug and prompt.",
)
NO_ROWS = Message("sheet", "{name} has a header but no row below it: there is nothing to render.")
NO_KEY_COLUMN = Message(
    "sheet",
    "No column tells the rows apart: name one 'slug' (sku, handle, id and 编号 work too){hint}.",
)
NO_PROMPT_COLUMN = Message(
    "sheet",
    "No column says what to draw: add a 'prompt' column (提示词 works too), or 'recipe'{hint}.",
)
WORKSHEET_MISSING = Message(
    "sheet", "{name} has no worksheet named {worksheet}; it has {worksheets}."
)
WORKBOOK_LOCKED = Message(
    "sheet", "{name} is protected by a password: save a copy without one and drop that."
)
WORKBOOK_BROKEN = Message(
    "sheet",
    "{name} cannot be opened, it seems to be damaged: open it, save it again and drop that.",
)
CELLS_FAR_AWAY = Message(
    "sheet",
    "{name} has cells far away from its table: delete the rows and columns beyond it, or save it "
    "as XLSX.",
)
WORKBOOK_BOMB = Message(
    "sheet",
    "{name} would unpack to {size} MB, which is more than a sheet ever needs ({limit} MB): "
    "copy the rows into a new workbook.",
)

# Columns ----------------------------------------------------------------------------------------

CLOSE_COLUMN = Message("warning", "column {found}: did you mean '{meant}'?")
DOUBLE_COLUMN = Message(
    "warning", "Column {ignored} also looks like '{meant}'; only column {used} is read for it."
)
GUESSED_COLUMN = Message("warning", "Column {found} is read as '{meant}'.")

# Rows -------------------------------------------------------------------------------------------

NO_SLUG = Message(
    "row",
    "The row has no {column}: give it one, so that its picture finds its row "
    "(of merged cells only the first one holds the text).",
)
SLUG_UNUSABLE = Message(
    "row", "The {column} {value} cannot name a picture: use letters or digits, at most 200 in all."
)
SLUG_DOUBLE = Message("row", "The {column} {value} is already used in row {row}: make it unique.")
SURPLUS_CELLS = Message(
    "row",
    "The row goes on beyond the last column, with {value}: put quotation marks around a cell that "
    "contains a {delimiter}, or delete what is too much.",
)
CELL_ERROR = Message(
    "row", "The cell '{column}' shows the error {value}: correct its formula and export again."
)
CELL_UNCALCULATED = Message(
    "row",
    "The cell '{column}' holds a formula without a stored result: open the file, save it and drop "
    "it again.",
)
CONTROL_CHARACTERS = Message(
    "row", "The cell '{column}' holds invisible control characters: type its text again."
)
LOST_CHARACTERS = Message(
    "row", "The cell '{column}' holds the sign � for lost characters: type its text again."
)
LOST_CHARACTERS_READ = Message(
    "row",
    "The prompt {value} has lost characters before it was put into the sheet: type its text again.",
)
ONLY_QUESTION_MARKS = Message(
    "row",
    "The prompt is nothing but question marks, which stand for lost characters: type its text "
    "again, and save the sheet as UTF-8 or XLSX.",
)
NO_PROMPT = Message("row", "The prompt is empty: say what to draw, or name a recipe.")
UNKNOWN_RECIPE = Message("row", "There is no recipe {value}: use {recipes}.")
RECIPE_NEEDS = Message("row", "The recipe '{recipe}' needs {columns}: fill that cell in.")
COLOURWAYS_COUNT = Message(
    "row",
    "The recipe 'variants' shows 2 to 8 colours in one picture, but 'colourways' lists {count}: "
    "separate them with commas.",
)
PROMPT_REFERENCE = Message(
    "row",
    "The prompt refers to {{{column}}}, but the sheet has no such column: correct it, or write "
    "{{{{ and }}}} for real braces.",
)
PROMPT_REFERENCE_EMPTY = Message(
    "row", "The prompt refers to {{{column}}}, but that cell is empty."
)
PROMPT_BRACE = Message(
    "row", "The prompt has a brace without its partner: write {{{{ or }}}} for a real brace."
)
PROMPT_TOO_LONG = Message(
    "row", "The prompt has {length} characters, and {model} takes at most {limit}: shorten it."
)
PROMPT_TOO_SHORT = Message(
    "row", "The prompt has {length} characters, and {model} needs at least {limit}: say more."
)
UNKNOWN_MODEL = Message("row", "There is no model {value}{hint}: use {models}.")
NO_PRICE = Message(
    "row",
    "The price of {model} is not known yet, so nothing is bought: run 'rowshot models refresh', or "
    "use another model.",
)
SIZE_NOT_TAKEN = Message("row", "{model} does not take the size {value}: use {allowed}.")
SIZE_TWICE = Message(
    "row", "'{one}' and '{other}' ask for different sizes: leave one of them empty."
)
FIELD_UNKNOWN = Message("row", "{model} takes no '{field}': empty that cell, or use {fields}.")
FIELD_NOT_TAKEN = Message(
    "row", "{model} takes no '{field}': empty that cell, or use another model."
)
FIELD_TWICE = Message("row", "'{one}' and '{other}' say different things: leave one of them empty.")
VALUE_NOT_TAKEN = Message("row", "{model} does not take {value} for '{field}': use {allowed}.")
NOT_A_NUMBER = Message("row", "'{field}' must be a {kind}, and the cell says {value}.")
NUMBER_RANGE = Message("row", "'{field}' must be {range}, and the cell says {value}.")
NOT_A_TICK = Message("row", "'{field}' must be yes or no, and the cell says {value}.")
NOT_AN_ADDRESS = Message(
    "row", "'{field}' must hold web addresses that start with https://, and the cell says {value}."
)
TOO_MANY_VALUES = Message(
    "row", "'{field}' takes at most {limit} values, and the cell has {count}."
)
FIELD_MISSING = Message(
    "row", "{model} needs '{field}': add a column 'input.{field}' and fill it in."
)
VALUE_TOO_LONG = Message(
    "row", "'{field}' has {length} characters, and {model} takes at most {limit}: shorten it."
)

# Rows that are rendered, but somebody should know -----------------------------------------------

NO_CHINESE_TEXT = Message(
    "warning",
    "{model} does not draw Chinese characters well; qwen-image-2.0 and seedream-5.0-pro do.",
)
GARBLED = Message(
    "warning",
    "The prompt says {value}, and {meant} was probably meant: its characters were read wrongly, so "
    "correct it, or export the sheet again as UTF-8.",
)
QUESTION_MARKS = Message(
    "warning",
    "The prompt says {value}, where question marks may stand for lost characters: type that text "
    "again if they do.",
)
SHORTENED_NUMBER = Message(
    "warning",
    "The {column} {value} looks like a long number that a spreadsheet has shortened: format that "
    "column as text and fill it in again.",
)

# Why a good row is bought or not ----------------------------------------------------------------

UNCHANGED = Message("note", "The row has not changed: it keeps its picture.")
APPROVED = Message("note", "Approved: the row keeps its picture.")
APPROVED_CHANGED = Message(
    "note", "Approved, so it keeps its picture although the row was changed."
)
REDO_TAKEN = Message("note", "A redo is asked for: version {version} of the picture is bought.")
TIME_IS_OVER = Message(
    "note", "The time of this personal picture is over: version {version} of it is bought."
)
SAME_PICTURE = Message("note", "It is the same picture as row {row}: bought once.")
COPIED = Message("note", "The same picture was made for another row: it is copied.")
BEING_MADE = Message("note", "This picture is being made already: it is not bought again.")
NOT_FIRST = Message("note", "Only the first {first} rows were asked for.")
RUN_OVER_BUDGET = Message(
    "note",
    "The sheet would cost ${estimate}, and the limit of a run is ${limit}: raise the limit, or "
    "drop fewer rows; nothing was spent.",
)
