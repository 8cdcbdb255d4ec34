"""Which error an answer of hiapi's means, and the sentence for people."""

from __future__ import annotations

from collections.abc import Container

from rowshot.deciding.content_rules import content_refusal
from rowshot.deciding.refusals import Subject, of_code, subject_of
from rowshot.errors import (
    HiapiBusy,
    HiapiContentRefused,
    HiapiDenied,
    HiapiError,
    HiapiOutOfBalance,
    HiapiRefused,
    HiapiUnavailable,
    HiapiUnknownOutcome,
)

_ALL = range(400, 600)
NO_VERDICT = (429, 503)
"""Statuses that ask to wait, whoever sends them: with or without a body that can be read."""

# The statuses under which a subject counts: where a code names it, and where only words do.
_BY_CODE: dict[Subject, Container[int]] = {
    Subject.CONTENT: _ALL,
    Subject.BALANCE: _ALL,
    Subject.BILLING: range(400, 500),  # with 500 it may be the billing that does not work
    Subject.QUOTA: (400, 402, 403),
    Subject.PACE: (400, 403),
    Subject.KEY: (400, 403),
}
_BY_WORDS: dict[Subject, Container[int]] = {
    Subject.CONTENT: (400, 403, 404, 405, 406, 413, 415, 422, 451),
    # Not 429, where the words about a pace of requests speak of plans and billing too.
    Subject.BALANCE: frozenset(range(400, 500)) - {429},
    Subject.QUOTA: (400, 402, 403),
    Subject.PACE: (400, 403),
    Subject.KEY: (403,),
}
_SAYS_NOTHING = (None, Subject.SERVICE, Subject.IDEMPOTENCY, Subject.ACCESS)
_REFUSED = (400, 403, 404, 405, 413, 415, 422, 451)


def verdict(
    status: int, code: str, words: str, *, of_order: bool = True
) -> tuple[type[HiapiError], str]:
    """Which error a refusal means, with the sentence for people.

    Args:
        status: The status of HTTP, or the one that the body states.
        code: hiapi's code, redacted, may be empty.
        words: hiapi's words, redacted, may be empty.
        of_order: Whether an order was refused, and not a look at a task.
    """
    said = words or code or f"it gave no reason (status {status})."
    match _subject(status, code, words):
        case Subject.CONTENT:
            return HiapiContentRefused, content_refusal(words or code)
        case Subject.BALANCE | Subject.BILLING | Subject.QUOTA:
            return _out_of_balance()
        case Subject.PACE:
            return _busy()
        case Subject.KEY:
            return HiapiDenied, f"hiapi does not allow this key to do that: {said}"
    return _by_status(status, code, said, of_order)


def stated_status(code: str, words: str) -> int:
    """The status that a refusal without one means.

    Args:
        code: hiapi's code, may be empty.
        words: hiapi's words, may be empty.

    Returns:
        400, or 500 where it says nothing known, or that something did not work: nobody knows then
        what was done.
    """
    return 500 if subject_of(code, words) in _SAYS_NOTHING else 400


def _subject(status: int, code: str, words: str) -> Subject | None:
    subject = subject_of(code, words)
    counts = _BY_CODE if of_code(code) else _BY_WORDS
    return subject if subject and status in counts.get(subject, ()) else None


def _by_status(status: int, code: str, said: str, of_order: bool) -> tuple[type[HiapiError], str]:
    if status in NO_VERDICT or (status == 409 and code != "IDEMPOTENCY_KEY_MISMATCH"):
        return _busy()
    if status == 401:
        return HiapiDenied, "hiapi does not accept the key: replace it with a valid one."
    if status == 402:
        return _out_of_balance()
    if status == 400 and code == "MODEL_UNAVAILABLE":
        return HiapiUnavailable, "hiapi has switched this model off for the moment."
    if status in _REFUSED:
        if of_order:
            return HiapiRefused, f"hiapi refused the order: {said}"
        end = "" if said.endswith((".", "!", "?", "。", "！", "…")) else "."
        return HiapiRefused, f"hiapi does not show the task: {said}{end}"
    return HiapiUnknownOutcome, f"hiapi answered {status}."


def _busy() -> tuple[type[HiapiError], str]:
    return HiapiBusy, "hiapi is busy and asked to wait."


def _out_of_balance() -> tuple[type[HiapiError], str]:
    return HiapiOutOfBalance, "The balance at hiapi is used up: top it up and the run continues."
