"""Checks of a stack on AWS: what it needs before the first large sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from botocore.exceptions import ClientError

from rowshot.settings import is_key
from rowshot_local.doctor.answers import accepted
from rowshot_local.doctor.checks import Check, Verdict, note, ok, skipped, wrong
from rowshot_local.doctor.here import key_file, sheet_access
from rowshot_local.doctor.rehearsal import Rehearsal
from rowshot_local.environment import LIVE_BASE_URL
from rowshot_local.stack import Stack

# All but those that a choice brings: a stack may do without the menu.
_OUTPUTS = (
    "InboxBucket",
    "MediaBucket",
    "CdnDomain",
    "MediaBaseUrl",
    "LedgerTable",
    "DispatchQueue",
    "FinishMachine",
    "StateMachine",
    "HiapiTokenSecret",
    "GoogleServiceAccountSecret",
    "SweepFunction",
    "FinishedRunsTopic",
    "AlarmTopic",
    "DashboardUrl",
    "SheetDeadLetters",
    "WriteBackDeadLetters",
    "DispatchDeadLetters",
)
_USUAL_CONCURRENCY = 1000
_ENOUGH_CONCURRENCY = 100
_PUT_KEY = "Put it in as described in step 5 of docs/deploy.md."
_PUT_ACCOUNT = (
    "Put the service account's JSON key file in as described in step 8 of docs/deploy.md."
)


@dataclass
class Deployed:
    """The checks of one stack.

    Args:
        stack: The stack.
        name: Its name.
        http: Carries requests to hiapi and to the CDN.
        rehearsal: Sends the sheet that buys nothing.
        spreadsheet: A Google spreadsheet that the stack should reach, None for none.
        worksheet: Which worksheet, None for the first.
        secrets: Takes every secret that is read, so that no line shows it.
    """

    stack: Stack
    name: str
    http: httpx.Client
    rehearsal: Rehearsal
    spreadsheet: str | None = None
    worksheet: str | None = None
    secrets: list[str] = field(default_factory=list)

    def checks(self) -> list[Check]:
        """All of them."""
        return [
            Check("AWS account", self.account),
            Check("stack", self.deployed),
            Check("hiapi key in the stack", self.hiapi_key),
            Check("Google service account in the stack", self.google_account),
            Check("Google Sheet of the stack", self.sheet),
            Check("functions at a time", self.concurrency),
            Check("alarms", self.alarms),
            Check("CDN", self.cdn),
            Check("300 rows that buy nothing", self.rehearsal),
        ]

    def account(self) -> Verdict:
        """Who is signed in, and where."""
        sts = self.stack.client("sts")
        return ok(f"signed in to {sts.get_caller_identity()['Account']}, {sts.meta.region_name}.")

    def deployed(self) -> Verdict:
        """Whether the last deployment came to its end, with everything that is needed."""
        state = self._described().get("StackStatus", "")
        if state not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"):
            return wrong(
                f"the stack {self.name} is {state}.",
                "Wait until it is complete, or look at its events in CloudFormation.",
            )
        missing = [each for each in _OUTPUTS if not self.stack.outputs.get(each)]
        if missing:
            return wrong(
                f"the stack {self.name} has no output {', '.join(missing)}.",
                "Deploy it again with this version: make deploy.",
            )
        if state == "UPDATE_ROLLBACK_COMPLETE":
            return note(
                f"the last update of {self.name} failed and was rolled back.",
                "Look at its events in CloudFormation, then deploy again.",
            )
        return ok(f"{self.name} is deployed, with all its outputs.")

    def hiapi_key(self) -> Verdict:
        """Whether the key is there, and hiapi accepts it."""
        base_url, token = self.hiapi()
        if not token:
            return wrong("the secret for the hiapi key is empty.", _PUT_KEY)
        if not is_key(token):
            return wrong("it has a blank or a character in it that no key has.", _PUT_KEY)
        return accepted(base_url, token, self.http)

    def hiapi(self) -> tuple[str, str]:
        """The stack's hiapi server and key, empty where none was put in."""
        chosen = {
            each["ParameterKey"]: each.get("ParameterValue", "")
            for each in self._described().get("Parameters", [])
        }
        token = self._secret("HiapiTokenSecret").strip()
        return chosen.get("HiapiBaseUrl") or LIVE_BASE_URL, token

    def google_account(self) -> Verdict:
        """Whether the service account's key is there, if it is needed, and is one."""
        text = self._secret("GoogleServiceAccountSecret")
        if not text.strip():
            if self.spreadsheet:
                return wrong("the secret for it is empty.", _PUT_ACCOUNT)
            return skipped("the secret for it is empty; only live Google Sheets need it.")
        return key_file(text.encode(), "The secret")

    def sheet(self) -> Verdict:
        """Whether the stack's service account reaches the spreadsheet."""
        text = self._secret("GoogleServiceAccountSecret") if self.spreadsheet else ""
        if self.spreadsheet and not text.strip():
            return skipped("the stack has no service account yet.")
        chosen = {
            each["ParameterKey"]: each.get("ParameterValue", "")
            for each in self._described().get("Parameters", [])
        }
        base_url = chosen.get("SheetsBaseUrl") or "https://sheets.googleapis.com"
        return sheet_access(
            self.spreadsheet, self.worksheet, lambda: (text.encode(), base_url.rstrip("/"))
        )

    def concurrency(self) -> Verdict:
        """How many functions the account runs at once."""
        limits = self.stack.client("lambda").get_account_settings()["AccountLimit"]
        number = int(limits["ConcurrentExecutions"])
        if number < _ENOUGH_CONCURRENCY:
            return note(
                f"this account runs {number} functions at once, as new accounts do, and may also "
                "have a low rate of state transitions in Step Functions. Rowshot works, but slowly "
                "and with retries.",
                f"Ask for {_USUAL_CONCURRENCY:,}: Service Quotas, Lambda, Concurrent executions.",
            )
        return ok(f"this account runs {number:,} functions at once.")

    def alarms(self) -> Verdict:
        """Whether anybody hears of an alarm."""
        pages = self.stack.client("sns").get_paginator("list_subscriptions_by_topic")
        topic = self.stack.outputs.get("AlarmTopic", "")
        if not topic:
            return skipped("the stack has no output AlarmTopic.")
        found = [each for page in pages.paginate(TopicArn=topic) for each in page["Subscriptions"]]
        confirmed = [each for each in found if each["SubscriptionArn"].startswith("arn:")]
        pending = [each for each in found if each["SubscriptionArn"] == "PendingConfirmation"]
        if pending:
            return wrong(
                f"{pending[0]['Endpoint']} has not confirmed that it wants the alarms.",
                "Open the mail from AWS and confirm it; AWS forgets the question after two days, "
                "and 'make deploy' does not ask again, so then subscribe again in SNS.",
            )
        if not confirmed:
            return wrong(
                "nobody is told when an alarm goes off.",
                "Set AlarmEmail in samconfig.toml, deploy, and confirm the mail from AWS.",
            )
        more = f", and {len(confirmed) - 1} more" if confirmed[1:] else ""
        return ok(f"{confirmed[0]['Endpoint']} is told when one goes off{more}.")

    def cdn(self) -> Verdict:
        """Whether pictures' addresses lead anywhere: a key that does not exist is refused."""
        base = self.stack.outputs["MediaBaseUrl"].rstrip("/")
        try:
            answer = self.http.get(f"{base}/rowshot-doctor/no-such-picture.webp")
        except httpx.ConnectError:
            return wrong(
                f"{base} cannot be reached: its name is unknown, or nothing answers there.",
                "Point the DNS entry of your own domain at the output CdnDomain; a new "
                "distribution takes some minutes.",
            )
        if answer.status_code not in (403, 404):
            return wrong(
                f"{base} answers {answer.status_code} for a picture that does not exist, instead "
                "of 403 or 404.",
                "Look whether the domain leads to this stack's distribution.",
            )
        return ok(f"{base} answers ({answer.status_code} for a picture that does not exist).")

    def _described(self) -> Mapping[str, Any]:
        found = self.stack.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        described: Mapping[str, Any] = found[0]
        return described

    def _secret(self, output: str) -> str:
        name = self.stack.outputs.get(output)
        if not name:
            return ""
        client = self.stack.client("secretsmanager")
        try:
            text = str(client.get_secret_value(SecretId=name).get("SecretString", ""))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return ""  # nothing was ever put in
        self.secrets.append(text.strip())
        return text
