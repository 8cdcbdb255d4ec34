"""Drop at a real Sheets simulator: what the menu in a sheet can ask for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from rowshot.clock import Clock
from rowshot.inbound.drop import Drop
from rowshot.inbound.signing import SIGNATURE, TIMESTAMP, menu_secret, sign
from rowshot.ledger import Ledger
from rowshot.reading.origin import SheetOrigin, exported_at
from rowshot.sheet_sync.google import ServiceAccount
from rowshot.storage import Inbox
from rowshot_simulators.sheets import (
    SheetsFault,
    SheetsSimulator,
    SheetsSimulatorOptions,
    start_sheets_simulator,
)
from support import template
from support.aws import S3, DynamoDB

NOW = 1_760_000_000.0
SECRET = "the drop secret"
TITLE = "春季 / launch"
ROWS = [
    ["slug", "prompt", "redo"],
    ["jar", "=1+1 jars on oak", False],
    ["0017", "A jar, with a comma\nand a second line", True],
    ["tin", "", None],
]


@pytest.fixture(scope="module")
def sheets() -> Iterator[SheetsSimulator]:
    options = SheetsSimulatorOptions(reads_per_minute=None, writes_per_minute=None)
    with start_sheets_simulator(options) as running:
        yield running


class Bench:
    """A Drop with everything that it needs."""

    def __init__(self, sheets: SheetsSimulator) -> None:
        self.sheets = sheets
        self.at = NOW
        self.dynamodb: Any = DynamoDB.of(
            template.properties("LedgerTable"),
            now=lambda: self.at,
            lag=lambda: 0.0,
            before=lambda name: None,
        )
        self.s3: Any = S3(before=lambda name: None)
        clock = Clock(1.0, lambda: self.at)
        self.ledger = Ledger(self.dynamodb, "ledger", clock)
        self.key = sheets.create_spreadsheet("Catalogue", {"Other": [["x"]], TITLE: ROWS})
        info = json.dumps(sheets.service_account_info())
        self.drop = Drop(
            self.ledger,
            Inbox(self.s3, "inbox"),
            ServiceAccount(lambda: info, sheets.base_url, Clock(0.0)),
            lambda: SECRET,
            "qwen-image-2.0",
            Decimal(25),
        )

    def ask(self, **said: Any) -> tuple[int, dict[str, Any]]:
        request = {"spreadsheet_id": self.key, "worksheet": TITLE, "mode": "render", **said}
        body = json.dumps(request).encode()
        self.at += 1
        stamp = str(int(self.at))
        secret = menu_secret(SECRET, str(request["spreadsheet_id"]))
        return self.drop({TIMESTAMP: stamp, SIGNATURE: sign(secret, stamp, body)}, body)

    def dropped(self) -> list[str]:
        return [key for bucket, key in self.s3.objects if bucket == "inbox"]


def signed(bench: Bench, body: bytes) -> tuple[int, dict[str, Any]]:
    """Asks with a body as it is, under its right signature."""
    stamp = str(int(NOW))
    signature = sign(menu_secret(SECRET, bench.key), stamp, body)
    return bench.drop({TIMESTAMP: stamp, SIGNATURE: signature}, body)


@pytest.fixture
def bench(sheets: SheetsSimulator) -> Iterator[Bench]:
    yield Bench(sheets)
    sheets.clear_faults()


def test_a_worksheet_is_exported_into_the_inbox(bench: Bench) -> None:
    status, answer = bench.ask(first=5)
    assert status == 200, answer
    assert "first 5 rows" in answer["message"]
    key = f"sheets/{bench.key}/%E6%98%A5%E5%AD%A3%20%2F%20launch.csv"
    drop = Inbox(bench.s3, "inbox").drop(key, "", 10_000)
    assert list(csv.reader(io.StringIO(drop.data.decode()))) == [
        ["slug", "prompt", "redo"],
        ["jar", "=1+1 jars on oak", "FALSE"],
        ["0017", "A jar, with a comma\nand a second line", "TRUE"],
        ["tin", "", ""],
    ]
    source = SheetOrigin.of(key, drop.metadata)
    assert (source.spreadsheet_id, source.worksheet) == (bench.key, TITLE)
    assert drop.metadata["first"] == "5"
    assert exported_at(drop.metadata) == bench.at
    assert len(answer["run_id"]) == 16


def test_a_price_starts_nothing(bench: Bench) -> None:
    status, answer = bench.ask(mode="price")
    assert status == 200, answer
    assert answer["estimate_usd"] == "0.05"
    assert answer["counts"] == {"ready": 2, "invalid": 1}
    assert answer["message"] == "2 ready, 1 invalid. Rendering costs $0.05."
    (problem,) = answer["problems"]
    assert (problem["row"], problem["slug"]) == (4, "tin")
    assert bench.dropped() == []


def test_a_dear_sheet_is_told_with_both_figures(bench: Bench) -> None:
    object.__setattr__(bench.drop, "max_usd", Decimal("0.03"))
    _, answer = bench.ask(mode="price")
    assert answer["over_budget"] is True
    assert "$0.05" in answer["message"] and "$0.03" in answer["message"]


def test_a_copied_request_is_refused(bench: Bench) -> None:
    body = json.dumps({"spreadsheet_id": bench.key, "worksheet": TITLE}).encode()
    stamp = str(int(NOW))
    secret = menu_secret(SECRET, bench.key)
    headers = {TIMESTAMP: stamp, SIGNATURE: sign(secret, stamp, body)}
    assert bench.drop(headers, body)[0] == 200
    status, answer = bench.drop(headers, body)
    assert status == 401
    assert "already sent" in answer["error"]
    assert len(bench.dropped()) == 1


def test_a_secret_is_good_for_its_own_spreadsheet_only(bench: Bench) -> None:
    """Whoever can edit one spreadsheet can read its script's secret, and gets at no other."""
    other = bench.sheets.create_spreadsheet("Payroll", {TITLE: ROWS})
    body = json.dumps({"spreadsheet_id": other, "worksheet": TITLE, "mode": "price"}).encode()
    stamp = str(int(NOW))
    for secret in (menu_secret(SECRET, bench.key), menu_secret(SECRET, ""), SECRET):
        status, answer = bench.drop({TIMESTAMP: stamp, SIGNATURE: sign(secret, stamp, body)}, body)
        assert (status, set(answer)) == (401, {"error"})
    own = sign(menu_secret(SECRET, other), stamp, body)
    assert bench.drop({TIMESTAMP: stamp, SIGNATURE: own}, body)[0] == 200


