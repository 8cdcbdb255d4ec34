"""Checks that every link between the repository's pages leads somewhere.

Files and headings inside the repository are checked; other sites are not asked, because the check
must work without a network.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

_ROOT = Path(__file__).resolve().parents[1]
_FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
_TAG = re.compile(r"<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
_ANCHOR = re.compile(r"<\w+\b[^>]*?\b(?:id|name)=\"([^\"]+)\"")


def _pages() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [_ROOT / line for line in listed.stdout.splitlines() if (_ROOT / line).is_file()]


def _slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    text = re.sub(r"[^\w\- ]", "", text.replace("`", "").lower())
    return text.strip().replace(" ", "-")


def _anchors(page: Path) -> set[str]:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    found: set[str] = set(_ANCHOR.findall(text))
    for heading in _HEADING.findall(text):
        slug = _slug(heading)
        number, name = 0, slug
        while name in found:
            number += 1
            name = f"{slug}-{number}"
        found.add(name)
    return found


def _complaint(page: Path, link: str) -> str | None:
    if re.match(r"[a-z][a-z0-9+.-]*:", link):
        return None
    path, _, anchor = unquote(link).partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.is_relative_to(_ROOT):
        return "leads out of the repository"
    if not target.exists():
        return "leads nowhere"
    if anchor and target.suffix == ".md" and anchor not in _anchors(target):
        return "names a heading that is not there"
    return None


def main() -> int:
    """Prints every broken link; returns 1 when there is one."""
    broken = 0
    pages = _pages()
    for page in pages:
        text = _CODE.sub("", _FENCE.sub("", page.read_text(encoding="utf-8")))
        links = [first or second for first, second in _LINK.findall(text)] + _TAG.findall(text)
        for link in links:
            if complaint := _complaint(page, link):
                broken += 1
                print(f"{page.relative_to(_ROOT)}: {link} {complaint}")
    if not broken:
        print(f"The links of {len(pages)} pages lead somewhere.")
    return min(broken, 1)


if __name__ == "__main__":
    sys.exit(main())
