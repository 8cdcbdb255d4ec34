"""One pass over a worksheet: read, compare, remember, write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from rowshot.sheet_sync.google.worksheet import LiveSheet
from rowshot.sheet_sync.projection import Layout, Reconciliation, WantedRow, reconcile, unknown_keys


def _nothing(_: Collection[str]) -> Mapping[str, str]:
    return {}


def project(
    live: LiveSheet,
    wanted: Sequence[WantedRow],
    layout: Layout,
    *,
    origins: Sequence[str],
    remember: Callable[[Layout], None],
    recall: Callable[[Collection[str]], Mapping[str, str]] = _nothing,
) -> Reconciliation:
    """Brings a worksheet in line with the ledger: one read, and one write if anything differs.

    Args:
        live: The worksheet.
        wanted: The rows of the run.
        layout: What the ledger remembers of its columns.
        origins: What the URLs of our pictures start with.
        remember: Keeps a changed layout. Called before the write: a write whose answer is lost
            must not leave columns behind that nobody knows to be ours.
        recall: The last published picture of rows that are not in this run, by row key.

    Returns:
        What was found; its updates are written.

    Raises:
        SheetError: One of its subclasses; the worksheet is as it was, or the next pass heals it.
    """
    grid = live.read(layout)
    unknown = unknown_keys(grid, wanted, layout)
    remembered = recall(unknown) if unknown else {}
    result = reconcile(grid, wanted, layout, origins=origins, remembered=remembered)
    if result.layout != layout:
        remember(result.layout)
    live.write(grid, result.updates)
    return result