def test_nothing_is_asked_of_google_without_the_secret(bench: Bench) -> None:
    before = len(bench.sheets.traffic.log)
    body = json.dumps({"spreadsheet_id": bench.key, "worksheet": TITLE}).encode()
    status, answer = bench.drop({}, body)
    assert status == 401
    assert "not signed" in answer["error"]
    assert len(bench.sheets.traffic.log) == before


@pytest.mark.parametrize(
    "said",
    [
        {"spreadsheet_id": "short"},
        {"spreadsheet_id": "../../../../../../../../etc/passwd"},
        {"spreadsheet_id": 5},
        {"worksheet": ""},
        {"worksheet": "x" * 201},
        {"mode": "delete"},
        {"first": 0},
        {"first": True},
        {"first": "5"},
        {"first": float("nan")},
        {"worksheet": "\ud800"},
        {"worksheet": "😀" * 90},  # longer than a key of S3, once it is percent-encoded
        {"first": 10**3000},
    ],
)
def test_a_request_that_makes_no_sense_is_refused(bench: Bench, said: dict[str, Any]) -> None:
    assert bench.ask(**said)[0] == 400
    assert bench.dropped() == []


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b"{", b"\xff", b"{}", b"NaN", b"[" * 4000, b"x" * 5000]
)
def test_a_body_that_is_no_request_is_refused(bench: Bench, body: bytes) -> None:
    stamp = str(int(NOW))
    assert bench.drop({TIMESTAMP: stamp, SIGNATURE: sign(SECRET, stamp, body)}, body)[0] == 400


