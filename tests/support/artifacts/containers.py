"""The built functions in sam's own containers (``sam local invoke``), against servers on the host.

A container cannot reach the host's 127.0.0.1. On Linux the servers' ports are passed on from the
address of Docker's bridge; on macOS Docker Desktop does that by itself. A picture's link may lead
to the function's own machine at most, and to a container the host is another one: so the engine's
own Publish stores the picture first, and the container's finds it.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from rowshot_local.engine.template import load
from rowshot_local.local_stack import LocalStack
from rowshot_simulators.sheets import SheetsSimulator
from support.artifacts.built import BUILD, ROOT, BuiltFunction
from support.artifacts.emulator import Answer, FunctionError

# What Docker Desktop calls the host; a name would make S3 put the bucket in front of it.
_DESKTOP_HOST = "192.168.65.254"
_HIDDEN = "127.0.0.1"
_CHUNK = 65536


def engine_answers() -> bool:
    """Whether a container engine is there for sam."""
    program = shutil.which("docker")
    if program is None:
        return False
    try:
        asked = subprocess.run([program, "info"], capture_output=True, check=False, timeout=20)
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0


def host_address() -> str:
    """The host as containers see it."""
    if platform.system() == "Darwin":
        return _DESKTOP_HOST
    command = ["docker", "network", "inspect", "bridge"]
    asked = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
    (config, *_) = json.loads(asked.stdout)[0]["IPAM"]["Config"]
    # Older engines name only the network; its first address is the host's.
    return str(config.get("Gateway") or next(ip_network(config["Subnet"]).hosts()))


class _Relay(socketserver.BaseRequestHandler):
    """Passes one connection on to the same port of 127.0.0.1."""

    def handle(self) -> None:
        _, port = self.request.getsockname()
        with socket.create_connection((_HIDDEN, port)) as far:
            back = threading.Thread(target=_pump, args=(far, self.request), daemon=True)
            back.start()
            _pump(self.request, far)
            back.join()


class _Relays(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def passed_on(address: str, port: int) -> Iterator[None]:
    """Passes connections to ``address:port`` on to the same port of 127.0.0.1."""
    with _Relays((address, port), _Relay) as relays:
        thread = threading.Thread(target=relays.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            relays.shutdown()
            thread.join()


class ContainedFunctions:
    """Every function, each call in a container of its own.

    Args:
        local: The stack.
        functions: The built functions by their events' names.
        folder: Where template, variables and events for ``sam local`` are written.
        settings: Variables of each function, by logical id.
    """

    def __init__(
        self,
        local: LocalStack,
        functions: Mapping[str, BuiltFunction],
        folder: Path,
        settings: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._local = local
        self._functions = functions
        self._folder = folder
        self._logs: dict[str, str] = {}
        self.first: dict[str, Answer] = {}
        # Only variables that the template declares reach a function, and deployments have no
        # AWS_ENDPOINT_URL; so sam gets a template of its own, beside the code.
        template = load(BUILD / "template.yaml")
        template["Globals"]["Function"]["Environment"]["Variables"]["AWS_ENDPOINT_URL"] = ""
        self.template = BUILD / "local.yaml"
        self.template.write_text(yaml.safe_dump(template, allow_unicode=True), encoding="utf-8")
        self.variables = folder / "env.json"
        self.variables.write_text(json.dumps(settings, indent=2), encoding="utf-8")

    @property
    def keys(self) -> dict[str, str]:
        """What sam hands into the containers: the engine's keys of this start, no account's."""
        key = self._local.engine.key
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": key}

    def command(self, name: str, event: Path) -> list[str]:
        """What invokes a function with an event from a terminal."""
        return [
            *(str(ROOT / ".venv-sam/bin/sam"), "local", "invoke", self._functions[name].name),
            *("--template", str(self.template), "--env-vars", str(self.variables)),
            *("--event", str(event), "--skip-pull-image", "--region", "us-east-1"),
        ]

    def invoke(self, name: str, event: Any) -> Any:
        """Sends an event and gives the decoded answer.

        Raises:
            FunctionError: The function raised; sam says so only in what it prints.
        """
        if name == "publish":
            self._store_picture(event)
        file = self._folder / f"{name}.json"
        file.write_text(json.dumps(event, ensure_ascii=False), encoding="utf-8")
        started = time.monotonic()
        asked = subprocess.run(
            self.command(name, file),
            capture_output=True,
            text=True,
            check=False,
            timeout=self._functions[name].timeout + 120,
            env={**os.environ, "SAM_CLI_TELEMETRY": "0", **self.keys},
        )
        seconds = time.monotonic() - started
        self._logs[name] = asked.stderr
        lines = asked.stdout.strip().splitlines()
        try:
            payload = json.loads(lines[-1])
        except (IndexError, json.JSONDecodeError):
            raise FunctionError(f"{name}: no answer\n{asked.stdout}{asked.stderr}") from None
        if isinstance(payload, dict) and "errorType" in payload:
            raise FunctionError(f"{name}: {payload}\n{asked.stderr}")
        self.first.setdefault(name, Answer(payload, seconds))
        return payload

    def log(self, name: str) -> str:
        """What a function wrote."""
        return self._logs[name]

    def _store_picture(self, event: Any) -> None:
        client = self._local.engine.client("lambda")
        name = deployed_name(self._local, self._functions["publish"])
        client.invoke(FunctionName=name, Payload=json.dumps(event).encode())


def deployed_name(local: LocalStack, function: BuiltFunction) -> str:
    """The name of the function that the engine runs from the same code."""
    pages = local.engine.client("lambda").get_paginator("list_functions").paginate()
    found = [
        each["FunctionName"]
        for page in pages
        for each in page["Functions"]
        if each["Handler"] == function.handler
    ]
    (name,) = found
    return name


def deployed_variables(local: LocalStack, function: BuiltFunction) -> dict[str, str]:
    """The function's variables as they are deployed on the engine."""
    name = deployed_name(local, function)
    answer = local.engine.client("lambda").get_function_configuration(FunctionName=name)
    return dict(answer["Environment"]["Variables"])


@contextmanager
def contained(
    local: LocalStack,
    sheets: SheetsSimulator,
    functions: Mapping[str, BuiltFunction],
    folder: Path,
) -> Iterator[ContainedFunctions]:
    """Makes the stack's servers reachable from containers while the block lasts."""
    address = host_address()
    servers = [local.engine.endpoint_url, local.hiapi_url, sheets.base_url]
    account = json.dumps(sheets.service_account_info()).replace(_HIDDEN, address)
    local.engine.client("secretsmanager").put_secret_value(
        SecretId=local.stack.outputs["GoogleServiceAccountSecret"], SecretString=account
    )
    settings = {
        each.name: {
            key: value.replace(_HIDDEN, address)
            for key, value in {
                **deployed_variables(local, each),
                "AWS_ENDPOINT_URL": local.engine.endpoint_url,
            }.items()
        }
        for each in functions.values()
    }
    with ExitStack() as stack:
        if platform.system() != "Darwin":
            for server in servers:
                stack.enter_context(passed_on(address, urlsplit(server).port or 80))
        yield ContainedFunctions(local, functions, folder, settings)
