"""``spreadsheets.batchUpdate``: structure and cells, all requests or none.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import batch_cells, batch_structure
from .errors import ApiError, invalid
from .masks import parse_mask
from .model import Spreadsheet
from .resource import spreadsheet_json

Handler = Callable[[Spreadsheet, Mapping[str, Any], str], dict[str, Any]]

_HANDLERS: dict[str, Handler] = {**batch_cells.HANDLERS, **batch_structure.HANDLERS}

_POLITELY_IGNORED = frozenset(
    """addBanding updateBanding deleteBanding addChart addConditionalFormatRule
    updateConditionalFormatRule deleteConditionalFormatRule autoResizeDimensions mergeCells
    unmergeCells updateBorders updateDimensionProperties setBasicFilter clearBasicFilter
    addFilterView deleteFilterView updateSpreadsheetProperties""".split()
)
"""Requests that change nothing which a program reads back as values."""


def apply_batch(document: Spreadsheet, body: Mapping[str, Any], user: str) -> dict[str, Any]:
    """Applies every request to a document, which the caller drops when this raises.

    Returns:
        The answer with one reply a request, and the updated document when it was asked for.

    Raises:
        ApiError: ``Invalid requests[i].kind: …``, as Google words it.
    """
    requests = body.get("requests") or []
    if not requests:
        raise invalid("Must specify at least one request.")
    replies = [_apply(document, index, request, user) for index, request in enumerate(requests)]
    answer: dict[str, Any] = {"spreadsheetId": document.spreadsheet_id, "replies": replies}
    if body.get("includeSpreadsheetInResponse"):
        answer["updatedSpreadsheet"] = spreadsheet_json(
            document,
            body.get("responseRanges") or [],
            None,
            bool(body.get("responseIncludeGridData")),
            parse_mask("*"),
        )
    return answer


def _apply(
    document: Spreadsheet, index: int, request: Mapping[str, Any], user: str
) -> dict[str, Any]:
    if len(request) != 1:
        raise invalid(f"Invalid requests[{index}]: exactly one kind of request must be set.")
    ((kind, arguments),) = request.items()
    if kind in _POLITELY_IGNORED:
        return {}
    handler = _HANDLERS.get(kind)
    if handler is None:
        raise invalid(
            f"Invalid JSON payload received. Unknown name \"{kind}\" at 'requests[{index}]': "
            "Cannot find field."
        )
    try:
        return handler(document, arguments, user)
    except ApiError as error:
        raise invalid(f"Invalid requests[{index}].{kind}: {error.message}") from None
