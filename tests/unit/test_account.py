"""What is said before anything is deployed: which account, which region, or why neither."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    SSOTokenLoadError,
    UnauthorizedSSOTokenError,
)

from rowshot_local.account import AccountUnavailable, Identity, session, sign_in_problem

ROOT = Path(__file__).parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "check_account.py"))


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without AWS."""
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "GetCallerIdentity")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoCredentialsError(), "Nobody is signed in to AWS here: sign in first"),
        (PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), "Half of the"),
        (SSOTokenLoadError(error_msg="x"), "The sign-in to AWS has expired or failed"),
        (UnauthorizedSSOTokenError(), "The sign-in to AWS has expired or failed"),
        (refused("ExpiredToken"), "AWS does not accept this sign-in"),
        (refused("InvalidClientTokenId"), "AWS does not accept this sign-in"),
        (EndpointConnectionError(endpoint_url="https://x"), "cannot be reached in the region eu-x"),
        (refused("ValidationError"), ""),
        (ReadTimeoutError(endpoint_url="https://x"), ""),
    ],
)
def test_what_keeps_somebody_from_aws_is_one_sentence(
    error: BotoCoreError | ClientError, words: str
) -> None:
    said = sign_in_problem(error, "eu-x")
    assert words in said
    assert bool(said) is bool(words)


def test_a_region_and_a_profile_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AccountUnavailable, match=r"No AWS region is chosen: set AWS_REGION"):
        session()
    assert session("eu-west-1").region_name == "eu-west-1"
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    assert session().region_name == "eu-central-1"
    monkeypatch.setenv("AWS_PROFILE", "mine")
    with pytest.raises(AccountUnavailable, match=r"a profile 'mine' that does not exist"):
        session()


SETTINGS: dict[str, Any] = {
    "version": 0.1,
    "default": {"global": {"parameters": {"stack_name": "rowshot"}}},
    "staging": {
        "global": {"parameters": {"stack_name": "rowshot-staging"}},
        "deploy": {"parameters": {"region": "eu-north-1"}},
    },
}


def test_it_says_what_will_be_deployed_where(monkeypatch: pytest.MonkeyPatch) -> None:
    where = TOOL["where"]
    monkeypatch.setitem(
        where.__globals__, "signed_in", lambda used: Identity("123456789012", "arn:aws:iam::1:me")
    )
    assert where(SETTINGS, "staging") == (
        "Deploying the stack 'rowshot-staging' to account 123456789012 in eu-north-1, as "
        "arn:aws:iam::1:me."
    )
    with pytest.raises(AccountUnavailable, match=r"No AWS region"):
        where(SETTINGS, "default")
    with pytest.raises(AccountUnavailable, match=r"no environment 'prod': it has default, staging"):
        where(SETTINGS, "prod")


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
def test_make_deploy_looks_before_it_builds_and_keeps_sam_quiet() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    planned = subprocess.run(
        ["make", "-n", "deploy", "ENVIRONMENT=staging"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    looks, builds, deploys = (
        planned.index(words)
        for words in (
            "check_account.py staging",
            "tools/sam-build",
            "sam deploy --config-env staging",
        )
    )
    assert looks < builds < deploys
    assert "SAM_CLI_TELEMETRY=0" in planned[builds:]
