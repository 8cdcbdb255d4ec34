"""Serves the live page on loopback while a run goes on."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import uvicorn
from botocore.exceptions import ClientError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from rowshot.deciding.reasons import shown_reason
from rowshot.errors import RowshotError
from rowshot.ledger.records import Row, Run, Version
from rowshot.money import dollars
from rowshot.planning.plan_file import view
from rowshot.recovery.control import Control
from rowshot_local.live.feed import Feed, picture_path
from rowshot_local.run_progress import Progress
from rowshot_local.stack import Stack
from rowshot_local.wording import row_here
from rowshot_simulators.guard import guarded, own_page_only

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_OWN_POLICY = {name: value for name, value in _HEADERS.items() if name != "Content-Security-Policy"}
_KEPT = {**_HEADERS, "Cache-Control": "private, max-age=31536000, immutable"}
_FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/live.css": ("live.css", "text/css; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
    "/live.js": ("live.js", "text/javascript; charset=utf-8"),
}
_PICTURE = re.compile(r"images/[^/]+/[0-9a-f]{64}(-480|-960)?\.webp")
_LOOK = 0.15  # wall seconds between two looks for news
_ALIVE = 10.0  # wall seconds of silence after which a comment keeps the connection open
_GOODBYE = 4.0  # wall seconds in which every browser gets the last news and pictures
_QUIET = 0.5  # wall seconds without a request after which a browser has all that it shows


class LivePage:
    """The page of one run.

    Args:
        stack: Where the run is.
        origin: Where it is served.
    """

    def __init__(self, stack: Stack, origin: str) -> None:
        # Whoever is to see the page is given its address; others on this machine are not.
        self._secret = secrets.token_urlsafe(16)
        self.url = f"{origin}/{self._secret}/"
        self._stack = stack
        self._feed = Feed()
        self._run_id = ""
        self._sheet_id = ""
        self._run: Run | None = None
        self._plan: dict[str, Any] = {}
        self._closing = threading.Event()
        self._readers: dict[int, int] = {}
        self._asked_at = 0.0
        self._out, self._names = Path(), frozenset[str]()

    def watch(self, run_id: str, steps: Iterable[Progress]) -> Iterator[Progress]:
        """Shows a run's progress as it passes by."""
        self._run_id = run_id
        for progress in steps:
            self._run, self._sheet_id = progress.run, progress.run.sheet_id
            if progress.rows and not self._plan:
                self._plan = view(self._stack.inbox, run_id)
            elapsed = progress.run.worked(self._stack.clock.now())
            self._feed.update(progress, self._plan, elapsed)
            yield progress

    def written(self, out: Path, names: Iterable[str]) -> None:
        """Tells where a run's results were written, and opens them at ``results/``.

        Args:
            out: The folder.
            names: The files in it that belong to the run.
        """
        self._out, self._names = out.resolve(), frozenset(names)
        self._feed.written(str(self._out / "index.html"))

    def application(self) -> Starlette:
        """The web application."""
        return Starlette(
            routes=[
                Mount(
                    f"/{self._secret}",
                    routes=[
                        *(Route(path, self._file) for path in _FILES),
                        Route("/events", self._events),
                        Route("/rows/{number:int}", self._row),
                        Route("/images/{path:path}", self._picture),
                        Route("/results/{name:path}", self._result),
                        Route("/cancel", self._cancel, methods=["POST"]),
                    ],
                )
            ],
        )

    def close(self) -> None:
        """Lets every browser have the last news and pictures, then ends their connections."""
        deadline = time.monotonic() + _GOODBYE
        while self._busy() and time.monotonic() < deadline:
            threading.Event().wait(0.05)
        self._closing.set()

    def _busy(self) -> bool:
        last = self._feed.revision
        behind = any(seen < last for seen in list(self._readers.values()))
        asking = time.monotonic() - self._asked_at < _QUIET
        return behind or (bool(self._readers) and asking)

    async def _file(self, request: Request) -> Response:
        name, kind = _FILES[request.url.path.removeprefix(f"/{self._secret}")]
        content = resources.files("rowshot_local.live").joinpath("page", name).read_bytes()
        return Response(content, media_type=kind, headers=_HEADERS)

    async def _events(self, request: Request) -> Response:
        return StreamingResponse(self._news(), media_type="text/event-stream", headers=_HEADERS)

    async def _news(self) -> AsyncIterator[str]:
        """Server-sent events: everything first, then what has changed."""
        seen, said_at, reader = 0, time.monotonic(), object()
        self._readers[id(reader)] = 0
        try:
            while True:
                if self._feed.revision > seen:
                    news = self._feed.since(seen)
                    seen, said_at = news["revision"], time.monotonic()
                    yield f"data: {json.dumps(news, ensure_ascii=False)}\n\n"
                    self._readers[id(reader)] = seen
                    self._asked_at = time.monotonic()
                elif self._closing.is_set():
                    yield "event: bye\ndata: {}\n\n"
                    return
                elif time.monotonic() - said_at > _ALIVE:
                    said_at = time.monotonic()
                    yield ": still here\n\n"
                await asyncio.sleep(_LOOK)
        finally:
            del self._readers[id(reader)]

    async def _row(self, request: Request) -> Response:
        row = await run_in_threadpool(self._details, request.path_params["number"])
        if row is None:
            return JSONResponse({"error": "no such row"}, 404, headers=_HEADERS)
        return JSONResponse(row, headers=_HEADERS)

    def _details(self, number: int) -> dict[str, Any] | None:
        ledger = self._stack.ledger
        row = ledger.rows.get(self._run_id, number)
        if row is None:
            return None
        static: dict[str, Any] = next(
            (each for each in self._plan.get("rows", ()) if each["number"] == number), {}
        )
        if self._stack.local:
            row = row_here(row)
        memory = ledger.histories.get(self._sheet_id, row.row_key)
        shown = replace(row, error=shown_reason(self._run, row) if self._run else row.error)
        return details(shown, static, self._plan.get("header", []), memory.versions)

    async def _picture(self, request: Request) -> Response:
        key = "images/" + request.path_params["path"]
        if not _PICTURE.fullmatch(key):
            return Response(status_code=404, headers=_HEADERS)
        data = await run_in_threadpool(self._stored, key)
        self._asked_at = time.monotonic()
        if data is None:
            return Response(status_code=404, headers=_HEADERS)
        return Response(data, media_type="image/webp", headers=_KEPT)

    async def _result(self, request: Request) -> Response:
        """A file of the results; the contact sheet brings a policy of its own."""
        name = request.path_params["name"]
        if name not in self._names:
            return Response(status_code=404, headers=_HEADERS)
        return FileResponse(self._out / name, headers=_OWN_POLICY)

    async def _cancel(self, request: Request) -> Response:
        stack = self._stack
        control = Control(stack.ledger, stack.inbox, stack.dispatch_queue)
        try:
            await run_in_threadpool(control.cancel, self._run_id)
        except RowshotError as error:
            return JSONResponse({"error": error.message}, 409, headers=_HEADERS)
        return Response(status_code=204, headers=_HEADERS)

    def _stored(self, key: str) -> bytes | None:
        try:
            answer = self._stack.client("s3").get_object(
                Bucket=self._stack.outputs["MediaBucket"], Key=key
            )
        except ClientError:
            return None
        data: bytes = answer["Body"].read()
        return data


