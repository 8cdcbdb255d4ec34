"""One TLS configuration for all of the process's HTTP clients.

Reading the certificate authorities takes longer than anything else in making a client.
"""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def tls_context() -> ssl.SSLContext:
    """The context that httpx would make for itself: certifi's authorities, hosts checked."""
    return httpx.create_ssl_context(trust_env=False)
