"""The command line."""

from __future__ import annotations

from rowshot_local.cli.main import main

__all__ = ["main"]