def details(
    row: Row, static: dict[str, Any], header: list[str], versions: Iterable[Version]
) -> dict[str, Any]:
    """All that the page tells of one row."""
    cells = dict(zip(header, static.get("cells", ()), strict=False))
    picture = row.picture
    return {
        "number": row.number,
        "slug": row.row_key,
        "status": str(row.status),
        "error": row.error,
        "warnings": list(static.get("warnings", ())),
        "prompt": static.get("prompt") or "",
        "model": static.get("model") or "",
        "recipe": static.get("recipe") or "",
        "size": static.get("size") or "",
        "cells": {name: text for name, text in cells.items() if name.strip() and text},
        "task_id": row.task_id,
        "attempts": row.attempts,
        "cost": dollars(row.cost) if row.cost else "",
        "url": picture.url if picture else "",
        "picture": picture_path(picture.url) if picture else "",
        "width": picture.width if picture else 0,
        "height": picture.height if picture else 0,
        "bytes": picture.size if picture else 0,
        "versions": [
            {"version": each.version, "picture": picture_path(each.picture.url)}
            for each in versions
        ],
    }


@contextmanager
def serve_live_page(stack: Stack, port: int = 0) -> Iterator[LivePage]:
    """Serves a page in a thread of this process for the length of a ``with`` block.

    Args:
        stack: Where its run is.
        port: A port on 127.0.0.1; 0 for any free one.
    """
    # uvicorn turns Nagle's algorithm off only where the protocol is named.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", port))
    listener.listen(32)
    page = LivePage(stack, f"http://127.0.0.1:{listener.getsockname()[1]}")
    config = uvicorn.Config(
        guarded(page.application(), own_page_only),
        ws="none",
        lifespan="off",
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="live-page", daemon=True
    )
    thread.start()
    try:
        yield page
    finally:
        page.close()
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
