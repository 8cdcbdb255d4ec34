"""The engine's port: kept for a state folder, so that local addresses open again later."""

from __future__ import annotations

import socket


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the engine's server does it: connections that linger do not keep a port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose(kept: int | None) -> int:
    """The kept port if it is free, else one that is.

    Args:
        kept: The port of the time before, None the first time.
    """
    if kept is not None and 1024 <= kept <= 65535 and is_free(kept):
        return kept
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
