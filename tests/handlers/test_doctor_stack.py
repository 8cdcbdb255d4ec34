"""``rowshot doctor --stack`` against moto, with each thing of the stack wrong in its turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from rowshot.clock import Clock
from rowshot.deciding.actions import Nothing
from rowshot.deciding.facts import Facts, Rules
from rowshot.deciding.next_action import next_action
from rowshot.errors import RunNotFound
from rowshot.ledger.jobs import Job
from rowshot.ledger.records import Row, Run, RunStatus
from rowshot.models import Catalogue
from rowshot.statuses import RowStatus
from rowshot_local.doctor import Verdict, examine
from rowshot_local.doctor.checks import Word, ok
from rowshot_local.doctor.deployed import Deployed
from rowshot_local.doctor.rehearsal import ROWS, Rehearsal, sheet
from rowshot_local.stack import Stack
from support import template

KEY = "opaque-key-of-the-account"
ALWAYS = [name for name, each in template.template()["Outputs"].items() if "Condition" not in each]
PARAMETERS = [{"ParameterKey": "HiapiBaseUrl", "ParameterValue": "https://hiapi.example"}]


class Account:
    """An AWS account with a stack, in which everything is right until a test changes it.

    moto knows neither how many functions an account runs at once nor how one confirms a
    subscription by mail, and its CloudFormation needs more than is installed, so those answers
    are put in here as AWS documents them.
    """

    def __init__(self) -> None:
        self.concurrency = 1000
        self.subscriptions = ["arn:aws:sns:eu-west-1:123456789012:alarms:1"]
        self.denied = ""
        self.state = "CREATE_COMPLETE"
        self.hiapi_status = 200
        self.cdn: int | Exception = 403
        self.secrets = self.cloud("secretsmanager")
        for name in ("hiapi", "google"):
            self.secrets.create_secret(Name=name)
        self.secrets.put_secret_value(SecretId="hiapi", SecretString=f"{KEY}\n")
        self.outputs = {
            **dict.fromkeys(ALWAYS, "something"),
            "MediaBaseUrl": "https://d1.cloudfront.net",
            "HiapiTokenSecret": "hiapi",
            "GoogleServiceAccountSecret": "google",
            "AlarmTopic": "arn:aws:sns:eu-west-1:123456789012:alarms",
        }

    @staticmethod
    def cloud(service: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]
            region_name="eu-west-1",
            aws_access_key_id="none",
            aws_secret_access_key="none",
        )

    def client(self, service: str) -> Any:
        """A service's client: moto's, or an answer from here."""
        if service == self.denied:
            return Denied()
        if service == "lambda":
            limits = {"AccountLimit": {"ConcurrentExecutions": self.concurrency}}
            return Answers(get_account_settings=lambda: limits)
        if service == "sns":
            found = [
                {"SubscriptionArn": a, "Endpoint": "ana@example.com"} for a in self.subscriptions
            ]
            pages = Answers(paginate=lambda **_: [{"Subscriptions": found}])
            return Answers(get_paginator=lambda _: pages)
        if service == "cloudformation":
            described = {"StackStatus": self.state, "Parameters": PARAMETERS}
            return Answers(describe_stacks=lambda **_: {"Stacks": [described]})
        return self.cloud(service)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What hiapi and the distribution answer."""
        if request.url.host == "hiapi.example":
            assert request.method == "GET"
            good = request.headers["Authorization"] == f"Bearer {KEY}"
            return httpx.Response(self.hiapi_status if good else 401)
        if isinstance(self.cdn, Exception):
            raise self.cdn
        return httpx.Response(self.cdn)

    def look(self, **options: Any) -> dict[str, Verdict]:
        """Everything that the doctor found, without its rehearsal."""
        stack = Stack(self.outputs, self.client, Clock(1.0))
        with httpx.Client(transport=httpx.MockTransport(self.answer)) as http:
            doctor = Deployed(stack, "rowshot", http, lambda: ok("done."), **options)
            found = list(examine(doctor.checks(), secrets=lambda: doctor.secrets))
        assert not any(KEY in each.line or "PRIVATE" in each.line for each in found)
        return {each.name: each.verdict for each in found}


class Answers:
    """An object with the given methods."""

    def __init__(self, **methods: Callable[..., Any]) -> None:
        self.__dict__.update(methods)


class Denied:
    """A client that may do nothing."""

    def __getattr__(self, name: str) -> Any:
        def refused(*_: Any, **__: Any) -> Any:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, name)

        return refused


@pytest.fixture
def account() -> Iterator[Account]:
    with mock_aws():
        yield Account()


def wrong(found: dict[str, Verdict]) -> list[str]:
    return [name for name, each in found.items() if each.word is Word.WRONG]


def test_everything_is_right(account: Account) -> None:
    found = account.look()
    assert wrong(found) == []
    assert found["AWS account"].sentence == "signed in to 123456789012, eu-west-1."
    assert found["hiapi key in the stack"].sentence == "hiapi accepts it."
    assert found["Google service account in the stack"].word is Word.SKIPPED
    assert found["functions at a time"].sentence == "this account runs 1,000 functions at once."
    assert found["alarms"].sentence == "ana@example.com is told when one goes off."
    assert "(403 for a picture that does not exist)" in found["CDN"].sentence


