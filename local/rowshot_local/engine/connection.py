"""Talking to a running engine: AWS clients, its CDN, its health and its pace."""

from __future__ import annotations

import http.client
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config

from rowshot_local.engine.errors import EngineError
from rowshot_local.engine.guard import KEY_HEADER

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

HOST = "127.0.0.1"


@dataclass(frozen=True)
class CdnResponse:
    """What the CDN answered.

    Args:
        status: HTTP status.
        headers: Names in lower case.
        body: The bytes.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """A running engine as its users see it.

    Args:
        port: Where it listens on 127.0.0.1.
        region: The region of the clients.
        key: The access key of this start of the engine.
    """

    def __init__(self, port: int, region: str = "us-east-1", key: str = "") -> None:
        self.port = port
        self.key = key
        self.region = region
        self._session: boto3.Session | None = None
        self._clients: dict[str, Any] = {}
        self._clients_lock = threading.Lock()

    @property
    def endpoint_url(self) -> str:
        """The address of every AWS service here."""
        return f"http://{HOST}:{self.port}"

    @overload
    def client(self, service: Literal["cloudformation"]) -> CloudFormationClient: ...
    @overload
    def client(self, service: Literal["dynamodb"]) -> DynamoDBClient: ...
    @overload
    def client(self, service: Literal["lambda"]) -> LambdaClient: ...
    @overload
    def client(self, service: Literal["s3"]) -> S3Client: ...
    @overload
    def client(self, service: Literal["secretsmanager"]) -> SecretsManagerClient: ...
    @overload
    def client(self, service: Literal["sqs"]) -> SQSClient: ...
    @overload
    def client(self, service: Literal["stepfunctions"]) -> SFNClient: ...
    @overload
    def client(self, service: str) -> Any: ...
    def client(self, service: str) -> Any:
        """A boto3 client with the account's full rights; one a service, safe between threads.

        Args:
            service: boto3's name of the service, such as ``s3``.
        """
        with self._clients_lock:
            if self._session is None:
                self._session = _session(self.region, self.key)
            if service not in self._clients:
                self._clients[service] = self._session.client(  # type: ignore[call-overload]
                    service,
                    endpoint_url=self.endpoint_url,
                    config=Config(
                        connect_timeout=2,
                        read_timeout=60,
                        retries={"mode": "standard", "total_max_attempts": 3},
                        proxies={},
                        max_pool_connections=16,
                        s3={"addressing_style": "path"},
                    ),
                )
            return self._clients[service]

    def close(self) -> None:
        """Closes the clients' connections; new clients can be asked for afterwards."""
        with self._clients_lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def cdn_url(self, domain: str) -> str:
        """The address under which a browser on this machine sees a distribution; no final slash.

        Args:
            domain: The distribution's domain, ``<label>.cloudfront.net``.
        """
        return f"http://{domain.partition('.')[0]}.cloudfront.localhost:{self.port}"

    def cdn_get(self, url: str, headers: Mapping[str, str] | None = None) -> CdnResponse:
        """Fetches a CDN address as a browser would.

        Browsers resolve every name below ``localhost`` to this machine, Python does not.

        Args:
            url: An address that starts with ``cdn_url(...)``.
            headers: Further request headers.
        """
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = {**(headers or {}), "Host": parts.netloc}
        return _request(self.port, "GET", path, headers=sent, timeout=30)

    def function_url(self, url: str) -> str:
        """The address under which this machine reaches a function by its URL.

        Args:
            url: As the stack's outputs have it, ``https://<id>.lambda-url.<region>.on.aws/``.
        """
        parts = urlsplit(url)
        return f"{self.endpoint_url}/_aws/lambda-url/{parts.netloc.partition('.')[0]}{parts.path}"

    def healthy(self) -> bool:
        """Whether the engine answers."""
        try:
            return _request(self.port, "GET", "/_ministack/health", timeout=2).status == 200
        except (OSError, http.client.HTTPException):
            return False

    def set_wait_scale(self, scale: float) -> None:
        """Sets how many wall seconds a nominal second of the state machines' waits takes.

        Raises:
            EngineError: The engine did not take it.
        """
        body = json.dumps({"stepfunctions._SFN_WAIT_SCALE": scale}).encode()
        sent = {KEY_HEADER: self.key}
        answer = _request(
            self.port, "POST", "/_ministack/config", body=body, headers=sent, timeout=10
        )
        if answer.status != 200 or not json.loads(answer.body).get("applied"):
            raise EngineError("The local engine did not accept the time scale.")


def _session(region: str, key: str) -> boto3.Session:
    """A session that knows nothing of the user's AWS configuration."""
    core = botocore.session.Session()
    for name in ("config_file", "credentials_file"):
        core.set_config_variable(name, os.devnull)
    # A profile named in the environment would have to exist in those files.
    core.session_var_map["profile"] = (None, None, None, None)
    return boto3.Session(
        aws_access_key_id=key,
        aws_secret_access_key=key,
        region_name=region,
        botocore_session=core,
    )


def _request(
    port: int,
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float,
) -> CdnResponse:
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        fields = {name.lower(): value for name, value in answer.getheaders()}
        return CdnResponse(answer.status, fields, answer.read())
    finally:
        connection.close()
