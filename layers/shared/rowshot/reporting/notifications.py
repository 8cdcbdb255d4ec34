"""Tells people how a run ended, or that its sheet cannot be read, in a merchandiser's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rowshot.money import dollars, parse_usd
from rowshot.statuses import NAMED, READY
from rowshot.telemetry.redaction import redact

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_SUBJECT_LIMIT = 100  # characters, SNS's limit; it also takes only ASCII there


class Notices:
    """Publishes to a topic.

    Args:
        client: A boto3 SNS client.
        topic_arn: The topic of ended runs.
    """

    def __init__(self, client: SNSClient, topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def ended(self, report: dict[str, Any]) -> None:
        """Tells how a run ended."""
        self._client.publish(
            TopicArn=self._topic_arn, Subject=subject(report), Message=message(report)
        )

    def unreadable(self, sheet: str, reason: str) -> None:
        """Tells that a dropped file is no sheet that can be rendered.

        Args:
            sheet: The file's name.
            reason: What is wrong and what to do, in one sentence.
        """
        self._client.publish(
            TopicArn=self._topic_arn,
            Subject=_subject(f"{_line(sheet)}: the sheet cannot be read"),
            Message=f"The sheet {_line(sheet)} cannot be read, and nothing was spent.\n\n"
            f"{_line(reason)}",
        )

    def given_up(self, report: dict[str, Any]) -> None:
        """Tells that a run was stopped because its work failed again and again.

        Args:
            report: Its report; a short one will do.
        """
        sheet = _line(report["sheet"])
        lines = [f"The run of the sheet {sheet} was stopped.", "", _line(report["problem"])]
        lines += ["", *_costs(report)] if report["counts"]["rows"] else []
        self._client.publish(
            TopicArn=self._topic_arn,
            Subject=_subject(f"{sheet}: the run was stopped"),
            Message="\n".join(lines),
        )


def _dollars(report: dict[str, Any], figure: str) -> str:
    return dollars(parse_usd(report[figure]))


def _spent_word(report: dict[str, Any]) -> str:
    return "Would have cost (simulated)" if report.get("simulated") else "Spent"


def _costs(report: dict[str, Any]) -> Iterator[str]:
    spent, estimate = _dollars(report, "spent_usd"), _dollars(report, "estimate_usd")
    yield f"{_spent_word(report)}: {spent} (estimate {estimate})."
    if report["possibly_billed_usd"] != "0":
        maybe = _dollars(report, "possibly_billed_usd")
        yield f"Failed at hiapi but possibly billed: {maybe}."


def _line(text: object) -> str:
    """Somebody's text on one line, without what steers a terminal or turns the writing."""
    return redact(text or "")


def subject(report: dict[str, Any]) -> str:
    """The subject line: printable ASCII, at most 100 characters."""
    counts = report["counts"]
    done = sum(counts.get(status, 0) for status in READY)
    return _subject(f"{_line(report['sheet'])}: {done} of {counts['rows']} pictures ready")


def _subject(text: str) -> str:
    text = f"Rowshot: {text}"
    plain = "".join(char if " " <= char <= "~" else "?" for char in text)
    return plain[:_SUBJECT_LIMIT]


def message(report: dict[str, Any]) -> str:
    """The message's text."""
    counts = report["counts"]
    lines = [f"The sheet {_line(report['sheet'])} is {report['status']}.", ""]
    lines += [f"{number:>6}  {name}" for name, number in counts.items() if number]
    lines += ["", *_costs(report)]
    troubled = [row for row in report["rows"] if row["status"] in NAMED]
    for row in troubled[:20]:
        lines.append(f"Row {row['row']} ({_line(row['slug'])}): {_line(row['error'])}")
    if len(troubled) > 20:
        lines.append(f"… and {len(troubled) - 20} more.")
    if report.get("contact_sheet_url"):
        lines += ["", f"All pictures: {report['contact_sheet_url']}"]
    return "\n".join(lines)
