"""What can go wrong with the local engine."""

from __future__ import annotations

from rowshot.errors import RowshotError


class EngineError(RowshotError):
    """The local engine cannot start or is not there; the message says why and what to do."""


class EngineBusy(EngineError):
    """Another Rowshot process is using the state folder."""


class DeployFailed(EngineError):
    """The template could not be deployed; the message names the resource and the reason."""
