"""What AWS refuses for a moment is tried again; what it refuses for good is never asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from rowshot.finishing import Converted
from rowshot.finishing.encoding import Encoded
from rowshot.ledger.table import Delete, Put, Table, Update
from rowshot.specs.lengths import MAX_PROMPT_BYTES, MAX_PROMPT_CHARACTERS
from rowshot.storage import Inbox, Media
from support import template
from support.aws import S3, DynamoDB, Queue, StepFunctions, Topic
from support.aws.failing import client_error
from support.aws.refusals import BOUNDS
from support.deployed import DeployedWorld
from support.machine import Failed
from support.sheets import sheet, table
from support.world import Options, World

KEY = ("P", "A")


def first(times: int) -> Iterator[bool]:
    """True for the first so many questions."""
    yield from [True] * times
    while True:
        yield False


def table_that_conflicts(times: int) -> tuple[Table, DynamoDB]:
    answers = first(times)
    fake: Any = DynamoDB.of(template.properties("LedgerTable"), conflicts=lambda _: next(answers))
    return Table(fake, "ledger", pause=lambda seconds: None), fake


WRITES: dict[str, Any] = {
    "put": Put(KEY, {"n": 1}),
    "update": Update(KEY, set={"n": 1}),
    "delete": Delete(KEY),
}


@pytest.mark.parametrize("kind", WRITES)
def test_a_single_write_waits_for_a_transaction_on_its_item(kind: str) -> None:
    table, fake = table_that_conflicts(3)
    table.write(WRITES[kind])
    assert fake.conflicts["single writes"] == 3
    assert (KEY in fake.items) == (kind != "delete")


def test_a_single_write_gives_up_in_the_end() -> None:
    table, _ = table_that_conflicts(1000)
    with pytest.raises(ClientError, match="TransactionConflict"):
        table.write(WRITES["put"])


@pytest.mark.parametrize(("limit", "reason"), [("0", "0.00"), ("0.02", "0.02")])
def test_rows_that_no_day_has_room_for_end_over_budget(limit: str, reason: str) -> None:
    with World(Options(day_usd=Decimal(limit))) as world:
        run_id = world.drop(sheet(3))
        world.run(run_id)
        report = world.report(run_id)
        assert report["counts"]["over budget"] == 3
        assert all(reason in row["error"] for row in report["rows"])
        assert not any(key[0].startswith("DAY#") for key in world.dynamodb.items)
        assert world.books()["tasks_created"] == 0
        assert world.errors == []


def bucket_that_conflicts(times: int) -> Any:
    answers = first(times)
    return S3(conflicts=lambda: next(answers))


def test_a_file_is_written_once_though_another_write_met_it() -> None:
    s3 = bucket_that_conflicts(3)
    inbox = Inbox(s3, "inbox", pause=lambda seconds: None)
    key = inbox.put_once("r", "plan.jsonl", b"first", "application/jsonl")
    inbox.put_once("r", "plan.jsonl", b"second", "application/jsonl")
    assert s3.read("inbox", key) == b"first"
    assert s3.conflicts == 3


def test_a_picture_is_stored_though_another_write_met_it() -> None:
    s3 = bucket_that_conflicts(4)
    one = Encoded(b"RIFF", 16, 16)
    media = Media(s3, "media", "https://cdn.example", pause=lambda seconds: None)
    media.store("jar", "r1", Converted(one, {480: one, 960: one}))
    assert media.find("jar", "r1")
    assert s3.conflicts == 4


def test_a_write_that_always_meets_another_is_an_error() -> None:
    inbox = Inbox(bucket_that_conflicts(1000), "inbox", pause=lambda seconds: None)
    with pytest.raises(ClientError, match="ConditionalRequestConflict"):
        inbox.put_once("r", "plan.jsonl", b"first", "application/jsonl")


class Refusing(S3):
    """A bucket of whose objects a role may see nothing, and whose keys it may list or not."""

    def __init__(self, code: str, listing: str = "") -> None:
        super().__init__()
        self._code, self._listing = code, listing

    def head_object(self, **request: Any) -> Any:
        raise client_error(self._code, "HeadObject")

    def get_object(self, **request: Any) -> Any:
        raise client_error(self._code, "GetObject")

    def list_objects_v2(self, **request: Any) -> Any:
        if self._listing:
            raise client_error(self._listing, "ListObjectsV2")
        return super().list_objects_v2(**request)


LOOKS: dict[str, Any] = {
    "a picture": lambda s3: Media(s3, "b", "https://cdn.example").find("jar", "r1"),
    "a file": lambda s3: Inbox(s3, "b").get("r1", "report.json"),
    "a part of a file": lambda s3: Inbox(s3, "b").get_part("r1", "plan.jsonl", 10, 5),
    "the newest version": lambda s3: Inbox(s3, "b").newest("sheets/a.csv") or None,
}
LOOKED_AT = ("images/jar/r1.webp", "runs/r1/report.json", "runs/r1/plan.jsonl", "sheets/a.csv")


def beside(key: str) -> tuple[str, ...]:
    """Keys that begin as it does, or stand before and after it."""
    return (f"{key}.bak", f"{key}/x", key[:-1], f"{key[:-1]}~")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("code", ["404", "NoSuchKey", "403", "AccessDenied"])
def test_what_is_missing_is_found_out_by_whoever_may_list_it(look: str, code: str) -> None:
    s3: Any = Refusing(code)
    for key in LOOKED_AT:
        for other in beside(key):
            s3.put_object(Bucket="b", Key=other, Body=b"x")
        s3.put_object(Bucket="elsewhere", Key=key, Body=b"x")
    assert LOOKS[look](s3) is None


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("code", ["403", "AccessDenied", "500", "SlowDown"])
def test_a_missing_permission_is_not_a_missing_object(look: str, code: str) -> None:
    s3: Any = Refusing(code)
    for key in LOOKED_AT:
        s3.put_object(Bucket="b", Key=key, Body=b"x")
    with pytest.raises(ClientError, match=code):
        LOOKS[look](s3)


@pytest.mark.parametrize("look", LOOKS)
def test_who_may_not_list_does_not_know_what_is_missing(look: str) -> None:
    with pytest.raises(ClientError, match=r"403.*(Head|Get)Object"):
        LOOKS[look](Refusing("403", listing="AccessDenied"))


@pytest.mark.parametrize("look", LOOKS)
def test_a_listing_that_fails_for_a_moment_tells_nothing(look: str) -> None:
    with pytest.raises(ClientError, match="SlowDown"):
        LOOKS[look](Refusing("403", listing="SlowDown"))


def test_an_item_that_dynamodb_never_takes_is_not_tried_again() -> None:
    pauses: list[float] = []
    fake: Any = DynamoDB.of(template.properties("LedgerTable"))
    table = Table(fake, "ledger", pause=pauses.append)
    with pytest.raises(ClientError, match="TransactionCanceled"):
        table.transact([Put(KEY, {"words": "瓶" * 140_000}), Put(("P", "B"), {})])
    assert fake.calls["transact_write_items"] == 1
    assert not pauses


# ---------------------------------------------------------------- names and sizes


def machine() -> Any:
    return StepFunctions(lambda execution: None)


@pytest.mark.parametrize("name", ["", "a" * 81, "jar ü", "jar/1", "jar.1", "瓶", "jar\n", "a:b"])
def test_an_execution_is_not_started_under_such_a_name(name: str) -> None:
    states = machine()
    with pytest.raises(ClientError, match="InvalidName"):
        states.start_execution(stateMachineArn="arn", name=name, input="{}")
    assert not states.executions


@pytest.mark.parametrize("name", ["a", "Jar_1-" + "9" * 74])
def test_an_execution_is_started_under_a_usual_name(name: str) -> None:
    states = machine()
    states.start_execution(stateMachineArn="arn", name=name, input="{}")
    assert list(states.executions) == [name]


def text_of(size: int) -> str:
    """A JSON text of exactly so many bytes, some of them of wide characters."""
    most = size - 2
    return '"' + "瓶" * (most // 3) + "." * (most % 3) + '"'


def start(text: str) -> None:
    machine().start_execution(stateMachineArn="arn", name="a", input=text)


def publish(text: str) -> None:
    Topic().publish(TopicArn="arn", Subject="A run has ended", Message=text)


def send(text: str) -> None:
    Queue(lambda message, delay: None).send_message(QueueUrl="url", MessageBody=text)


@pytest.mark.parametrize(
    ("what", "call"),
    [
        ("an execution's input", start),
        ("a message to a topic", publish),
        ("a message to a queue", send),
    ],
)
def test_what_is_too_large_is_refused_in_bytes(what: str, call: Callable[[str], None]) -> None:
    bound = BOUNDS[what]
    call(text_of(bound.most))
    with pytest.raises(ClientError, match=bound.code):
        call(text_of(bound.most + 1))


@pytest.mark.parametrize("character", ["🫙", "瓶", "ü", '"', "\\"])
def test_the_largest_row_can_be_started(character: str) -> None:
    """Both prompts are as long as they may be, also in characters that JSON writes at length."""
    most = min(MAX_PROMPT_BYTES // len(character.encode()), MAX_PROMPT_CHARACTERS)
    row = {"slug": "jar", "prompt": "A" + character * (most - 1)}
    row["negative_prompt"] = character * MAX_PROMPT_CHARACTERS
    with World() as world:
        run_id = world.drop(table([row]))
        world.run(run_id)
        assert world.report(run_id)["counts"]["published"] == 1
        assert world.errors == []


@pytest.mark.parametrize("size", [BOUNDS["a function's answer"].most, 7 * 1024**2])
def test_lambda_passes_no_answer_on_that_is_too_large(size: int) -> None:
    large = size > BOUNDS["a function's answer"].most
    with DeployedWorld() as world:
        answer = "." * (size - len('""'))
        world._modules["sweep"] = cast("Any", SimpleNamespace(handler=lambda *_: answer))
        with pytest.raises(Failed, match="ResponseSizeTooLarge") if large else nullcontext():
            world.call("sweep")
