"""The worksheet as a projection of the ledger: compared with it, and healed, pass by pass.

Pure: a pass reads with `rowshot.sheet_sync.google`, calls `reconcile`, and writes the result back.
"""

from __future__ import annotations

from rowshot.reading.output_columns import Formula
from rowshot.sheet_sync.projection.columns import columns_needed
from rowshot.sheet_sync.projection.desired import WantedRow
from rowshot.sheet_sync.projection.grid import CellWrite, Grid, GridCell, Updates
from rowshot.sheet_sync.projection.layout import Layout
from rowshot.sheet_sync.projection.problems import Problem
from rowshot.sheet_sync.projection.reconcile import Reconciliation, reconcile, unknown_keys

__all__ = [
    "CellWrite",
    "Formula",
    "Grid",
    "GridCell",
    "Layout",
    "Problem",
    "Reconciliation",
    "Updates",
    "WantedRow",
    "columns_needed",
    "reconcile",
    "unknown_keys",
]
