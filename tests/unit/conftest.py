"""What all unit tests share: they reach no network, and nothing hurries them.

A test that opens a socket belongs to another level.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from pytest_socket import disable_socket, enable_socket

# On a busy machine an example may take long; how long says nothing about the code.
settings.register_profile("rowshot", deadline=None)
settings.load_profile("rowshot")


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Blocks sockets, but for Unix ones, which event loops are made of."""
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()
