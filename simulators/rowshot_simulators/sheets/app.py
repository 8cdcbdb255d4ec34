"""The HTTP face: Google's methods, the Drive calls that go with them, and the token endpoint."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from . import admin, drive
from .accounts import Token, TokenError
from .batch import apply_batch
from .errors import ApiError, insufficient_scope, invalid, not_found, unauthenticated
from .masks import apply_mask, parse_mask
from .resource import spreadsheet_json
from .store import Store
from .traffic import Request, SheetsFault, fault_error
from .values import (
    append_values,
    batch_update_values,
    clear_values,
    get_values,
    update_values,
)

Abort = Callable[[HttpRequest], None]
Work = Callable[[str], tuple[int, Any]]
"""What a method does for a user: returns (HTTP status, JSON) or raises ApiError."""

_READ_SCOPES = ("spreadsheets", "spreadsheets.readonly", "drive", "drive.readonly", "drive.file")
_WRITE_SCOPES = ("spreadsheets", "drive", "drive.file")
_HTML_502 = b"<!DOCTYPE html><html lang=en><title>Error 502 (Server Error)!!1</title></html>"


def build_app(store: Store, abort: Abort) -> Starlette:
    """The application.

    Args:
        store: The state to serve.
        abort: Cuts the connection of a request, for the ``reset`` faults.
    """
    face = _Face(store, abort)
    return Starlette(
        routes=[
            Route("/token", face.token, methods=["POST"]),
            Route("/v4/spreadsheets", face.sheets, methods=["POST"]),
            Route("/v4/spreadsheets/{rest:path}", face.sheets, methods=["GET", "POST", "PUT"]),
            *drive.routes(store),
            *admin.routes(store),
        ]
    )


class _Face:
    """Faults, identity, quota and log around every method."""

    def __init__(self, store: Store, abort: Abort) -> None:
        self.store = store
        self.abort = abort

    async def token(self, request: HttpRequest) -> Response:
        """``POST /token``."""
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))

        def work(_: str) -> tuple[int, Any]:
            try:
                return 200, self.store.accounts.grant(form, str(request.base_url) + "token")
            except TokenError as error:
                return 400, error.body

        return await self._serve(request, "token", "", work)

    async def sheets(self, request: HttpRequest) -> Response:
        """Every method of the Sheets API, told apart by verb and path as its REST page does."""
        raw = request.scope.get("raw_path", b"").decode("ascii").partition("?")[0]
        rest = raw.removeprefix("/v4/spreadsheets").lstrip("/")
        spreadsheet_id = rest.split("/")[0].split(":")[0]
        tail = unquote(rest[len(spreadsheet_id) :])
        kind = "read" if request.method == "GET" or "ByDataFilter" in tail else "write"
        body = await _json_body(request)
        params = dict(request.query_params)
        ranges = request.query_params.getlist("ranges")

        def work(user: str) -> tuple[int, Any]:
            if body is None:
                raise invalid("Invalid JSON payload received. Unexpected token.")
            if request.method == "GET":
                return 200, self._read(spreadsheet_id, tail, params, ranges, user)
            return 200, self._write(request.method, spreadsheet_id, tail, params, body, user)

        return await self._serve(request, kind, spreadsheet_id, work)

    def _read(
        self,
        spreadsheet_id: str,
        tail: str,
        params: Mapping[str, str],
        ranges: list[str],
        user: str,
    ) -> dict[str, Any]:
        document = self.store.document(spreadsheet_id, user)
        fields = params.get("fields")
        mask = parse_mask(fields) if fields else {}
        if not tail:
            grid = params.get("includeGridData", "").lower() == "true"
            return spreadsheet_json(document, ranges, fields, grid, mask)
        if tail == "/values:batchGet":
            answers = [get_values(document, text, params) for text in ranges]
            answer: dict[str, Any] = {"spreadsheetId": spreadsheet_id, "valueRanges": answers}
        elif tail.startswith("/values/"):
            answer = get_values(document, tail.removeprefix("/values/"), params)
        else:
            raise not_found()
        return dict(apply_mask(mask, answer))

    def _write(
        self,
        method: str,
        spreadsheet_id: str,
        tail: str,
        params: Mapping[str, str],
        body: Mapping[str, Any],
        user: str,
    ) -> dict[str, Any]:
        if not spreadsheet_id:
            title = str((body.get("properties") or {}).get("title") or "Untitled spreadsheet")
            made = self.store.create(title, {"Sheet1": []}, {user: "owner"})
            return spreadsheet_json(made, (), None, False, {})
        answer: Any
        if tail == ":batchUpdate":
            answer = self.store.change(spreadsheet_id, user, lambda d: apply_batch(d, body, user))
        elif tail == "/values:batchUpdate":
            answer = self.store.change(
                spreadsheet_id, user, lambda d: batch_update_values(d, body, user)
            )
        elif tail == "/values:batchClear":
            cleared = self.store.change(
                spreadsheet_id,
                user,
                lambda d: [clear_values(d, text, user) for text in body.get("ranges", ())],
            )
            answer = {"spreadsheetId": spreadsheet_id, "clearedRanges": cleared}
        elif tail.startswith("/values/"):
            answer = self._write_values(method, spreadsheet_id, tail[8:], params, body, user)
        else:
            raise not_found()
        fields = params.get("fields")
        return dict(apply_mask(parse_mask(fields), answer) if fields else answer)

    def _write_values(
        self,
        method: str,
        spreadsheet_id: str,
        text: str,
        params: Mapping[str, str],
        body: Mapping[str, Any],
        user: str,
    ) -> dict[str, Any]:
        if method == "PUT":
            option = params.get("valueInputOption")
            return self.store.change(
                spreadsheet_id, user, lambda d: update_values(d, text, body, option, user)
            )
        place, _, verb = text.rpartition(":")
        if verb == "append":
            return self.store.change(
                spreadsheet_id, user, lambda d: append_values(d, place, body, params, user)
            )
        if verb == "clear":
            cleared = self.store.change(
                spreadsheet_id, user, lambda d: clear_values(d, place, user)
            )
            return {"spreadsheetId": spreadsheet_id, "clearedRange": cleared}
        raise not_found()

    async def _serve(
        self,
        request: HttpRequest,
        kind: str,
        spreadsheet_id: str,
        work: Work,
    ) -> Response:
        store, traffic = self.store, self.store.traffic
        with store.lock:
            fault = traffic.fault_for(kind, spreadsheet_id)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds * traffic.time_scale)
        with store.lock:
            token = store.accounts.caller(request.headers.get("authorization"))
            user = token.email if token else ""
            cut = fault is not None and fault.kind.startswith("reset")
            if fault and fault.kind in ("reset", "html"):
                status, answer = 502, None
            else:
                status, answer = _attempt(store, kind, token, fault, work)
            traffic.record(
                Request(
                    traffic.now(),
                    kind,
                    user,
                    request.method,
                    request.url.path,
                    0 if cut else status,
                    spreadsheet_id,
                )
            )
        if cut:
            self.abort(request)
        if fault and fault.kind == "html":
            return Response(_HTML_502, 502, media_type="text/html")
        payload = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        if fault and fault.kind == "truncated":
            payload = payload[: len(payload) // 2]
        return Response(payload, status, media_type="application/json")


def _attempt(
    store: Store,
    kind: str,
    token: Token | None,
    fault: SheetsFault | None,
    work: Work,
) -> tuple[int, Any]:
    """Does the work and returns (HTTP status, JSON)."""
    try:
        if fault and fault.kind == "error":
            raise fault_error(fault, kind)
        if kind != "token":
            if token is None:
                raise unauthenticated()
            _check_scope(token, kind)
            store.traffic.admit(kind, token.email)
        return work(token.email if token else "")
    except ApiError as error:
        return error.code, error.body()


def _check_scope(token: Token, kind: str) -> None:
    names = _READ_SCOPES if kind == "read" else _WRITE_SCOPES
    if not any(f"https://www.googleapis.com/auth/{name}" in token.scopes for name in names):
        raise insufficient_scope()


async def _json_body(request: HttpRequest) -> dict[str, Any] | None:
    """The body's object, ``{}`` without a body, None when it is no JSON object."""
    raw = await request.body()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
