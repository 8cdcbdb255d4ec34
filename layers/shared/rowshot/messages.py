"""Every sentence that a plan may say to a merchandiser, in one place.

A message names what is wrong, where, and what to do. The table in ``docs/messages.md`` is made of
this module, and a test keeps the two equal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_LONGEST_QUOTE = 60

RUN_AGAIN = "run the sheet again"
"""What to do for another try, in words that are right everywhere: on AWS the file is dropped again,
in Google Sheets the menu does it, and a laptop's commands name themselves."""


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
TOO_MANY_CHARACTERS = Message(
    "sheet", "{name} holds more than {limit} characters: split it into several files."
)
TOO_MANY_BLANKS = Message(
    "sheet",
    "{name} has more than {limit} cells, most of them blank: delete the empty rows and columns "
    "around the table, and save it again.",
)
TOO_MANY_COLUMNS = Message(
    "sheet", "{name} has more than {limit} columns: delete those that are not needed."
)
NOT_A_SHEET = Message(
    "sheet",
    "{name} is {kind}, not a sheet: export it as CSV or XLSX and use that file.",
)
UNKNOWN_ENCODING = Message(
    "sheet",
    "The characters of {name} cannot be read for certain (tried: {tried}): save it again as "
    "'CSV UTF-8' or as XLSX.",
)
MAIL_ENCODING = Message(
    "sheet",
    "The characters of {name} are written in {encoding}, as in a mail, which is not read: save it "
    "again as 'CSV UTF-8' or as XLSX.",
)
DAMAGED_TEXT = Message(
    "sheet",
    "{name} has damaged characters in line {line}: export it again, or save it as XLSX.",
)
UNCLOSED_QUOTE = Message(
    "sheet",
    'In {name} a quotation mark opens in row {row} and never closes: close it, or double it ("") '
    "where it is part of the text.",
)
LATE_QUOTE = Message(
    "sheet",
    "In {name} a quotation mark opens in row {row} and closes only in a later row: close it in its "
    'own row, or double it ("") where it belongs to the text.',
)
CELL_TOO_LONG = Message(
    "sheet",
    "{name} has a cell with more than {limit} characters near row {row}: check whether a quotation "
    "mark there is never closed.",
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
HEADER_CHANGES = Message(
    "sheet",
    "Row {row} of {name} names the columns again, but not as row {header} does: put the two tables "
    "into two files.",
)
WORKSHEET_MISSING = Message(
    "sheet", "{name} has no worksheet named {worksheet}; it has {worksheets}."
)
WORKBOOK_LOCKED = Message(
    "sheet", "{name} is protected by a password: save a copy without one and use that."
)
WORKBOOK_BROKEN = Message(
    "sheet",
    "{name} cannot be opened because it seems to be damaged: open it in a spreadsheet program, "
    "save it again and use that.",
)
PROMPTS_TOO_LARGE = Message(
    "sheet",
    "The prompts of {name} take more than {limit} MB together: split it into several files.",
)
WORKBOOK_BOMB = Message(
    "sheet",
    "{name} would unpack to {size} MB, which is more than a sheet ever needs ({limit} MB): "
    "copy the rows into a new workbook.",
)

OTHER_WORKSHEETS = Message(
    "warning",
    "Only worksheet {used} is read; products are also listed in {others}: choose another one with "
    "--worksheet, or put all rows into one worksheet.",
)

FORMATS_DAMAGED = Message(
    "warning",
    "The workbook's formats are damaged, so its numbers are read without them: check keys with "
    "zeros in front, prices and dates.",
)

# Columns ----------------------------------------------------------------------------------------

CLOSE_COLUMN = Message("warning", "Column {found} is not used: did you mean '{meant}'?")
UNNAMED_COLUMNS = Message(
    "warning",
    "{columns} not used, so {value} there is not read.",
)
UNUSED_TICKS = Message("warning", "{columns} not used: did you mean {meant}?")
SHOP_COLUMN = Message(
    "warning",
    "Column {found} says {example}, which describes the product and not its picture, so it is not "
    "used{others}: rename it, for example to 'product {meant}'.",
)
HEADER_AGAIN = Message("warning", "{rows} {names} the columns again and {are} skipped.")
KINDS_ROW = Message(
    "warning", "Row {row} only says how the columns are to be filled in and is skipped."
)
TOTALS_ROW = Message(
    "warning", "Row {row} only counts or adds up the rows above it and is skipped."
)
FURTHER_ROWS = Message(
    "warning",
    "Nothing is drawn for {rows}, which only {add} to a row with the same {column}, as a shop's "
    "further pictures and variants do.",
)
PRICE_WITHOUT_CURRENCY = Message(
    "warning", "The price {value} in row {row} has no currency{more}; it is drawn exactly so."
)
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
SLUG_DOUBLE = Message(
    "row", "The {column} {value} is already used in row {row}: make it unique{hint}."
)
SHORTENED_NUMBER = Message(
    "row",
    "The {column} {value} is a long number that a spreadsheet has shortened: format that column as "
    "text and enter the number again.",
)
SURPLUS_CELLS = Message(
    "row",
    "The row goes on beyond the last column, with {value}: put quotation marks around a cell that "
    "contains a {delimiter}, or delete what is too much.",
)
CELL_ERROR = Message(
    "row", "The cell '{column}' shows the error {value}: correct its formula and export again."
)
CELL_FORMULA = Message(
    "row",
    "The cell '{column}' holds the text of a formula, {value}, and not its result: put the result "
    "there, or export the sheet with its values.",
)
CELL_UNCALCULATED = Message(
    "row",
    "The cell '{column}' holds a formula without a stored result: open the file, save it and "
    f"{RUN_AGAIN}.",
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
PROMPT_SAYS_NOTHING = Message(
    "row", "The prompt says only {value}: say what to draw, or name a recipe."
)
NO_PROMPT_MISNAMED = Message(
    "row",
    "The prompt is empty, because the column {found} is not used: name it 'prompt', or name a "
    "recipe.",
)
NO_PROMPT_BESIDE = Message(
    "row",
    "The prompt is empty, and the column {found} is not used: move its text into {prompt}, or name "
    "a recipe.",
)
UNKNOWN_RECIPE = Message("row", "There is no recipe {value}: use {recipes}{rename}.")
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
PROMPT_REFERENCE_BLANK = Message(
    "row",
    "The prompt refers to {{{column}}}, but that cell says only {value}: fill it in.",
)
PROMPT_GROWS = Message(
    "row",
    "The prompt would have more than {limit} characters with its columns filled in: shorten it.",
)
PROMPT_TOO_LONG = Message(
    "row", "The prompt has {length} characters, and {model} takes at most {limit}: shorten it."
)
PROMPT_TOO_LARGE = Message(
    "row",
    "The prompt takes {size} bytes in UTF-8, and at most {limit} can be sent: shorten it.",
)
PROMPT_TOO_SHORT = Message(
    "row", "The prompt has {length} characters, and {model} needs at least {limit}: say more."
)
UNKNOWN_MODEL = Message("row", "There is no model {value}{hint}: use {models}{rename}.")
NO_PRICE = Message(
    "row",
    "The price of {model} is not known yet, so nothing is bought: run 'rowshot models refresh', or "
    "use another model.",
)
SIZE_NOT_TAKEN = Message("row", "{model} does not take the size {value}: use {allowed}{hint}.")
SIZE_TWICE = Message(
    "row", "'{one}' and '{other}' ask for different sizes: leave one of them empty."
)
FIELD_UNKNOWN = Message("row", "{model} does not take '{field}': empty that cell, or use {fields}.")
FIELD_NOT_TAKEN = Message(
    "row", "{model} does not take '{field}': empty that cell, or use another model."
)
FIELD_TWICE = Message("row", "'{one}' and '{other}' say different things: leave one of them empty.")
VALUE_NOT_TAKEN = Message("row", "{model} does not take {value} for '{field}': use {allowed}.")
NOT_A_NUMBER = Message("row", "'{field}' must be a {kind}, and the cell says {value}{hint}.")
NUMBER_RANGE = Message("row", "'{field}' must be {range}, and the cell says {value}.")
NOT_A_TICK = Message("row", "'{field}' must be yes or no, and the cell says {value}.")
REDO_UNCLEAR = Message(
    "row",
    "'{field}' must say yes, no, or in a few words what you want to see, and the cell says "
    "{value}.",
)
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

PLACEHOLDER_KEPT = Message(
    "warning",
    "The prompt says {placeholder}, but the sheet has no such column, so it is sent as {kept}.",
)
PLACEHOLDER_MEANT = Message(
    "warning",
    "The prompt says {placeholder}, which is sent as it is: write {{{column}}} if you mean that "
    "column.",
)
READ_AS_EMPTY = Message(
    "warning", "The cell '{column}' says {value}, which is read as an empty cell."
)
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
NOTE_UNREAD = Message(
    "warning",
    "Column {found} says {value}, which is not added to the prompt: write it into column {redo} "
    "instead of the yes there.",
)
WRITTEN_OUT = Message(
    "warning",
    "The prompt says {value}, and {meant} was probably meant: codes are sent as they stand, so "
    "write the text itself.",
)
LEFT_OVER = Message(
    "warning",
    "The prompt says {value}, which programs write where they have nothing to put: correct it if "
    "it is not meant.",
)
DATED_KEY = Message(
    "warning",
    "The {column} {value} looks like a date that a spreadsheet has made of it: if so, format that "
    "column as text and enter it again.",
)

# Why a good row is bought or not ----------------------------------------------------------------

UNCHANGED = Message("note", "The row has not changed: it keeps its picture.")
APPROVED = Message("note", "Approved: the row keeps its picture.")
APPROVED_CHANGED = Message(
    "note", "Approved, so it keeps its picture although the row was changed."
)
REDO_TAKEN = Message("note", "Redo requested: version {version} will be bought.")
REDO_NOTED = Message(
    "note",
    "Redo requested: version {version} will be bought, with {note} added to the prompt, so say "
    "there what you want to see.",
)
TIME_IS_OVER = Message(
    "note", "This personal picture has expired: version {version} will be bought."
)
SAME_PICTURE = Message("note", "This is the same picture as row {row}: it is bought once.")
COPIED = Message("note", "The same picture was already made for another row: it is copied.")
BEING_MADE = Message("note", "This picture is already being made: it is not bought again.")
NOT_FIRST = Message("note", "Only the first {first} rows were asked for.")
RUN_OVER_BUDGET = Message(
    "note",
    "The sheet would cost {estimate}, and the limit of a run is {limit}: raise the limit or "
    "use fewer rows; nothing was spent.",
)
