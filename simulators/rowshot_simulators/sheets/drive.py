"""The few Drive methods that go with sheets: metadata, search, shares and exports.

https://developers.google.com/workspace/drive/api/reference/rest/v3. They count against Drive's
quotas, which nobody here gets near, not against those of Sheets.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .errors import ApiError, invalid, unauthenticated
from .export import CSV_TYPE, TSV_TYPE, XLSX_TYPE, to_csv, to_xlsx
from .model import Spreadsheet, Worksheet
from .store import Store
from .traffic import Request as Logged

_MIME = "application/vnd.google-apps.spreadsheet"
_TYPES = {"csv": CSV_TYPE, "tsv": TSV_TYPE, "xlsx": XLSX_TYPE}
_STAMP = "2025-01-01T00:00:00.000Z"


def routes(store: Store) -> list[Route]:
    """Routes of ``www.googleapis.com/drive/v3`` and of ``docs.google.com``'s export link."""

    def guarded(work: Callable[[Request, str, Any], Response]) -> Callable[..., Any]:
        async def endpoint(request: Request) -> Response:
            body = await request.json() if await request.body() else {}
            with store.lock:
                token = store.accounts.caller(request.headers.get("authorization"))
                try:
                    if token is None:
                        raise unauthenticated()
                    answer = work(request, token.email, body)
                except ApiError as error:
                    answer = JSONResponse(error.body(), error.code)
                user = token.email if token else ""
                spreadsheet_id = request.path_params.get("id", "")
                store.traffic.record(
                    Logged(
                        store.traffic.now(),
                        "drive",
                        user,
                        request.method,
                        request.url.path,
                        answer.status_code,
                        spreadsheet_id,
                    )
                )
                return answer

        return endpoint

    files = "/drive/v3/files"
    return [
        Route(files, guarded(lambda r, user, _: _search(store, r, user))),
        Route(files + "/{id}", guarded(lambda r, user, _: _metadata(store, r, user))),
        Route(files + "/{id}/export", guarded(lambda r, user, _: _export(store, r, user))),
        Route(
            files + "/{id}/permissions",
            guarded(lambda r, user, body: _permissions(store, r, user, body)),
            methods=["GET", "POST"],
        ),
        Route("/spreadsheets/d/{id}/export", guarded(lambda r, user, _: _link(store, r, user))),
    ]


def _file(document: Spreadsheet) -> dict[str, str]:
    return {
        "kind": "drive#file",
        "id": document.spreadsheet_id,
        "name": document.title,
        "mimeType": _MIME,
        "createdTime": _STAMP,
        "modifiedTime": _STAMP,
    }


def _search(store: Store, request: Request, user: str) -> Response:
    named = re.search(r'name = "([^"]*)"', request.query_params.get("q", ""))
    found = [
        _file(document)
        for document in store.documents.values()
        if user in document.roles and (not named or document.title == named[1])
    ]
    return JSONResponse({"kind": "drive#fileList", "files": found})


def _metadata(store: Store, request: Request, user: str) -> Response:
    return JSONResponse(_file(store.document(request.path_params["id"], user)))


def _export(store: Store, request: Request, user: str) -> Response:
    document = store.document(request.path_params["id"], user)
    mime = request.query_params.get("mimeType", "")
    kind = next((name for name, value in _TYPES.items() if value == mime), None)
    if kind is None:
        raise invalid("The requested conversion is not supported.")
    return _as_file(document, document.sheets[0], kind)


def _link(store: Store, request: Request, user: str) -> Response:
    document = store.document(request.path_params["id"], user)
    kind = request.query_params.get("format", "xlsx")
    if kind not in _TYPES:
        raise invalid("The requested conversion is not supported.")
    gid = request.query_params.get("gid")
    return _as_file(document, document.by_id(int(gid)) if gid else document.sheets[0], kind)


def _as_file(document: Spreadsheet, sheet: Worksheet, kind: str) -> Response:
    if kind == "xlsx":
        content = to_xlsx(document.sheets)
    else:
        content = to_csv(sheet, "," if kind == "csv" else "\t")
    return Response(content, media_type=_TYPES[kind])


def _permissions(store: Store, request: Request, user: str, body: Any) -> Response:
    spreadsheet_id = request.path_params["id"]
    document = store.document(spreadsheet_id, user, write=request.method == "POST")
    if request.method == "POST":
        who = body.get("emailAddress") or body.get("type")
        document.roles[who] = body.get("role", "reader")
        store.save()
        return JSONResponse(_permission(who, document.roles[who]))
    listed = [_permission(who, role) for who, role in document.roles.items()]
    return JSONResponse({"permissions": listed})


def _permission(who: str, role: str) -> dict[str, str]:
    identity = hashlib.sha256(who.encode()).hexdigest()[:20]
    kind = "user" if "@" in who else "anyone"
    permission = {"kind": "drive#permission", "id": identity, "type": kind, "role": role}
    return {**permission, "emailAddress": who} if kind == "user" else permission
