"""The parts of an Office Open XML file, found however its writer spelled their names.

Windows programs write backslashes, others another case than the reference; Excel opens them all.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import IO
from urllib.parse import unquote
from xml.etree.ElementTree import XMLParser

_CHUNK = 64 * 1024
_MOST_ELEMENTS = 1_000_000


@lru_cache(maxsize=256)
def local_name(tag: str) -> str:
    """A name without its namespace, of which Strict Open XML has others."""
    return tag.rpartition("}")[2]


def same_part(name: str) -> str:
    """The form in which names of parts are compared."""
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/").casefold()


@dataclass(frozen=True)
class Relation:
    """What a part says of another.

    Args:
        kind: The last word of its type, such as ``worksheet``.
        part: The other part's name.
    """

    kind: str
    part: str


class Package:
    """An open file.

    Args:
        archive: Its ZIP container, which was checked.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries = {same_part(entry.filename): entry for entry in archive.infolist()}
        self._entries |= {entry.filename: entry for entry in archive.infolist()}

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return self._entry(part) is not None

    def open(self, part: str) -> IO[bytes]:
        """Opens a part.

        Raises:
            KeyError: There is none.
        """
        entry = self._entry(part)
        if entry is None:
            raise KeyError(part)
        return self._archive.open(entry)

    def elements(self, part: str, *names: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Local name and attributes, by their local names, of a part's elements of these names.

        Raises:
            KeyError: There is no such part.
            ValueError: There are millions of them.
        """
        target = _Elements(names)
        count = 0
        for _ in fed(self.open(part), target):
            found = target.taken()
            count += len(found)
            if count > _MOST_ELEMENTS:
                raise ValueError("more elements than any workbook has")
            yield from found

    def relations(self, part: str) -> dict[str, Relation]:
        """The relations of a part, by their ids; of the file itself with an empty name."""
        folder, name = posixpath.split(part.replace("\\", "/"))
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(rels):
            return {}
        return {
            each.get("Id", ""): Relation(
                kind=each.get("Type", "").rpartition("/")[2],
                part=posixpath.join("/", folder, each.get("Target", "").replace("\\", "/")),
            )
            for _, each in self.elements(rels, "Relationship")
            if each.get("TargetMode") != "External"
        }

    def _entry(self, part: str) -> zipfile.ZipInfo | None:
        for name in (part, same_part(part), same_part(unquote(part))):
            if name in self._entries:
                return self._entries[name]
        return None


def fed(source: IO[bytes], target: object) -> Iterator[None]:
    """Parses a part chunk by chunk; what the target has found may be taken after each.

    Raises:
        ParseError: It is no XML.
    """
    # Expat bounds what entities may grow to, and documents that declare any were refused before.
    parser = XMLParser(target=target)  # noqa: S314
    with source:
        while chunk := source.read(_CHUNK):
            parser.feed(chunk)
            yield
    parser.close()
    yield


class _Elements:
    """Collects the elements of some names."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._found: list[tuple[str, dict[str, str]]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local_name(tag)
        if name in self._names:
            self._found.append((name, {local_name(key): each for key, each in attributes.items()}))

    def taken(self) -> list[tuple[str, dict[str, str]]]:
        found, self._found = self._found, []
        return found
