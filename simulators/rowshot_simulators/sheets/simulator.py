"""The Python face of a simulator: what tests and the CLI do with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .batch import apply_batch
from .model import OWNER, Spreadsheet, Worksheet
from .person import Person
from .store import Store
from .traffic import SheetsFault, Traffic


@dataclass(frozen=True)
class SheetsSimulatorOptions:
    """How a simulator behaves.

    Args:
        time_scale: Wall seconds per nominal second, for quotas and slow answers; at 0 there are
            no quotas.
        reads_per_minute: Reads a nominal minute and user; None for no quota. Writes likewise.
        writes_per_minute: See above; the project's limit is five times the user's.
        state_file: Where documents and accounts are kept between starts; nowhere when None.
        account: Short name of the service account that new documents are shared with.
        clock: Wall seconds, monotonic; tests give their own.
        seed: For faults with a rate.
    """

    time_scale: float = 1.0
    reads_per_minute: int | None = 60
    writes_per_minute: int | None = 60
    state_file: Path | None = None
    account: str = "rowshot"
    clock: Callable[[], float] = time.monotonic
    seed: int = 0


class SheetsSimulator:
    """A running simulator.

    Args:
        store: Its state.
        base_url: Its origin, such as ``http://127.0.0.1:40123``.
    """

    def __init__(self, store: Store, base_url: str) -> None:
        self.store = store
        self.base_url = base_url

    @property
    def traffic(self) -> Traffic:
        """The log, the counts and the quotas."""
        return self.store.traffic

    @property
    def token_uri(self) -> str:
        """The token endpoint that handed out service account files name."""
        return f"{self.base_url}/token"

    def service_account_info(self, name: str | None = None) -> dict[str, str]:
        """A service account file's content; the account is made on first use."""
        with self.store.saving():
            account = self.store.accounts.account(name or self.store.default_account)
            return account.info(self.token_uri)

    def create_spreadsheet(
        self,
        title: str,
        sheets: Mapping[str, Sequence[Sequence[Any]]],
        share: Mapping[str, str] | None = None,
        spreadsheet_id: str | None = None,
    ) -> str:
        """Makes a document of worksheets of plain Python values and returns its id.

        Texts stay texts whatever they look like. It is shared with the default service account
        (``writer``) unless ``share`` says with whom: address to ``reader`` or ``writer``.
        """
        return self.store.create(title, sheets, share, spreadsheet_id).spreadsheet_id

    def worksheet(self, spreadsheet_id: str, title: str) -> Worksheet:
        """A snapshot of a worksheet with its cells. Raises LookupError."""
        with self.store.lock:
            sheet = self._document(spreadsheet_id).by_title(title)
            if sheet is None:
                raise LookupError(f"no worksheet {title!r}")
            return sheet.copy()

    def grid(self, spreadsheet_id: str, title: str) -> list[list[str]]:
        """What a worksheet shows, row by row, without trailing empties."""
        return self.worksheet(spreadsheet_id, title).shown_rows()

    def entered(self, spreadsheet_id: str, title: str) -> list[list[Any]]:
        """What was entered into each cell: str, number, bool, ``Formula`` or None."""
        rows = self.worksheet(spreadsheet_id, title).rows
        return [[cell.value if cell else None for cell in row] for row in rows]

    def apply(self, spreadsheet_id: str, requests: list[dict[str, Any]]) -> Any:
        """Runs batch requests as the document's owner. Raises ApiError."""
        return self.store.change(
            spreadsheet_id, OWNER, lambda d: apply_batch(d, {"requests": requests}, OWNER)
        )

    def person(self, spreadsheet_id: str, title: str) -> Person:
        """Somebody who works in a worksheet by hand."""
        return Person(
            self.worksheet(spreadsheet_id, title).sheet_id,
            lambda requests: self.apply(spreadsheet_id, requests),
            lambda: self.grid(spreadsheet_id, title),
        )

    def share(self, spreadsheet_id: str, email: str, role: str | None) -> None:
        """Shares a document (``reader``, ``writer``), or withdraws the share with None."""
        with self.store.saving():
            roles = self._document(spreadsheet_id).roles
            roles.pop(email, None)
            if role:
                roles[email] = role

    def delete_spreadsheet(self, spreadsheet_id: str) -> None:
        """Removes a document for good."""
        with self.store.saving():
            del self.store.documents[spreadsheet_id]

    def add_fault(self, fault: SheetsFault) -> None:
        """Lets something go wrong from now on."""
        with self.store.lock:
            self.traffic.faults.append(fault)

    def clear_faults(self) -> None:
        """Lets everything go right again."""
        with self.store.lock:
            self.traffic.faults.clear()

    def _document(self, spreadsheet_id: str) -> Spreadsheet:
        try:
            return self.store.documents[spreadsheet_id]
        except KeyError:
            raise LookupError(f"no spreadsheet {spreadsheet_id!r}") from None
