"""SQS and SNS: what was sent, and who is told of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from support.aws.refusals import refuse_larger
from support.aws.sizes import text_bytes


class Queue:
    """What sends messages to one SQS queue.

    Args:
        deliver: Called with each message and its delay in seconds.
        before: Told of each message before it is sent.
    """

    def __init__(
        self,
        deliver: Callable[[dict[str, Any], float], None],
        before: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._deliver = deliver
        self._before = before
        self.sent: list[dict[str, Any]] = []

    def send_message(
        self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0
    ) -> dict[str, Any]:
        """SendMessage."""
        if type(DelaySeconds) is not int or not 0 <= DelaySeconds <= 900:
            raise ValueError(f"{DelaySeconds!r} is no delay that SQS takes")
        refuse_larger("a message to a queue", text_bytes(MessageBody), "SendMessage")
        self._before("sqs SendMessage")
        message = json.loads(MessageBody)
        self.sent.append(message)
        self._deliver(message, DelaySeconds)
        return {}


class Topic:
    """What publishes to one SNS topic.

    Args:
        before: Told of each message before it is sent.
    """

    def __init__(self, before: Callable[[str], None] = lambda name: None) -> None:
        self._before = before
        self.published: list[dict[str, str]] = []

    def publish(self, *, TopicArn: str, Subject: str, Message: str) -> dict[str, Any]:
        """Publish, with the limits of a subject and of a message."""
        if not 0 < len(Subject) <= 100 or not Subject.isascii() or "\n" in Subject:
            raise ValueError(f"{Subject!r} is no subject that SNS takes")
        refuse_larger("a message to a topic", text_bytes(Message), "Publish")
        self._before("sns Publish")
        self.published.append({"subject": Subject, "message": Message})
        return {}
