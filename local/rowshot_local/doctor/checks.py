"""What a check is, and how checks are carried out one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from rowshot.errors import RowshotError
from rowshot.telemetry.redaction import redact
from rowshot_local.environment import ConfigurationError


class Word(StrEnum):
    """How a check came out."""

    OK = "ok"
    NOTE = "note"
    SKIPPED = "skipped"
    WRONG = "wrong"


@dataclass(frozen=True)
class Verdict:
    """What a check saw.

    Args:
        word: How it came out; only ``wrong`` makes the command fail.
        sentence: What was seen.
        advice: What to do, empty when there is nothing to do.
    """

    word: Word
    sentence: str
    advice: str = ""


@dataclass(frozen=True)
class Check:
    """One check.

    Args:
        name: What is looked at.
        look: Looks, and says what it saw.
    """

    name: str
    look: Callable[[], Verdict]


@dataclass(frozen=True)
class Finding:
    """A check that was carried out."""

    name: str
    verdict: Verdict

    @property
    def line(self) -> str:
        """The check as one line."""
        told = f"{self.verdict.word:<8}{self.name}: {self.verdict.sentence}"
        return f"{told} {self.verdict.advice}".rstrip()


def ok(sentence: str) -> Verdict:
    """All is well."""
    return Verdict(Word.OK, sentence)


def note(sentence: str, advice: str = "") -> Verdict:
    """It works, but somebody should know."""
    return Verdict(Word.NOTE, sentence, advice)


def skipped(sentence: str) -> Verdict:
    """There was nothing to look at."""
    return Verdict(Word.SKIPPED, sentence)


def wrong(sentence: str, advice: str) -> Verdict:
    """Somebody has to do something."""
    return Verdict(Word.WRONG, sentence, advice)


def examine(
    checks: Iterable[Check], *, secrets: Callable[[], Iterable[str]] = tuple
) -> Iterator[Finding]:
    """Carries checks out in order; one that breaks is wrong and does not stop the others.

    Args:
        checks: The checks.
        secrets: Gives the values that no line may show, as far as they are known by then.
    """
    for check in checks:
        verdict = _looked(check)
        hidden = tuple(secrets())
        yield Finding(
            check.name,
            Verdict(
                verdict.word,
                redact(verdict.sentence, secrets=hidden, limit=1000),
                redact(verdict.advice, secrets=hidden, limit=1000),
            ),
        )


def _looked(check: Check) -> Verdict:
    try:
        return check.look()
    except (RowshotError, ConfigurationError) as error:
        return wrong(str(error), "")
    except ClientError as error:
        code = error.response["Error"]["Code"]
        doing = error.operation_name
        if "AccessDenied" in code or code in ("UnauthorizedOperation", "AuthorizationError"):
            return wrong(
                f"you may not call {doing} on AWS, so this could not be looked at.",
                f"Sign in with a profile that may, or let an administrator allow {doing}.",
            )
        return wrong(f"AWS answered {doing} with {code}.", "Look that code up, and try again.")
    except (BotoCoreError, httpx.HTTPError) as error:
        return wrong(
            f"no answer came ({type(error).__name__}).",
            "Check the network, and run the doctor again.",
        )
    except OSError as error:
        return wrong(
            f"a file could not be read ({error.strerror or type(error).__name__}).",
            "Check that you may read it.",
        )
