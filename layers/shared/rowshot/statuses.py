"""The words that the `status` column may hold."""

from __future__ import annotations

from enum import StrEnum


class RowStatus(StrEnum):
    """Where a row is; ``final`` says whether that may still change in its run."""

    QUEUED = "queued"
    RENDERING = "rendering"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    APPROVED = "approved"
    FAILED = "failed"
    INVALID = "invalid"
    CANCELLED = "cancelled"
    OVER_BUDGET = "over budget"
    SKIPPED = "skipped"

    @property
    def final(self) -> bool:
        """True when nothing more will happen to the row in its run."""
        return self not in (RowStatus.QUEUED, RowStatus.RENDERING, RowStatus.PUBLISHING)


READY = (RowStatus.PUBLISHED, RowStatus.UNCHANGED, RowStatus.APPROVED)
"""The row has the picture that it asks for."""
