"""A world whose functions are the handlers themselves, with their variables from the template.

Every call that they make of AWS is noted with the function that made it.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import os
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from unittest.mock import patch

from rowshot import wiring
from rowshot.inbound.signing import SIGNATURE, TIMESTAMP, menu_secret, sign
from rowshot.ordering.hiapi import HiapiClient
from rowshot.sheet_sync.google import worksheet
from support import template
from support.aws import Queue
from support.aws.failing import Exceptions
from support.aws.refusals import refuse_larger
from support.aws.sizes import json_bytes
from support.deployment import Deployment
from support.live_world import TITLE, LiveWorld
from support.options import API, INBOX, MEDIA, MEDIA_URL, OUTPUTS, TOKEN, Options
from support.policies import Call, Recorded, grants

_function: ContextVar[str] = ContextVar("function")
MENU_SECRET = "what menus' secrets are made from"


@dataclass
class Context:
    """What Lambda tells a handler about its call."""

    function_name: str
    time_left: Callable[[], float]
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:it"
    aws_request_id: str = "request"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the call."""
        return int(self.time_left() * 1000)


class _Secrets:
    """Secrets Manager."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.exceptions = Exceptions("ResourceNotFoundException")
        self._texts = texts

    def get_secret_value(self, SecretId: str) -> dict[str, str]:
        """GetSecretValue."""
        if SecretId not in self._texts:
            raise self.exceptions.error("ResourceNotFoundException", "GetSecretValue")
        return {"SecretString": self._texts[SecretId]}


class _Queues:
    """SQS: each queue by its address."""

    def __init__(self, queues: dict[str, Queue]) -> None:
        self._queues = queues

    def send_message(self, QueueUrl: str, **more: Any) -> dict[str, Any]:
        """SendMessage."""
        return self._queues[QueueUrl].send_message(QueueUrl=QueueUrl, **more)


class DeployedWorld(LiveWorld):
    """Everything there is, with Google Sheets and the menu.

    Args:
        options: How the world is set up.
    """

    def __init__(self, options: Options | None = None) -> None:
        super().__init__(options)
        chosen = self.options
        self.deployment = Deployment(
            LocalEngine="true",
            SheetMenu="true",
            HiapiBaseUrl=API,
            HiapiOutputUrl=OUTPUTS,
            MediaBaseUrl=MEDIA_URL,
            InFlightLimit=str(chosen.in_flight),
            MaxRunUsd=str(chosen.run_usd),
            MaxDayUsd=str(chosen.day_usd),
            SoftDeadlineSeconds=str(int(chosen.soft_deadline)),
            HardDeadlineSeconds=str(int(chosen.hard_deadline)),
        )
        self.asked: dict[str, set[Call]] = defaultdict(set)
        self._modules: dict[str, ModuleType] = {}
        self._logical = self.deployment.functions()
        self._granted = {
            function: list(grants(self.deployment, name))
            for function, name in self._logical.items()
        }
        self._buckets = {
            INBOX: self.deployment.reference("InboxBucket"),
            MEDIA: self.deployment.reference("MediaBucket"),
        }
        self._services = {
            "dynamodb": self.dynamodb,
            "s3": self.s3,
            "sns": self.topic,
            "sqs": _Queues(
                {
                    self.deployment.reference("WriteBackQueue"): self.queue,
                    self.deployment.reference("DispatchQueue"): self.dispatch_messages,
                }
            ),
            "stepfunctions": self.stepfunctions,
            "secretsmanager": _Secrets(self._secret_texts()),
        }
        self._patches = ExitStack()
        for target, name, value in (
            (wiring, "client", self._client),
            (wiring, "hiapi", self._hiapi_of),
            (wiring, "Clock", lambda scale: self.clock),
            (wiring, "secret", self._secret),  # each function's process has its own cache
            (worksheet, "open_worksheet", lambda info, key, title, **_: self.open(key, title)),
            (os, "environ", {}),
        ):
            self._patches.enter_context(patch.object(target, name, value))

    def menu(self, spreadsheet_id: str, mode: str) -> dict[str, Any]:
        """Asks from a sheet's menu and returns the answer's JSON."""
        said = {"spreadsheet_id": spreadsheet_id, "worksheet": TITLE, "mode": mode}
        body = json.dumps(said)
        stamp = str(int(self.now()))
        signature = sign(menu_secret(MENU_SECRET, spreadsheet_id), stamp, body.encode())
        answer = self.call(
            "drop", {"headers": {TIMESTAMP: stamp, SIGNATURE: signature}, "body": body}
        )
        if answer["statusCode"] != 200:
            raise AssertionError(answer)
        loaded: dict[str, Any] = json.loads(answer["body"])
        return loaded

    def close(self) -> None:
        """Ends everything that still goes on."""
        super().close()
        self._patches.close()

    # ------------------------------------------------------------------ how functions are called

    def _handle(self, function: str, payload: Any) -> Any:
        _function.set(function)
        end = self.loop.time() + template.timeout_of(function)
        environment = self.deployment.environment(self._logical[function])
        names = {deployed: here for here, deployed in self._buckets.items()}
        os.environ.clear()
        os.environ.update({key: names.get(value, value) for key, value in environment.items()})
        handler = self._module(function).handler
        context = Context(function, lambda: end - self.loop.time())
        answer = handler(_event(function, payload), context)
        refuse_larger("a function's answer", json_bytes(answer), "Invoke")
        return answer

    def _module(self, function: str) -> ModuleType:
        if function not in self._modules:
            folder = self.deployment.function(self._logical[function])["CodeUri"]
            path = template.ROOT / folder / f"{function}.py"
            spec = importlib.util.spec_from_file_location(f"deployed_{function}", path)
            if spec is None or spec.loader is None:
                raise ImportError(str(path))
            module: Any = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            if hasattr(module, "WaitInPlace"):
                module.WaitInPlace = functools.partial(
                    module.WaitInPlace, pause=self._pause, now=self.loop.time
                )
            if hasattr(module, "download_client"):
                module.download_client = lambda *_, **__: self.downloads
            self._modules[function] = module
        return self._modules[function]

    def _client(self, service: str) -> Any:
        function = _function.get()
        note, granted = self.asked[function].add, self._granted[function]
        return Recorded(service, self._services[service], note, self._buckets, granted)

    def _hiapi_of(self, settings: Any, scale: float) -> HiapiClient:
        def key() -> str:
            return wiring._key(settings.hiapi_secret)

        return HiapiClient(API, key, transport=self.wire, now=self.now, scale=scale)

    def _secret(self, name: str) -> str:
        return str(self._client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])

    def _secret_texts(self) -> dict[str, str]:
        texts = {
            "HiapiToken": TOKEN,
            "GoogleServiceAccount": json.dumps(self._info),
            "DropSecret": MENU_SECRET,
            "LinkSecret": "what links are made from",
        }
        return {self.deployment.reference(name): text for name, text in texts.items()}


def _event(function: str, payload: Any) -> Any:
    """What comes to a handler for what a world calls it with."""
    match function:
        case "plan":
            entry = {"key": payload.key, "versionId": payload.version_id}
            return {"Records": [{"s3": {"object": entry}}]}
        case "dispatch":
            return {"Records": [{"body": json.dumps(each)} for each in payload]}
        case "write_back":
            return {"Records": [{"messageId": "1", "body": json.dumps(payload)}]}
    return payload or {}
