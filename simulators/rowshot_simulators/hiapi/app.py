"""The simulated hiapi's API as a web application."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .accounts import Account, processing_conflict
from .admin import admin_routes
from .faults import Fault
from .mishaps import Mishaps
from .orders import body_sha256
from .service import Hiapi
from .tasks import Task
from .wire import Refusal, json_response, success

_DEFAULT_PAGE_SIZE = 10
_MAX_PAGE_SIZE = 100


class Api:
    """The routes under ``/v1``, and the vendor's two public documents.

    Args:
        hiapi: The service behind them.
        output_origin: Tells scheme, host and port of the pictures' origin, once it listens.
    """

    def __init__(self, hiapi: Hiapi, output_origin: Callable[[], str]) -> None:
        self._hiapi = hiapi
        self._output_origin = output_origin
        self._mishaps = Mishaps(hiapi)

    def application(self) -> Starlette:
        """The ASGI application, with the admin routes."""
        routes = [
            Route("/v1/tasks", self._create, methods=["POST"]),
            Route("/v1/tasks", self._list, methods=["GET"]),
            Route("/v1/tasks/{task_id}", self._detail, methods=["GET"]),
            Route("/docs/models.json", self._models, methods=["GET"]),
            Route("/api/pricing", self._pricing, methods=["GET"]),
            *admin_routes(self._hiapi, self._output_origin),
        ]
        return Starlette(
            routes=routes, exception_handlers={Refusal: _refused, HTTPException: _no_route}
        )

    async def _create(self, request: Request) -> Response:
        account = self._entered(request, "create")
        raw = await request.body()
        key = request.headers.get("idempotency-key")
        with account.processing(key, body_sha256(raw)):
            return await self._mishaps.around(
                "create",
                request,
                account.token,
                raw.decode("utf-8", "replace"),
                lambda fault: self._bought(account, raw, key, fault),
            )

    def _bought(
        self, account: Account, raw: bytes, key: str | None, fault: Fault | None
    ) -> Response:
        if fault is not None and fault.kind == "processing":
            raise processing_conflict()
        task, replayed = self._hiapi.create(account, raw, key)
        account.answers["replay" if replayed else "created"] += 1
        return success({"taskId": task.id}, {"Idempotent-Replay": "true"} if replayed else None)

    async def _detail(self, request: Request) -> Response:
        account = self._entered(request, "detail")
        task = self._hiapi.look(account, request.path_params["task_id"])
        task.polls += 1
        return await self._mishaps.around(
            "detail", request, account.token, task.prompt, lambda _: self._shown(task)
        )

    def _shown(self, task: Task) -> Response:
        now = self._hiapi.now()
        if task.done(now) and task.seen_finished is None:
            task.seen_finished = now
        return success(self._hiapi.view(task, self._output_origin()))

    async def _list(self, request: Request) -> Response:
        account = self._entered(request, "list")
        return await self._mishaps.around(
            "list", request, account.token, "", lambda _: self._listed(request, account)
        )

    def _listed(self, request: Request, account: Account) -> Response:
        page = _bounded(request, "page", 1, None)
        size = _bounded(request, "size", _DEFAULT_PAGE_SIZE, _MAX_PAGE_SIZE)
        origin = self._output_origin()
        tasks = [self._hiapi.view(task, origin) for task in account.page(page, size)]
        return success({"page": page, "size": size, "total": len(account.tasks), "tasks": tasks})

    async def _models(self, _: Request) -> Response:
        return json_response(self._hiapi.catalog.models_document())

    async def _pricing(self, _: Request) -> Response:
        return json_response(self._hiapi.catalog.pricing_document())

    def _entered(self, request: Request, route: str) -> Account:
        account = self._hiapi.account(request.headers.get("authorization"))
        account.answers[route] += 1
        account.check_pace(self._hiapi.now())
        return account


def _bounded(request: Request, name: str, default: int, highest: int | None) -> int:
    """A whole number from the query; what is out of range is silently reset, as hiapi does."""
    try:
        value = int(request.query_params.get(name, default))
    except ValueError:
        return default
    return value if value >= 1 and (highest is None or value <= highest) else default


async def _refused(_: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, Refusal):
        raise refusal
    return refusal.response()


async def _no_route(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return Refusal(status, "no such route", shape="plain").response()
