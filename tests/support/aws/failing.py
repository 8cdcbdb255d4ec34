"""AWS's errors as boto3 raises them."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError


def client_error(code: str, operation: str, **more: Any) -> ClientError:
    """An error of one call."""
    return ClientError({"Error": {"Code": code, "Message": code}, **more}, operation)


class Exceptions:
    """What a boto3 client has as ``exceptions``: a class for each code."""

    def __init__(self, *codes: str) -> None:
        for code in codes:
            setattr(self, code, type(code, (ClientError,), {}))

    def error(self, code: str, operation: str) -> ClientError:
        """An error of one of the classes."""
        kind: type[ClientError] = getattr(self, code)
        return kind({"Error": {"Code": code, "Message": code}}, operation)
