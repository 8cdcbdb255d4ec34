"""Why rows end without a picture: codes that are kept and compared, sentences that are shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rowshot.deciding.content_rules import content_refusal, is_about_content
from rowshot.ledger.records import Row, Run, RunStatus
from rowshot.messages import RUN_AGAIN
from rowshot.statuses import RowStatus


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


class Reason(StrEnum):
    """Why a row ended as it did. Kept with the row; whoever acts on it compares codes only."""

    NONE = ""
    TASK_FAILED = "task_failed"
    CONTENT_RULES = "content_rules"
    ORDER_REFUSED = "order_refused"
    KEY_DENIED = "key_denied"
    BALANCE = "balance"
    MODEL_OUT = "model_out"
    UNREACHABLE = "unreachable"
    UNCLEAR = "unclear"
    UNSETTLED = "unsettled"
    STILL_RENDERING = "still_rendering"
    OUTLIVED = "outlived"
    TASK_UNKNOWN = "task_unknown"
    PICTURE_LATE = "picture_late"
    PICTURE_GONE = "picture_gone"
    RUN_BUDGET = "run_budget"
    DAY_BUDGET = "day_budget"
    CANCELLED = "cancelled"
    RUN_STOPPED = "run_stopped"
    INTERNAL = "internal"

    @property
    def kind(self) -> Kind | None:
        """What the figures count it as; None where nothing failed."""
        return _KINDS.get(self)

    @property
    def nothing_spent(self) -> bool:
        """Whether a row that ended so was never bought, and may be taken up again as it is."""
        return self in _NOTHING_SPENT


_KINDS = {
    Reason.TASK_FAILED: Kind.TASK_FAILED,
    Reason.CONTENT_RULES: Kind.CONTENT_RULES,
    Reason.ORDER_REFUSED: Kind.ORDER_REFUSED,
    Reason.KEY_DENIED: Kind.KEY_DENIED,
    Reason.BALANCE: Kind.BALANCE,
    Reason.MODEL_OUT: Kind.MODEL_OUT,
    Reason.UNREACHABLE: Kind.NO_ANSWER,
    Reason.UNCLEAR: Kind.NO_ANSWER,
    Reason.UNSETTLED: Kind.NO_ANSWER,
    Reason.STILL_RENDERING: Kind.TOO_SLOW,
    Reason.OUTLIVED: Kind.TOO_SLOW,
    Reason.TASK_UNKNOWN: Kind.TASK_LOST,
    Reason.PICTURE_LATE: Kind.PICTURE_LOST,
    Reason.PICTURE_GONE: Kind.PICTURE_LOST,
    Reason.RUN_BUDGET: Kind.BUDGET,
    Reason.DAY_BUDGET: Kind.BUDGET,
    Reason.RUN_STOPPED: Kind.STOPPED,
    Reason.INTERNAL: Kind.INTERNAL,
}
_NOTHING_SPENT = frozenset(
    {
        Reason.BALANCE,
        Reason.MODEL_OUT,
        Reason.UNREACHABLE,
        Reason.RUN_BUDGET,
        Reason.DAY_BUDGET,
        Reason.CANCELLED,
        Reason.RUN_STOPPED,
        Reason.INTERNAL,
        Reason.KEY_DENIED,
    }
)

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
        code: The reason that is kept.
    """

    reason: str
    final: bool
    code: Reason = Reason.TASK_FAILED


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
        return Verdict(content_refusal(message or code), True, Reason.CONTENT_RULES)
    if code == "INVALID_INPUT":
        return Verdict(
            f"hiapi cannot work with this row: change it.{said}", True, Reason.ORDER_REFUSED
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
NO_LINK = "its link does not answer."
PICTURE_LATE = (
    "The finished picture cannot be fetched from hiapi yet (task {task}): {why} " + KEEPS_TRYING
)
OUTLIVED = "hiapi had not finished it after a day (task {task}): tick redo to buy another picture"
UNSETTLED = (
    "hiapi never said whether it took this order, so it may have been billed: look at the account, "
    "then order it again with 'rowshot retry'"
)
TASK_UNKNOWN = "hiapi no longer knows the task {task}: tick redo to buy another picture"
CANCELLED = "The run was cancelled before this picture was ordered: nothing was spent on it."
RUN_CANCELLED = (
    "The run was cancelled: nothing more is ordered, and pictures already being made are still "
    "collected."
)
RUN_FULL = "This picture would have gone over the run's limit of {limit}: nothing was spent on it."
NOT_TAKEN = f"hiapi did not take the order in the end: nothing was spent, so {RUN_AGAIN}."
DAY_FULL = (
    "This picture would have gone over the day's limit of {limit} for all sheets: nothing was "
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
MODEL_OUT_FOR_NOW = (
    "waiting: hiapi has switched this model off for now; this row continues as soon as it is back"
)
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


def shown_reason(run: Run, row: Row) -> str:
    """What people are shown beside a row's status: its own reason, or why it waits."""
    waits = run.status is RunStatus.PAUSED and row.status is RowStatus.QUEUED
    return row.error or (WAITS_FOR_BALANCE if waits else "")
