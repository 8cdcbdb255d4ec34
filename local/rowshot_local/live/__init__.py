"""The live page: a run's sheet as a grid that fills in while one watches, on this machine only."""

from __future__ import annotations

from rowshot_local.live.server import LivePage, serve_live_page

__all__ = ["LivePage", "serve_live_page"]
