"""Whether a proxy of this machine makes up the addresses of names, as those in fake-IP mode do."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from urllib.parse import urlsplit

from rowshot.transport.addresses import Resolve, is_loopback_host, is_made_up, resolve
from rowshot_local.environment import LIVE_BASE_URL

_LONGEST = 2.0  # wall seconds for a look-up: without a network a resolver may take much longer


def hiapi_host(environment: Mapping[str, str]) -> str:
    """The name of the hiapi server that orders would go to; empty for one on this machine."""
    base_url = environment.get("HIAPI_BASE_URL", "").strip() or LIVE_BASE_URL
    host = urlsplit(base_url).hostname or ""
    return "" if is_loopback_host(host) else host


def made_up(host: str, look_up: Resolve = resolve) -> str:
    """One sentence for a name whose address is made up, else empty.

    Args:
        host: The name; empty for none.
        look_up: Gives its addresses.
    """
    found = next((each for each in _addresses(host, look_up) if is_made_up(each)), "")
    if not found:
        return ""
    return (
        f"A proxy on this machine makes up addresses ({host} became {found}): pictures come "
        "through it all the same, so keep it running until the run has ended."
    )


def warning(environment: Mapping[str, str], look_up: Resolve = resolve) -> str:
    """The sentence for whoever could order: without a key nobody can, and nothing is looked up."""
    if not environment.get("HIAPI_TOKEN", "").strip():
        return ""
    return made_up(hiapi_host(environment), look_up)


def _addresses(host: str, look_up: Resolve) -> list[str]:
    found: list[str] = []

    def ask() -> None:
        try:
            found.extend(look_up(host, 443))
        except (OSError, UnicodeError):
            return  # the order itself will say that there is no such name

    asking = threading.Thread(target=ask, daemon=True)
    if host:
        asking.start()
        asking.join(_LONGEST)
    return list(found)