@pytest.mark.parametrize(
    "ignored",
    ["NaN", "1e999", "Infinity", "-Infinity", '[1, {"a": NaN}]', '"\\ud800"', '{"\\udc00": 1}'],
)
def test_what_is_no_json_is_refused_where_nothing_reads_it_too(bench: Bench, ignored: str) -> None:
    said = f'{{"spreadsheet_id": "{bench.key}", "worksheet": "{TITLE}", "more": {ignored}}}'
    assert signed(bench, said.encode())[0] == 400


@pytest.mark.parametrize("bad", [b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\xe6\x98"])
def test_a_body_that_is_not_utf_8_is_refused(bench: Bench, bad: bytes) -> None:
    said = f'{{"spreadsheet_id": "{bench.key}", "worksheet": "{TITLE}", "more": "_"}}'.encode()
    assert signed(bench, said)[0] == 200
    assert signed(bench, said.replace(b"_", bad))[0] == 400


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_another_encoding_is_refused(bench: Bench, encoding: str) -> None:
    said = f'{{"spreadsheet_id": "{bench.key}", "worksheet": "{TITLE}"}}'
    assert signed(bench, said.encode(encoding))[0] == 400


def test_a_name_said_twice_is_refused(bench: Bench) -> None:
    """Who signs and who reads could each take another one of the two."""
    body = f'{{"spreadsheet_id": "{bench.key}", "worksheet": "Other", "worksheet": "x"}}'.encode()
    stamp = str(int(NOW))
    signature = sign(menu_secret(SECRET, bench.key), stamp, body)
    assert bench.drop({TIMESTAMP: stamp, SIGNATURE: signature}, body)[0] == 400


@pytest.mark.parametrize("name", [TIMESTAMP, SIGNATURE])
@pytest.mark.parametrize("value", ["\ud800", "é", "9" * 5000])
def test_a_header_that_is_no_signature_is_refused(bench: Bench, name: str, value: str) -> None:
    body = json.dumps({"spreadsheet_id": bench.key, "worksheet": TITLE}).encode()
    headers = {TIMESTAMP: str(int(NOW)), SIGNATURE: "0" * 64, name: value}
    assert bench.drop(headers, body)[0] == 401


def test_the_longest_title_that_google_takes_is_dropped(bench: Bench) -> None:
    title = "春" * 100
    key = bench.sheets.create_spreadsheet("Long", {title: ROWS})
    assert bench.ask(spreadsheet_id=key, worksheet=title)[0] == 200


def test_a_sheet_that_is_not_shared_says_with_whom_to_share_it(bench: Bench) -> None:
    email = bench.sheets.service_account_info()["client_email"]
    bench.sheets.share(bench.key, email, None)
    status, answer = bench.ask()
    assert status == 403
    assert email in answer["error"]


def test_a_worksheet_that_is_not_there_is_named(bench: Bench) -> None:
    status, answer = bench.ask(worksheet="Sommer")
    assert status == 404
    assert "Sommer" in answer["error"]


def test_a_worksheet_without_the_columns_is_not_dropped(bench: Bench) -> None:
    status, answer = bench.ask(worksheet="Other")
    assert status == 422
    assert answer["error"]
    assert bench.dropped() == []


def test_a_silent_google_is_told_as_passing(bench: Bench) -> None:
    bench.sheets.add_fault(SheetsFault("error", "read", times=None, status=503))
    status, answer = bench.ask()
    assert status == 503
    assert "try again in a minute" in answer["error"]


def test_a_busy_ledger_is_told_as_passing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.ledger.table, "_pause", lambda seconds: None)
    monkeypatch.setattr(bench.dynamodb, "_leaves", lambda keys: keys)
    status, answer = bench.ask(mode="price")
    assert status == 503
    assert "try again in a minute" in answer["error"]
