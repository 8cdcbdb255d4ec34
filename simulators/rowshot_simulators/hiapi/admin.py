"""The routes that steer the simulator and read its books; hiapi itself has nothing like them."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .books import state
from .faults import Fault
from .service import Hiapi
from .wire import Refusal, json_response


class Admin:
    """What a test may do to a running simulator.

    Args:
        hiapi: The service to steer.
        output_origin: Tells scheme, host and port of the pictures' origin.
    """

    def __init__(self, hiapi: Hiapi, output_origin: Callable[[], str]) -> None:
        self._hiapi = hiapi
        self._output_origin = output_origin

    async def state(self, request: Request) -> Response:
        """``GET /_sim/state[?tasks=0]``: the books."""
        with_tasks = request.query_params.get("tasks", "1") != "0"
        return json_response(state(self._hiapi, with_tasks=with_tasks))

    async def outputs(self, _: Request) -> Response:
        """``GET /_sim/outputs``: where the pictures are, for who lets nothing else be asked."""
        return json_response({"origin": self._output_origin()})

    async def add_faults(self, request: Request) -> Response:
        """``POST /_sim/faults``: a rule, a list of rules, or ``{"clear": true, "faults": []}``."""
        body = await _body(request)
        rules = body
        if isinstance(body, dict):
            rules = body.get("faults", []) if {"faults", "clear"} & set(body) else [body]
            if body.get("clear"):
                self._hiapi.faults.clear()
        try:
            faults = [Fault.from_json(rule) for rule in rules]
        except (TypeError, ValueError) as wrong:
            raise Refusal(400, str(wrong), "INVALID_REQUEST") from wrong
        self._hiapi.faults.add(faults)
        return json_response({"faults": self._hiapi.faults.report()})

    async def clear_faults(self, _: Request) -> Response:
        """``DELETE /_sim/faults``: drops every rule."""
        self._hiapi.faults.clear()
        return json_response({"faults": []})

    async def top_up(self, request: Request) -> Response:
        """``POST /_sim/topup`` ``{"usd": "5", "token"?}``: puts money into an account."""
        body = await _body(request)
        token = body.get("token", self._hiapi.options.tokens[0])
        try:
            self._hiapi.top_up(token, Decimal(str(body["usd"])))
        except (KeyError, InvalidOperation) as wrong:
            raise Refusal(400, f"no such account or amount: {wrong}", "INVALID_REQUEST") from wrong
        balance = self._hiapi.accounts[token].balance
        return json_response({"balance_usd": None if balance is None else str(balance)})

    async def alter_schema(self, request: Request) -> Response:
        """``POST /_sim/schema`` ``{"model", "field", "enum": []}``: lets an enum drift."""
        body = await _body(request)
        try:
            self._hiapi.catalog.alter_enum(body["model"], body["field"], tuple(body["enum"]))
        except (KeyError, TypeError) as wrong:
            raise Refusal(400, f"no such model or field: {wrong}", "INVALID_REQUEST") from wrong
        return json_response(self._hiapi.catalog.models_document())

    async def release(self, request: Request) -> Response:
        """``POST /_sim/release`` ``{"task_id"?}``: lets one stuck task end, or all."""
        body = await _body(request)
        return json_response({"released": self._hiapi.release(body.get("task_id"))})


def admin_routes(hiapi: Hiapi, output_origin: Callable[[], str]) -> list[Route]:
    """The routes under ``/_sim``."""
    admin = Admin(hiapi, output_origin)
    return [
        Route("/_sim/outputs", admin.outputs, methods=["GET"]),
        Route("/_sim/state", admin.state, methods=["GET"]),
        Route("/_sim/faults", admin.add_faults, methods=["POST"]),
        Route("/_sim/faults", admin.clear_faults, methods=["DELETE"]),
        Route("/_sim/topup", admin.top_up, methods=["POST"]),
        Route("/_sim/schema", admin.alter_schema, methods=["POST"]),
        Route("/_sim/release", admin.release, methods=["POST"]),
    ]


async def _body(request: Request) -> Any:
    raw = await request.body()
    try:
        return json.loads(raw or b"{}")
    except ValueError as wrong:
        raise Refusal(400, "request body must be JSON", "INVALID_REQUEST") from wrong
