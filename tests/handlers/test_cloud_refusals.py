"""What AWS refuses for a moment is tried again; what it refuses for good is never asked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rowshot.finishing import Converted
from rowshot.finishing.encoding import Encoded
from rowshot.ledger.table import Delete, Put, Table, Update
from rowshot.storage import Inbox, Media
from support import template
from support.aws import S3, DynamoDB
from support.aws.failing import client_error
from support.sheets import sheet
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
