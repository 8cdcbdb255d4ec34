"""Checks that no tracked file names a package index, this machine's folders or a secret.

A lock file must not name where packages came from: elsewhere they come from somewhere else. The
folders and indexes to look for are this machine's own, so nothing has to be listed here.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

_ROOT = Path(__file__).resolve().parents[1]
_LOCKS = re.compile(r"(requirements.*\.txt|package-lock\.json)$")
_LOCATION = re.compile(rb"(?:https?|file)://[^\s\"']+|--(?:extra-)?index-url|--find-links")
_HOME = re.compile(rb"(?<![\w.])/(?:home|Users)/(?!user\b|you\b|sbx_user)[\w.-]+/")
_KEY = re.compile(rb"AKIA(?!IOSFODNN7EXAMPLE)[0-9A-Z]{16}|-----BEGIN (?:RSA )?PRIVATE KEY-----\n")


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=_ROOT, capture_output=True, check=True
    ).stdout
    return [_ROOT / name.decode() for name in listed.split(b"\0") if name]


def _configured(command: list[str]) -> str:
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd=_ROOT)
    except FileNotFoundError:
        return ""
    return answer.stdout


def _places() -> Iterator[str]:
    """Where this machine keeps the checkout, the user's files and its packages."""
    if len(_ROOT.parts) > 2:
        yield f"{_ROOT}"
    if len(Path.home().parts) > 1 and Path.home() != _ROOT:
        yield f"{Path.home()}/"
    settings = _configured([sys.executable, "-m", "pip", "config", "list"])
    for value in re.findall(r"(?:index-url|find-links)\s*=\s*'([^']*)'", settings):
        for place in value.split():
            address = urlsplit(place)
            yield address.hostname or address.path
    registry = _configured(["npm", "config", "get", "registry"]).strip()
    yield urlsplit(registry).hostname or ""


def _complaints(path: Path, places: set[str]) -> Iterator[str]:
    content = path.read_bytes()
    for place in places:
        if place.encode() in content:
            yield f"names {place}, which is this machine's"
    if b"\0" in content[:8192]:
        return
    patterns = [_HOME, _KEY]
    if _LOCKS.search(path.name):
        content = b"\n".join(
            line
            for line in content.splitlines()
            if b'"funding"' not in line and b'"url"' not in line
        )
        patterns.append(_LOCATION)
    for pattern in patterns:
        if found := pattern.search(content):
            yield f"contains {found[0].decode(errors='replace')}"


def main() -> int:
    """Prints what is found; returns 1 when there is something."""
    well_known = {"", "pypi.org", "registry.npmjs.org", "/"}
    places = {place for place in _places() if place not in well_known}
    found = 0
    tracked = _tracked()
    for path in tracked:
        if path.is_symlink():  # what it leads to is not in a clone
            found += 1
            print(f"{path.relative_to(_ROOT)} is a link")
    files = [path for path in tracked if path.is_file() and not path.is_symlink()]
    for path in files:
        for complaint in _complaints(path, places):
            found += 1
            print(f"{path.relative_to(_ROOT)} {complaint}")
    if not found:
        print(f"{len(files)} tracked files name no index, no folder of this machine and no key.")
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main())
