"""What the end-to-end tests share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def engine_template() -> Path:
    """A small template with one of everything that the engine must be able to do."""
    return Path(__file__).parent / "data" / "engine" / "template.yaml"
