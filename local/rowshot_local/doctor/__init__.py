"""``rowshot doctor``: small checks of this machine, of a stack, and of what hiapi promises."""

from __future__ import annotations

from rowshot_local.doctor.checks import Check, Finding, Verdict, examine

__all__ = ["Check", "Finding", "Verdict", "examine"]
