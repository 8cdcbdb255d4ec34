"""The AWS account that the shell has chosen: its region, and who is signed in."""

from __future__ import annotations

from dataclasses import dataclass

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    InvalidRegionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from rowshot.errors import RowshotError
from rowshot_local.environment import aws_region

_REFUSED = (
    *("ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId"),
    *("UnrecognizedClientException", "SignatureDoesNotMatch", "AuthFailure"),
)
_NO_REGION = "No AWS region is chosen: set AWS_REGION, or AWS_PROFILE to a profile that has one."
_SIGN_IN = "sign in first, with 'aws configure' or 'aws sso login'."


class AccountUnavailable(RowshotError):
    """The shell names no account that can be used; the message says what to do."""


@dataclass(frozen=True)
class Identity:
    """Who is signed in.

    Args:
        account: The account's number.
        arn: The user or role.
    """

    account: str
    arn: str


def session(region: str | None = None) -> boto3.Session:
    """A session in the region that the shell has chosen.

    Args:
        region: A region that counts before the shell's.

    Raises:
        AccountUnavailable: There is no region, or no such profile.
    """
    try:
        made = boto3.Session(region_name=region or aws_region())
    except ProfileNotFound as error:
        profile = error.kwargs["profile"]
        raise AccountUnavailable(
            f"AWS_PROFILE names a profile '{profile}' that does not exist: 'aws configure "
            "list-profiles' shows those that do."
        ) from None
    if not made.region_name:
        raise AccountUnavailable(_NO_REGION)
    return made


def signed_in(used: boto3.Session) -> Identity:
    """Asks AWS who is signed in; this needs no permission.

    Raises:
        AccountUnavailable: Nobody is, or AWS cannot be reached.
    """
    config = Config(retries={"total_max_attempts": 2}, connect_timeout=10, read_timeout=20)
    try:
        told = used.client("sts", config=config).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise AccountUnavailable(sign_in_problem(error, used.region_name) or str(error)) from None
    return Identity(told["Account"], told["Arn"])


def sign_in_problem(error: BotoCoreError | ClientError, region: str | None) -> str:
    """The sentence for an error that is about signing in; empty for any other."""
    if isinstance(error, EndpointConnectionError | InvalidRegionError):
        return f"AWS cannot be reached in the region {region}: check its name and the network."
    if isinstance(error, NoCredentialsError):
        return f"Nobody is signed in to AWS here: {_SIGN_IN}"
    if isinstance(error, PartialCredentialsError):
        return "Half of the AWS key is missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    if isinstance(error, SSOError | TokenRetrievalError | CredentialRetrievalError):
        return f"The sign-in to AWS has expired or failed: {_SIGN_IN}"
    if isinstance(error, ClientError) and error.response["Error"]["Code"] in _REFUSED:
        return f"AWS does not accept this sign-in, which may have expired: {_SIGN_IN}"
    return ""
