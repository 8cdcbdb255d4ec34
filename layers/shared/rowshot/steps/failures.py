"""What a failed task means: the sentence for the sheet, and whether to buy it again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rowshot.content_rules import content_refusal, is_about_content


class Kind(StrEnum):
    """Why a row ended without a picture, as the figures count it."""

    TASK_FAILED = "task failed"
    CONTENT_RULES = "content rules"
    ORDER_REFUSED = "order refused"
    KEY_DENIED = "key denied"
    BALANCE = "balance"
    MODEL_OUT = "model out"
    NO_ANSWER = "no answer"
    TOO_SLOW = "too slow"
    TASK_LOST = "task lost"
    PICTURE_LOST = "picture lost"
    BUDGET = "budget"
    STOPPED = "run stopped"
    INTERNAL = "internal"


# hiapi publishes no list of task error codes; these were seen (its own examples and skills).
_REPEATABLE = {
    "TASK_TIMEOUT": "hiapi did not finish the picture in time",
    "STORAGE_UNAVAILABLE": "hiapi could not store the picture",
    "MODEL_UNAVAILABLE": "the model is not available at hiapi for the moment",
}


@dataclass(frozen=True)
class Verdict:
    """What a failure means.

    Args:
        reason: One plain sentence for the sheet.
        final: True when the very same order would fail again.
        kind: What the figures count it as.
    """

    reason: str
    final: bool
    kind: Kind = Kind.TASK_FAILED


def judge(code: str, message: str, task_id: str) -> Verdict:
    """Judges a task that ended in ``fail``.

    Args:
        code: hiapi's code, may be empty.
        message: hiapi's words, redacted, may be empty.
        task_id: For whoever asks hiapi about it.
    """
    said = f" It said: {message or code}" if message or code else ""
    if code in _REPEATABLE:
        return Verdict(
            f"{_capital(_REPEATABLE[code])} (task {task_id}): drop the sheet again later.", False
        )
    if is_about_content(code, message):
        return Verdict(content_refusal(message or code), True, Kind.CONTENT_RULES)
    if code == "INVALID_INPUT":
        return Verdict(
            f"hiapi cannot work with this row: change it.{said}", True, Kind.ORDER_REFUSED
        )
    return Verdict(
        f"hiapi could not make the picture (task {task_id}): change the prompt, or tick redo to "
        f"buy another try.{said}",
        True,
    )


STILL_RENDERING = "still rendering at hiapi (task {task}); it will appear here when it arrives"
UNCLEAR = (
    "hiapi has not said whether it took this order; Rowshot keeps asking for 20 hours and buys "
    "nothing twice"
)
NO_PICTURE = (
    "hiapi says that it made the picture but sent none (task {task}): tick redo to buy another one"
)
PICTURE_GONE = (
    "The finished picture could not be fetched from hiapi any more (task {task}): {why} Tick redo "
    "to buy another one."
)
PICTURE_LATE = (
    "The finished picture cannot be fetched from hiapi yet (task {task}): {why} Rowshot keeps "
    "trying, and it will appear here."
)
NEVER_TAKEN = "hiapi did not take the order in the end: nothing was spent, drop the sheet again."
TASK_UNKNOWN = "hiapi does not know the task {task} any more: tick redo to buy another picture"
CANCELLED = "The run was cancelled before this picture was ordered: nothing was spent on it."
RUN_FULL = "This picture would have gone over the run's limit of ${limit}: nothing was spent on it."
DAY_FULL = (
    "This picture would have gone over the day's limit of ${limit} for all sheets: nothing was "
    "spent on it; drop the sheet again tomorrow."
)
WAITS_FOR_BALANCE = "waiting: the balance at hiapi is used up; top it up and this goes on by itself"
BALANCE_GAVE_OUT = (
    "The balance at hiapi was used up for a day: top it up, then drop the sheet again."
)
UNREACHABLE_FOR_NOW = "waiting: hiapi cannot be reached; this goes on by itself when it can"
UNREACHABLE = (
    "hiapi cannot be reached: check the network and the address of the API. Nothing was spent; "
    "drop the sheet again later."
)
MODEL_OUT = "hiapi has switched this model off for now: drop the sheet again later."
NOT_PLANNED = (
    "Rowshot could not plan this sheet because of an error of its own: nothing was spent; drop it "
    "again."
)
NOT_FINISHED = (
    "Rowshot could not write this run's results because of an error of its own: drop the sheet "
    "again; what is published is not bought twice."
)
INTERNAL = (
    "Rowshot could not finish this row because of an error of its own: drop the sheet again; "
    "what was paid for is not bought twice."
)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
