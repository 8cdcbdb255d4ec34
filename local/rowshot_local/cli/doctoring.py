"""``rowshot doctor``: looks whether everything is in order, one line a check."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from typing import Annotated

import httpx
import typer

from rowshot.money import dollars
from rowshot.settings import is_key
from rowshot.transport.tls import tls_context
from rowshot_local.cli import options
from rowshot_local.doctor import Check, examine
from rowshot_local.doctor.checks import Word
from rowshot_local.doctor.deployed import Deployed
from rowshot_local.doctor.here import checks as checks_here
from rowshot_local.doctor.here import sheet_check
from rowshot_local.doctor.purse import LIMIT
from rowshot_local.doctor.rehearsal import Rehearsal
from rowshot_local.doctor.vendor import Vendor
from rowshot_local.environment import ConfigurationError, target, variables
from rowshot_local.stack import aws_stack


def doctor(
    stack: Annotated[
        str | None,
        typer.Option("--stack", metavar="NAME", help="Check this stack on AWS too."),
    ] = None,
    live: Annotated[
        bool,
        typer.Option("--live", help="Check hiapi's promises with real orders, for $0.05 at most."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Spend that without asking.")] = False,
    spreadsheet: options.Spreadsheet = None,
    worksheet: options.Worksheet = None,
    state: options.State = options.DEFAULT_STATE,
) -> None:
    """Check whether everything is in order, and say what to do where it is not.

    With --stack, a sheet of 300 rows goes through the stack's machine. It buys nothing at hiapi and
    costs a few cents at AWS; whoever gets messages about finished runs gets one about this run too.
    Exit code 0 when nothing is wrong, 1 when something is, 2 when it could not begin.
    """
    environment = variables()
    secrets = [environment.get("HIAPI_TOKEN", "").strip()]
    with ExitStack() as cleanup:
        http = cleanup.enter_context(
            httpx.Client(
                timeout=httpx.Timeout(20, connect=5), verify=tls_context(), trust_env=False
            )
        )
        deployed = None
        if stack:
            found = aws_stack(stack)
            rehearsal = Rehearsal(found, lambda line: typer.echo(line, err=True))
            deployed = Deployed(
                found, stack, http, rehearsal, spreadsheet, worksheet, secrets=secrets
            )
        vendor = _vendor(deployed, http) if live else None
        if vendor and not _agreed(vendor, yes):
            typer.echo("Nothing was checked, and nothing was spent.", err=True)
            raise typer.Exit(2)
        checks = checks_here(environment, state)
        if not stack:  # otherwise the stack's own service account is the one that matters
            checks.append(sheet_check(environment, spreadsheet, worksheet))
        checks += deployed.checks() if deployed else []
        checks += vendor.checks() if vendor else []
        wrong = _told(checks, secrets)
    if vendor:
        typer.echo(
            f"At most {dollars(vendor.purse.billed)} was spent at hiapi; "
            f"the limit is {dollars(LIMIT)}."
        )
    typer.echo(f"{wrong} of {len(checks)} checks failed." if wrong else "All is well.")
    raise typer.Exit(1 if wrong else 0)


def _told(checks: list[Check], secrets: Iterable[str]) -> int:
    """Carries the checks out, tells each, and counts those that are wrong."""
    wrong = 0
    for finding in examine(checks, secrets=lambda: secrets):
        typer.echo(finding.line)
        wrong += finding.verdict.word is Word.WRONG
    return wrong


def _vendor(deployed: Deployed | None, http: httpx.Client) -> Vendor:
    if deployed is None:
        chosen = target(live=True)
        return Vendor(str(chosen.base_url), chosen.token, http)
    base_url, token = deployed.hiapi()
    if not is_key(token):
        raise ConfigurationError(
            f"--live needs a key, and the secret for it in the stack {deployed.name} holds none: "
            "put it in as described in step 5 of docs/deploy.md."
        )
    return Vendor(base_url, token, http)


def _agreed(vendor: Vendor, yes: bool) -> bool:
    typer.echo(
        f"--live orders one real picture at {vendor.base_url}, and tries some more orders that "
        f"hiapi has to refuse or repeat. It usually spends $0.005, and at most {dollars(LIMIT)}.",
        err=True,
    )
    if yes:
        return True
    try:
        return typer.confirm("Continue?", err=True)
    except typer.Abort:  # nobody is there to answer
        return False
