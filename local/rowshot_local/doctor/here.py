"""Checks of this machine: what ``rowshot run`` and a live Google Sheet need."""

from __future__ import annotations

import json
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rowshot.errors import SheetError
from rowshot.settings import is_key
from rowshot.sheet_sync.google.worksheet import LiveSheet, open_worksheet
from rowshot.transport.addresses import Resolve, resolve
from rowshot_local.doctor.checks import Check, Verdict, note, ok, skipped, wrong
from rowshot_local.environment import ConfigurationError, google, target
from rowshot_local.proxies import hiapi_host, made_up
from rowshot_simulators.hiapi.pictures.fonts import Font, font

_OLDEST = (3, 11)
_NEEDED = ("client_email", "private_key", "token_uri")
_CHINESE = "龙"
_MISSING = "\U000f0000"  # a private character that no font draws
Open = Callable[[Mapping[str, str], str, str | None, str], LiveSheet]


def python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Verdict:
    """Whether this Python is new enough."""
    shown = ".".join(map(str, version))
    if version < _OLDEST:
        return wrong(f"this is Python {shown}.", "Install Python 3.11 or newer, then 'make run'.")
    return ok(f"{shown}.")


def ports(bind: Callable[[], int] | None = None) -> Verdict:
    """Whether servers of ours can listen on loopback."""
    try:
        (bind or _bound)()
    except OSError as error:
        return wrong(
            f"no server can listen on 127.0.0.1 ({error.strerror or type(error).__name__}).",
            "Allow local servers in the firewall or sandbox that this shell runs in.",
        )
    return ok("a server can listen on 127.0.0.1.")


def state_folder(folder: Path) -> Verdict:
    """Whether the state folder, or the one that it would be made in, can be written."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place) as probe:
            probe.write(b"rowshot")
    except OSError as error:
        return wrong(
            f"{place} cannot be written ({error.strerror}).",
            "Make room or allow writing there, or name another folder with --state.",
        )
    return ok(f"{folder} can be written.")


def hiapi_settings(environment: Mapping[str, str]) -> Verdict:
    """Which server 'rowshot run' would talk to, and whether that could spend."""
    token = environment.get("HIAPI_TOKEN", "").strip()
    if token and not is_key(token):
        return wrong(
            "HIAPI_TOKEN contains a space, or a character that no key has.",
            "Copy the key again, without spaces.",
        )
    try:
        chosen = target(live=False, environment=environment)
    except ConfigurationError as error:
        return wrong(str(error), "Or unset HIAPI_BASE_URL to use the built-in simulator.")
    if not chosen.simulated:
        return note(
            f"HIAPI_BASE_URL is set, so every 'rowshot run' orders at {chosen.base_url}, which "
            "may cost real money.",
            "Unset it to use the built-in simulator.",
        )
    if token:
        return ok(
            "HIAPI_TOKEN is set. 'rowshot run' still uses the built-in simulator, and spends only "
            "with --live."
        )
    return ok(
        "HIAPI_TOKEN is not set. 'rowshot run' uses the built-in simulator, which costs nothing; "
        "only --live needs a key."
    )


def proxy(environment: Mapping[str, str], look_up: Resolve = resolve) -> Verdict:
    """Whether a proxy of this machine makes up the addresses of names."""
    host = hiapi_host(environment)
    if not host:
        return skipped("hiapi is a server on this machine.")
    sentence = made_up(host, look_up)
    return note(sentence) if sentence else ok("no proxy makes up addresses.")


def service_account(environment: Mapping[str, str]) -> Verdict:
    """Whether the service account's key file is one."""
    if not environment.get("GOOGLE_SERVICE_ACCOUNT_FILE", "").strip():
        return skipped("GOOGLE_SERVICE_ACCOUNT_FILE is not set; only a live Google Sheet needs it.")
    file = google(environment).service_account_file
    return key_file(file.read_bytes(), f"The file {file}")


