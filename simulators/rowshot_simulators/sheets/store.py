"""Everything a simulator remembers, and how it survives a restart."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from .a1 import Area
from .accounts import Account, Accounts
from .cells import Cell, from_json, to_json
from .errors import forbidden, not_found
from .model import OWNER, Protection, Spreadsheet, Worksheet, build_worksheet, new_id
from .traffic import Traffic

T = TypeVar("T")


@dataclass
class Store:
    """The simulator's state; ``lock`` guards all of it."""

    traffic: Traffic
    state_file: Path | None = None
    default_account: str = "rowshot"
    accounts: Accounts = field(default_factory=Accounts)
    documents: dict[str, Spreadsheet] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        if self.state_file and self.state_file.exists():
            self._load(json.loads(self.state_file.read_text("utf-8")))

    def create(
        self,
        title: str,
        sheets: Mapping[str, Sequence[Sequence[Any]]],
        roles: Mapping[str, str] | None = None,
        spreadsheet_id: str | None = None,
    ) -> Spreadsheet:
        """A new document, by default shared for writing with the default service account."""
        with self.lock:
            if roles is None:
                roles = {self.accounts.account(self.default_account).email: "writer"}
            document = Spreadsheet(
                spreadsheet_id or new_id(),
                title,
                [build_worksheet(i, name, rows) for i, (name, rows) in enumerate(sheets.items())]
                or [Worksheet(0, "Sheet1")],
                {OWNER: "owner", **roles},
            )
            self.documents[document.spreadsheet_id] = document
            self.save()
            return document

    def document(
        self, spreadsheet_id: str, user: str = OWNER, *, write: bool = False
    ) -> Spreadsheet:
        """The document, if the user may open it. Raises ApiError (403 or 404) as Google does."""
        document = self.documents.get(spreadsheet_id)
        if document is None:
            raise not_found()
        role = document.roles.get(user) or document.roles.get("anyone")
        if role is None or (write and role == "reader"):
            raise forbidden()
        return document

    def change(self, spreadsheet_id: str, user: str, action: Callable[[Spreadsheet], T]) -> T:
        """Runs an action on a copy that takes the document's place unless the action raises."""
        with self.lock:
            copy = self.document(spreadsheet_id, user, write=True).copy()
            answer = action(copy)
            self.documents[spreadsheet_id] = copy
            self.save()
            return answer

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Holds the lock and saves afterwards."""
        with self.lock:
            yield
            self.save()

    def save(self) -> None:
        """Writes the state file, if there is one, at once and whole."""
        if self.state_file is None:
            return
        data = {
            "accounts": [asdict(account) for account in self.accounts.by_email.values()],
            "documents": [_document_json(document) for document in self.documents.values()],
        }
        self.state_file.parent.mkdir(parents=True, exist_ok=True)
        scratch = self.state_file.with_suffix(".new")
        scratch.touch(mode=0o600)  # it holds the simulated accounts' private keys
        scratch.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        scratch.replace(self.state_file)

    def _load(self, data: Mapping[str, Any]) -> None:
        for entry in data["accounts"]:
            self.accounts.by_email[entry["email"]] = Account(**entry)
        for entry in data["documents"]:
            document = _document_from(entry)
            self.documents[document.spreadsheet_id] = document


def _document_json(document: Spreadsheet) -> dict[str, Any]:
    return {
        "id": document.spreadsheet_id,
        "title": document.title,
        "roles": document.roles,
        "protections": [asdict(protection) for protection in document.protections],
        "sheets": [
            {
                "sheet_id": sheet.sheet_id,
                "title": sheet.title,
                "row_count": sheet.row_count,
                "col_count": sheet.col_count,
                "frozen_rows": sheet.frozen_rows,
                "frozen_cols": sheet.frozen_cols,
                "extra": sheet.extra,
                "rows": [[_cell_json(cell) for cell in row] for row in sheet.rows],
            }
            for sheet in document.sheets
        ],
    }


def _document_from(data: Mapping[str, Any]) -> Spreadsheet:
    sheets = []
    for entry in data["sheets"]:
        rows = [[_cell_from(cell) for cell in row] for row in entry["rows"]]
        sheets.append(Worksheet(**{**entry, "rows": rows}))
    protections = [
        Protection(**{**entry, "area": Area(**entry["area"])}) for entry in data["protections"]
    ]
    return Spreadsheet(data["id"], data["title"], sheets, dict(data["roles"]), protections)


def _cell_json(cell: Cell | None) -> Any:
    if cell is None:
        return None
    dress = {"format": cell.format, "validation": cell.validation, "note": cell.note}
    return [to_json(cell.value), {k: v for k, v in dress.items() if v}]


def _cell_from(data: Any) -> Cell | None:
    return None if data is None else Cell(from_json(data[0]), **data[1])
