"""What a failed task means: the sentence for the sheet, and whether to buy it again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rowshot.content_rules import content_refusal, is_about_content
from rowshot.messages import RUN_AGAIN


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
        return Verdict(f"{_capital(_REPEATABLE[code])} (task {task_id}): {RUN_AGAIN} later.", False)
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


IT_WILL_COME = "it will appear here when it arrives"
KEEPS_ASKING = "Rowshot keeps asking for 20 hours and buys nothing twice"
KEEPS_TRYING = "Rowshot keeps trying, and it will appear here."
"""What Sweep does about such rows; a laptop has one only while a command runs, and says so."""

STILL_RENDERING = f"still rendering at hiapi (task {{task}}); {IT_WILL_COME}"
UNCLEAR = f"hiapi has not said whether it took this order; {KEEPS_ASKING}"
NO_PICTURE = (
    "hiapi says that it made the picture but sent none (task {task}): tick redo to buy another one"
)
PICTURE_GONE = (
    "The finished picture can no longer be fetched from hiapi (task {task}): {why} Tick redo to "
    "buy another one."
)
PICTURE_LATE = (
    "The finished picture cannot be fetched from hiapi yet (task {task}): {why} " + KEEPS_TRYING
)
NEVER_TAKEN = f"hiapi did not take the order in the end: nothing was spent, so {RUN_AGAIN}."
TASK_UNKNOWN = "hiapi no longer knows the task {task}: tick redo to buy another picture"
CANCELLED = "The run was cancelled before this picture was ordered: nothing was spent on it."
RUN_FULL = "This picture would have gone over the run's limit of ${limit}: nothing was spent on it."
DAY_FULL = (
    "This picture would have gone over the day's limit of ${limit} for all sheets: nothing was "
    f"spent on it, so {RUN_AGAIN} tomorrow."
)
WAITS_FOR_BALANCE = "waiting: the balance at hiapi is used up; top it up and this row continues"
BALANCE_GAVE_OUT = f"The balance at hiapi was used up for a day: top it up, then {RUN_AGAIN}."
UNREACHABLE_FOR_NOW = "waiting: hiapi cannot be reached; this row continues as soon as it can"
UNREACHABLE = (
    "hiapi cannot be reached: check the network and the address of the API, then "
    f"{RUN_AGAIN}; nothing was spent."
)
MODEL_OUT = f"hiapi has switched this model off for now: {RUN_AGAIN} later."
NOT_PLANNED = (
    "Rowshot could not plan this sheet because of an internal error: nothing was spent, so "
    f"{RUN_AGAIN}."
)
NOT_FINISHED = (
    f"Rowshot could not write this run's results because of an internal error: {RUN_AGAIN}; what "
    "is published is not bought twice."
)
INTERNAL = (
    f"Rowshot could not finish this row because of an internal error: {RUN_AGAIN}; what was paid "
    "for is not bought twice."
)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