def key_file(data: bytes, where: str) -> Verdict:
    """Whether a text is a service account's JSON key file.

    Args:
        data: The text.
        where: What holds it, to begin a sentence with.
    """
    again = "Create a new JSON key of the service account, and use that file's whole content."
    try:
        info: Any = json.loads(data)
    except ValueError:
        return wrong(f"{where} is not JSON.", again)
    if not isinstance(info, dict) or info.get("type") != "service_account":
        return wrong(f"{where} is not a service account's key file.", again)
    missing = [name for name in _NEEDED if not isinstance(info.get(name), str) or not info[name]]
    if missing:
        return wrong(f"{where} has no {missing[0]}.", again)
    issuer = urlsplit(info["token_uri"])
    own = issuer.scheme == "http" and issuer.hostname in ("127.0.0.1", "localhost")
    if not own and (issuer.scheme != "https" or not issuer.hostname):
        return wrong(f"{where} has a token_uri that is not an https address.", again)
    from google.auth import crypt

    try:
        crypt.RSASigner.from_string(info["private_key"])  # type: ignore[no-untyped-call]
    except ValueError:
        return wrong(f"{where} has a private_key that cannot be read.", again)
    return ok(f"{where} is a key of {info['client_email']}.")


def sheet_access(
    spreadsheet: str | None,
    worksheet: str | None,
    account: Callable[[], tuple[bytes, str]],
    open_sheet: Open | None = None,
) -> Verdict:
    """Whether the service account can read the worksheet.

    Args:
        spreadsheet: Google's id of the document, None when nobody asks.
        worksheet: The worksheet's title, None for the first.
        account: Gives the key file's content and the origin of the Sheets API.
        open_sheet: Opens a worksheet; tests give their own.
    """
    if not spreadsheet:
        return skipped("no --spreadsheet was named.")
    data, base_url = account()
    looked = key_file(data, "The service account's key")
    if looked.advice:
        return looked
    sheet = (open_sheet or _opened)(json.loads(data), spreadsheet, worksheet, base_url)
    try:
        sheet.export_table()
    except SheetError as error:
        return wrong(error.message, "Then run the doctor again.")
    title = f"the worksheet '{worksheet}'" if worksheet else "the first worksheet"
    return ok(
        f"{sheet.shared_with} can read {title}. Whether it may also write is not tried: it has to "
        "be shared as Editor."
    )


def fonts(load: Callable[[int], Font] = font) -> Verdict:
    """Whether the simulator can draw Chinese words."""
    found = load(24)
    if bytes(found.getmask(_CHINESE)) == bytes(found.getmask(_MISSING)):
        return wrong(
            "no font here has Chinese characters, so simulated pictures show boxes instead.",
            "Run 'make run' again to install the font, or install Noto Sans CJK.",
        )
    return ok("the simulator can draw Chinese words.")


def checks(environment: Mapping[str, str], state: Path) -> list[Check]:
    """All checks of this machine."""
    return [
        Check("Python", python),
        Check("ports", ports),
        Check("state folder", lambda: state_folder(state)),
        Check("hiapi settings", lambda: hiapi_settings(environment)),
        Check("proxy", lambda: proxy(environment)),
        Check("Google service account", lambda: service_account(environment)),
        Check("fonts", fonts),
    ]


def sheet_check(
    environment: Mapping[str, str], spreadsheet: str | None, worksheet: str | None
) -> Check:
    """The check of a spreadsheet with this machine's own service account."""

    def account() -> tuple[bytes, str]:
        server = google(environment)
        return server.service_account_file.read_bytes(), server.base_url

    return Check("Google Sheet", lambda: sheet_access(spreadsheet, worksheet, account))


def _bound() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        probe.listen(1)
        return int(probe.getsockname()[1])


def _opened(
    info: Mapping[str, str], spreadsheet: str, worksheet: str | None, base_url: str
) -> LiveSheet:
    return open_worksheet(info, spreadsheet, worksheet, base_url=base_url)