@pytest.mark.parametrize(
    ("state", "sees"),
    [
        ("ROLLBACK_COMPLETE", "is ROLLBACK_COMPLETE"),
        ("UPDATE_IN_PROGRESS", "is UPDATE_IN_PROGRESS"),
    ],
)
def test_the_stack_is_not_deployed_to_its_end(account: Account, state: str, sees: str) -> None:
    account.state = state
    assert sees in account.look()["stack"].sentence


def test_an_update_was_taken_back(account: Account) -> None:
    account.state = "UPDATE_ROLLBACK_COMPLETE"
    assert account.look()["stack"].word is Word.NOTE


@pytest.mark.parametrize("output", [name for name in ALWAYS if name != "MediaBaseUrl"])
def test_an_output_is_missing_and_the_rest_is_still_looked_at(
    account: Account, output: str
) -> None:
    del account.outputs[output]
    found = account.look()
    assert "stack" in wrong(found)
    assert f"has no output {output}." in found["stack"].sentence


def test_the_outputs_of_the_menu_are_not_needed(account: Account) -> None:
    assert not {"DropUrl", "DropSecret"} & set(account.outputs)
    assert account.look()["stack"].word is Word.OK


def test_the_hiapi_key_was_never_put_in(account: Account) -> None:
    account.secrets.create_secret(Name="empty")
    account.outputs["HiapiTokenSecret"] = "empty"
    found = account.look()
    assert wrong(found) == ["hiapi key in the stack"]
    assert "step 5 of docs/deploy.md" in found["hiapi key in the stack"].advice


@pytest.mark.parametrize("key", ["пароль-от-hiapi", "two keys", "one\ntwo"])
def test_what_was_put_in_cannot_be_a_key(account: Account, key: str) -> None:
    account.secrets.put_secret_value(SecretId="hiapi", SecretString=key)
    found = account.look()
    assert wrong(found) == ["hiapi key in the stack"]
    assert "no key has" in found["hiapi key in the stack"].sentence
    assert "step 5 of docs/deploy.md" in found["hiapi key in the stack"].advice


@pytest.mark.parametrize(("status", "sees"), [(401, "does not accept the key"), (502, "502")])
def test_hiapi_does_not_accept_the_key(account: Account, status: int, sees: str) -> None:
    account.hiapi_status = status
    found = account.look()
    assert wrong(found) == ["hiapi key in the stack"]
    assert sees in found["hiapi key in the stack"].sentence


def test_a_wrong_service_account_was_put_in(account: Account) -> None:
    account.secrets.put_secret_value(SecretId="google", SecretString="my password")
    found = account.look()
    assert wrong(found) == ["Google service account in the stack"]
    assert "The secret is not JSON" in found["Google service account in the stack"].sentence


def test_a_sheet_is_named_but_no_service_account_put_in(account: Account) -> None:
    found = account.look(spreadsheet="x" * 44)
    assert wrong(found) == ["Google service account in the stack"]
    assert found["Google Sheet of the stack"].word is Word.SKIPPED


def test_a_young_account_gets_advice_and_no_failure(account: Account) -> None:
    account.concurrency = 10
    found = account.look()
    assert wrong(found) == []
    verdict = found["functions at a time"]
    assert verdict.word is Word.NOTE
    assert "runs 10 functions at once" in verdict.sentence
    assert "Ask for 1,000" in verdict.advice


@pytest.mark.parametrize(
    ("subscriptions", "sees"),
    [
        ([], "nobody is told"),
        (["PendingConfirmation"], "ana@example.com has not confirmed"),
        (["arn:aws:sns:x", "PendingConfirmation"], "has not confirmed"),
        (["Deleted"], "nobody is told"),
    ],
)
def test_nobody_hears_of_an_alarm(account: Account, subscriptions: list[str], sees: str) -> None:
    account.subscriptions = subscriptions
    found = account.look()
    assert wrong(found) == ["alarms"]
    assert sees in found["alarms"].sentence


@pytest.mark.parametrize(
    ("cdn", "sees"),
    [
        (200, "answers 200"),
        (502, "answers 502"),
        (httpx.ConnectError("Name or service not known"), "cannot be reached"),
        (httpx.ReadTimeout("slow"), "ReadTimeout"),
    ],
)
def test_the_cdn_does_not_answer_as_it_should(account: Account, cdn: Any, sees: str) -> None:
    account.cdn = cdn
    found = account.look()
    assert wrong(found) == ["CDN"]
    assert sees in found["CDN"].sentence


