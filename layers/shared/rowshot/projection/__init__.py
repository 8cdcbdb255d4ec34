"""The worksheet as a projection of the ledger: compared with it, and healed, pass by pass.

Pure: a pass reads with `rowshot.google`, calls `reconcile`, and writes the result back.
"""

from __future__ import annotations

from rowshot.output_columns import Formula
from rowshot.projection.columns import columns_needed
from rowshot.projection.grid import CellWrite, Grid, GridCell, Updates
from rowshot.projection.layout import Layout
from rowshot.projection.problems import Problem
from rowshot.projection.reconcile import Reconciliation, reconcile, unknown_keys
from rowshot.projection.wanted import WantedRow

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
