"""``/_sim``: what tests, the CLI and the live page use to set the stage and to look behind it.

Nothing here needs a token or counts against a quota; the simulator listens on loopback only.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .batch import apply_batch
from .errors import ApiError
from .model import OWNER, Spreadsheet
from .store import Store
from .traffic import fault_from_json


def routes(store: Store) -> list[Route]:
    """The routes below ``/_sim``."""
    desk = _Desk(store)
    return [
        Route("/_sim/state", desk.state),
        Route("/_sim/log", desk.log),
        Route("/_sim/spreadsheets", desk.create, methods=["POST"]),
        Route("/_sim/spreadsheets/{id}", desk.spreadsheet, methods=["GET", "DELETE"]),
        Route("/_sim/spreadsheets/{id}/batchUpdate", desk.batch, methods=["POST"]),
        Route("/_sim/share", desk.share, methods=["POST"]),
        Route("/_sim/faults", desk.faults, methods=["POST", "DELETE"]),
        Route("/_sim/accounts", desk.account, methods=["POST"]),
    ]


class _Desk:
    """The endpoints, one method each."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def state(self, request: Request) -> Response:
        """Documents (without cells) and traffic."""
        with self.store.lock:
            documents = [_summary(document) for document in self.store.documents.values()]
            return JSONResponse(
                {"spreadsheets": documents, "traffic": self.store.traffic.summary()}
            )

    async def log(self, request: Request) -> Response:
        """Every request so far."""
        with self.store.lock:
            entries = [vars(entry) for entry in self.store.traffic.log]
        return JSONResponse({"requests": entries})

    async def create(self, request: Request) -> Response:
        """``{"title", "sheets": {title: rows}, "share": {address: role}?, "id"?}``."""
        body = await request.json()
        sheets = body.get("sheets") or {body.get("worksheet", "Sheet1"): body.get("rows") or []}
        document = self.store.create(
            body.get("title", "Untitled spreadsheet"), sheets, body.get("share"), body.get("id")
        )
        return JSONResponse(_summary(document), 201)

    async def spreadsheet(self, request: Request) -> Response:
        """GET: what every worksheet shows. DELETE: the document goes, as if to the bin."""
        with self.store.saving():
            document = self.store.documents.get(request.path_params["id"])
            if document is None:
                return JSONResponse({"error": "no such spreadsheet"}, 404)
            if request.method == "DELETE":
                del self.store.documents[document.spreadsheet_id]
                return JSONResponse({})
            grids = {sheet.title: sheet.shown_rows() for sheet in document.sheets}
            return JSONResponse({**_summary(document), "grids": grids})

    async def batch(self, request: Request) -> Response:
        """A ``batchUpdate`` as the document's owner does it by hand: no token, no quota."""
        body = await request.json()
        try:
            answer = self.store.change(
                request.path_params["id"], OWNER, lambda d: apply_batch(d, body, OWNER)
            )
        except ApiError as error:
            return JSONResponse(error.body(), error.code)
        return JSONResponse(answer)

    async def share(self, request: Request) -> Response:
        """``{"spreadsheet_id", "email", "role"}``; without a role the share is withdrawn."""
        body = await request.json()
        with self.store.saving():
            document = self.store.documents.get(body["spreadsheet_id"])
            if document is None:
                return JSONResponse({"error": "no such spreadsheet"}, 404)
            document.roles.pop(body["email"], None)
            if role := body.get("role"):
                document.roles[body["email"]] = role
            return JSONResponse({"roles": document.roles})

    async def faults(self, request: Request) -> Response:
        """POST adds one fault (or a list), DELETE removes all."""
        body: Any = await request.json() if request.method == "POST" else None
        with self.store.lock:
            faults = self.store.traffic.faults
            if body is None:
                faults.clear()
            else:
                try:
                    entries = body if isinstance(body, list) else [body]
                    faults.extend([fault_from_json(entry) for entry in entries])
                except TypeError as error:
                    return JSONResponse({"error": str(error)}, 400)
            return JSONResponse(self.store.traffic.summary())

    async def account(self, request: Request) -> Response:
        """``{"name"}``: the service account file of that account, made on first use."""
        body = await request.json()
        with self.store.saving():
            account = self.store.accounts.account(body.get("name", self.store.default_account))
            account.disabled = bool(body.get("disabled", False))
            return JSONResponse(account.info(str(request.base_url) + "token"))


def _summary(document: Spreadsheet) -> dict[str, Any]:
    return {
        "id": document.spreadsheet_id,
        "title": document.title,
        "roles": document.roles,
        "worksheets": [sheet.properties(i) for i, sheet in enumerate(document.sheets)],
    }