@pytest.mark.parametrize(
    ("service", "names"),
    [
        ("sts", ["AWS account"]),
        ("lambda", ["functions at a time"]),
        ("sns", ["alarms"]),
        ("secretsmanager", ["hiapi key in the stack", "Google service account in the stack"]),
    ],
)
def test_whoever_asks_may_not_look(account: Account, service: str, names: list[str]) -> None:
    account.denied = service
    found = account.look()
    assert wrong(found) == names
    assert "you may not call" in found[names[0]].sentence


class Rehearsed:
    """A stack whose run has ended, and whose machine takes rows.

    Args:
        state: How the last so many of the rows' executions stand.
        several: How many of them.
        noted: Whether Plan noted the run.
        run: How the run stands.
        status: What Plan made of the rows.
        reserved: Money that the run set aside.
        report: Its report, empty without one.
    """

    def __init__(
        self,
        state: str = "SUCCEEDED",
        several: int = ROWS,
        *,
        noted: bool = True,
        run: RunStatus = RunStatus.FINISHED,
        status: RowStatus = RowStatus.INVALID,
        reserved: str = "0",
        report: bytes = b"{}",
    ) -> None:
        self.state, self.several, self.noted = state, several, noted
        self.dropped: list[bytes] = []
        self.started: dict[str, Job] = {}
        self.run = replace(
            Run("r1", run, "inbox", "k", "s", "s1", 0.0, reason="the machine is gone"),
            reserved=Decimal(reserved),
        )
        self.row_list = [Row("r1", number, f"s{number}", status) for number in range(2, ROWS + 2)]
        self.ledger = self.runs = self
        self.rows = Answers(of_run=lambda _: iter(self.row_list))
        self.executions = Answers(status=self._state, start_row=self._start)
        self.inbox = Answers(get=lambda _, name: report or None)

    def _start(self, job: Job, name: str) -> None:
        self.started[name] = job

    def _state(self, name: str) -> str:
        late = list(self.started).index(name) >= ROWS - self.several
        return self.state if late else "SUCCEEDED"

    def drop(self, data: bytes, name: str, metadata: Any) -> str:
        self.dropped.append(data)
        return "r1"

    def get(self, run_id: str) -> Run:
        if not self.noted:
            raise RunNotFound("none")
        return self.run


def rehearsed(stack: Rehearsed) -> Verdict:
    moments = iter(range(0, 1_000_000, 60))
    given: Any = stack
    return Rehearsal(given, lambda _: None, wait=lambda _: None, now=lambda: next(moments))()


def test_the_rehearsal_sends_each_row_through_an_execution_of_its_own() -> None:
    stack = Rehearsed()
    assert rehearsed(stack).word is Word.OK
    assert stack.dropped == [sheet()]
    assert len(stack.started) == ROWS


def test_no_row_of_the_rehearsal_can_be_bought() -> None:
    """Its row is at its end and names no execution; its model and its price forbid it, too."""
    stack = Rehearsed()
    rehearsed(stack)
    parameters = template.template()["Parameters"]
    highest = max(parameters[name]["MaxValue"] for name in ("MaxRunUsd", "MaxDayUsd"))
    rows = {row.number: row for row in stack.row_list}
    for name, job in stack.started.items():
        facts = Facts(job, rows[job.number], stack.run, execution=name)
        assert next_action(facts, Clock(1.0, lambda: 1.0), Rules()) == Nothing()
        assert job.price > highest
        assert Catalogue.from_package().find(job.model) is None
        assert json.loads(job.body)["model"] == job.model


@pytest.mark.parametrize(
    ("stack", "sees"),
    [
        (Rehearsed(noted=False), "was not planned and finished after 15 minutes"),
        (Rehearsed(run=RunStatus.RUNNING), "was not planned and finished after 15 minutes"),
        (Rehearsed(run=RunStatus.STOPPED), "ended at once: 'the machine is gone'"),
        (Rehearsed("RUNNING", 1), "was not sent row by row after 15 minutes"),
        (Rehearsed("FAILED", 1), "1 of the run r1's 300 rows failed"),
        (Rehearsed("TIMED_OUT"), "300 of the run r1's 300 rows failed"),
        (Rehearsed("ABORTED", 2), "2 of the run r1's 300 rows failed"),
        (Rehearsed(reserved="0.025"), "reserved $0.025, although nothing was to be bought"),
        (Rehearsed(report=b""), "has no report"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_rehearsal_that_goes_wrong_is_told(stack: Rehearsed, sees: str) -> None:
    verdict = rehearsed(stack)
    assert verdict.word is Word.WRONG
    assert sees in verdict.sentence
    assert verdict.advice


def test_rows_that_could_be_bought_are_never_sent_through_the_machine() -> None:
    stack = Rehearsed(status=RowStatus.QUEUED)
    assert "does not have 300 invalid rows" in rehearsed(stack).sentence
    assert stack.started == {}


def test_the_sheet_of_the_rehearsal_can_buy_nothing() -> None:
    lines = sheet().decode().splitlines()
    assert lines[0] == "slug,prompt,model"
    assert len(lines) == ROWS + 1
    assert all(line.split(",")[1:] == ["", "rowshot-doctor-buys-nothing"] for line in lines[1:])
