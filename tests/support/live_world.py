"""A world with a Google Sheet in it: the write-back at work, on virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx
import requests
from requests.adapters import BaseAdapter

from rowshot.reporting.finish import Finish
from rowshot.sheet_sync.google import LiveSheet, open_worksheet
from rowshot.sheet_sync.write_back import WriteBack
from rowshot_simulators.sheets import Person, SheetsSimulator
from rowshot_simulators.sheets.app import build_app
from rowshot_simulators.sheets.store import Store
from rowshot_simulators.sheets.traffic import Traffic
from support.machine import Failed
from support.network import Wire
from support.sheets import table
from support.world import MEDIA_URL, Options, World

SHEETS = "http://localhost:3"
TITLE = "春季"
_POLL = 0.6  # virtual seconds that a message waits for Lambda's pollers
_VISIBILITY = 360.0
_AT_ONCE = 5  # MaximumConcurrency
_ANSWER = 0.4  # virtual seconds that Google takes for a request


class _Adapter(BaseAdapter):
    """Carries gspread's requests to the simulator on the world's own loop."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def send(
        self, request: requests.PreparedRequest, *_: Any, timeout: Any = None, **__: Any
    ) -> requests.Response:
        url, body = str(request.url), request.body or b""
        content = body.encode() if isinstance(body, str) else body
        asked = httpx.Request(
            str(request.method),
            url,
            headers=dict(request.headers),
            content=content,
            extensions={"timeout": {"read": timeout}},
        )
        try:
            answer = self._wire.handle_request(asked)
        except httpx.TimeoutException as error:
            raise requests.ReadTimeout(str(error)) from error
        except httpx.TransportError as error:
            raise requests.ConnectionError(str(error)) from error
        response = requests.Response()
        response.status_code, response.url = answer.status_code, url
        response.headers.update(answer.headers)
        response._content = answer.read()
        return response

    def close(self) -> None:
        """Nothing is open."""


class LiveWorld(World):
    """Everything there is, with Google Sheets at its real quotas.

    Args:
        options: How the world is set up.
        quota: Google's reads, and its writes, a minute and user.
    """

    def __init__(self, options: Options | None = None, quota: int = 60) -> None:
        super().__init__(options)
        traffic = Traffic(self.loop.time, 1.0, {"read": quota, "write": quota}, 5 * quota)
        store = Store(traffic)
        self.google = SheetsSimulator(store, SHEETS)
        self._google_wire = Wire(
            {"localhost:3": build_app(store, _cut)}, lambda: _ANSWER, self._reach, "google"
        )
        self._info = self.google.service_account_info()
        self._opened: dict[tuple[str, str], LiveSheet] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)

    def create(self, rows: Sequence[Sequence[Any]], title: str = TITLE) -> str:
        """Makes a spreadsheet of rows and returns its id."""
        return self.google.create_spreadsheet("Catalogue", {"Notes": [["mine"]], title: rows})

    def drop_live(self, spreadsheet_id: str, title: str = TITLE, **metadata: str) -> str:
        """Drops a worksheet's export as it is now, and returns the run's id."""
        header, *rows = self.google.grid(spreadsheet_id, title)
        data = table([dict(zip(header, row, strict=False)) for row in rows if any(row)])
        return self.drop(
            data, f"{title}.csv", spreadsheet_id=spreadsheet_id, worksheet=title, **metadata
        )

    def person(self, spreadsheet_id: str, title: str = TITLE) -> Person:
        """Somebody at work in a worksheet."""
        return self.google.person(spreadsheet_id, title)

    def shown(
        self, spreadsheet_id: str, column: str, key: str = "slug", title: str = TITLE
    ) -> dict[str, str]:
        """Key -> what a column shows."""
        header, *rows = self.google.grid(spreadsheet_id, title)
        at, name = header.index(column), header.index(key)
        wide = (row + [""] * (len(header) - len(row)) for row in rows)
        return {row[name]: row[at] for row in wide if row[name]}

    def open(self, spreadsheet_id: str, worksheet: str) -> LiveSheet:
        """Opens a worksheet as the functions do."""
        key = (spreadsheet_id, worksheet)
        if key not in self._opened:
            live = open_worksheet(
                self._info,
                spreadsheet_id,
                worksheet,
                base_url=SHEETS,
                clock=self.clock,
                patience=15.0,
                sleep=self._pause,
            )
            live._client.session.mount(SHEETS, _Adapter(self._google_wire))
            self._opened[key] = live
        return self._opened[key]

    # ------------------------------------------------------------------ how it is made

    def _write_back(self) -> WriteBack:
        return WriteBack(self.ledger, self.sync_queue, self.open, [f"{MEDIA_URL}/images/"])

    def _finish(self) -> Finish:
        return replace(super()._finish(), write_back=self._write_back())

    def _handle(self, function: str, payload: Any) -> Any:
        if function == "write_back":
            return self._write_back()(payload["run_id"], payload["sheet_id"], payload.get("since"))
        return super()._handle(function, payload)

    def _deliver(self, message: dict[str, Any], delay: float) -> None:
        self.start(self._receive(json.loads(json.dumps(message)), delay))

    async def _receive(self, message: dict[str, Any], delay: float) -> None:
        """A message until somebody has taken it: one that fails comes again."""
        await asyncio.sleep(delay + _POLL)
        for _ in range(8):
            async with self._places:
                with suppress(Failed):
                    await self.invoke("write_back", message)
                    return
            await asyncio.sleep(_VISIBILITY)
        self.dead_letters.append(("write_back", message))

    def _send_again(self, function: str, payload: Any) -> None:
        if function == "write_back":
            self._deliver(payload, 0.0)
        else:
            super()._send_again(function, payload)


def _cut(request: Any) -> None:
    """Breaks a connection."""
    request.scope["rowshot.abort"](reset=True)
