"""What a workbook holds that openpyxl would lose or be lost in, and one that it can read."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import fromstring, tostring

from rowshot.reading.packages import Package, local_name, same_part

_KINDS = (
    ("macros", re.compile(r"xl/(vbaproject\.bin|macrosheets/)")),
    ("charts", re.compile(r"xl/(charts|chartsheets)/")),
    ("form controls", re.compile(r"xl/(ctrlprops|activex)/")),
    ("embedded files", re.compile(r"xl/embeddings/")),
    ("pictures", re.compile(r"xl/(media|richdata)/")),
    ("data connections", re.compile(r"xl/(connections\.xml|querytables/)")),
    ("XML maps", re.compile(r"xl/xmlmaps\.xml")),
    ("slicers", re.compile(r"xl/(slicers|timelines)/")),
    ("threaded comments", re.compile(r"xl/threadedcomments/")),
)
_DRAWING = re.compile(r"xl/drawings/[^/]+\.xml")
_WORKSHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_TABLE = re.compile(r"xl/tables/[^/]+\.xml")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_TYPES = "[Content_Types].xml"
# The names that openpyxl asks for by itself; it follows references to all others.
_SPELLED = {same_part(name): name for name in (_TYPES, "docProps/core.xml", "docProps/custom.xml")}


def what_would_be_lost(archive: zipfile.ZipFile) -> list[str]:
    """Kinds of content, in plain words, that openpyxl leaves out when it writes a workbook."""
    parts = {same_part(name): name for name in archive.namelist()}
    found = [kind for kind, known in _KINDS if any(map(known.match, parts))]
    if "xl/sharedstrings.xml" in parts and b"<rPh" in archive.read(parts["xl/sharedstrings.xml"]):
        found.append("reading aids")
    # Google's exports have an empty drawing for every worksheet.
    drawings = (parts[each] for each in parts if _DRAWING.fullmatch(each))
    if not found and any(b"Anchor" in archive.read(each) for each in drawings):
        found.append("drawings")
    return found


def cells_held(archive: zipfile.ZipFile) -> Iterator[int]:
    """How many cells and rows openpyxl would hold, piece by piece; the sum may be astronomical.

    It also makes every cell of merged and linked ranges, and of tables without columns.
    """
    package = Package(archive)
    for name in map(same_part, archive.namelist()):
        if _WORKSHEET.fullmatch(name):
            for element, attributes in package.elements(name, "c", "row", "mergeCell", "hyperlink"):
                yield 1 if element in ("c", "row") else _area(attributes.get("ref", ""))
        elif _TABLE.fullmatch(name):
            found = list(package.elements(name, "table", "tableColumn"))
            if found and found[-1][0] == "table":
                yield _area(found[-1][1].get("ref", ""))


def _area(reference: str) -> int:
    found = _RANGE.fullmatch(reference.upper())
    if not found:
        return 1
    width = abs(_column(found[3]) - _column(found[1])) + 1
    return width * (abs(int(found[4]) - int(found[2])) + 1)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def respelled(data: bytes) -> bytes:
    """The same workbook with part names as openpyxl looks for them, and not in Strict Open XML."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as archive,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as plain,
    ):
        names = {_name(each) for each in archive.namelist()}
        for entry in archive.infolist():
            name, content = _name(entry.filename), archive.read(entry)
            if name.endswith((".xml", ".rels")):
                content = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", content)
            if name == _TYPES:
                content = _types(content, names)
            elif name.endswith(".rels"):
                content = _relations(content, name)
            plain.writestr(name, content)
    return target.getvalue()


def _name(part: str) -> str:
    folded = same_part(part)
    return _SPELLED.get(folded, folded)


def _types(content: bytes, names: set[str]) -> bytes:
    """The list of types without the parts that are missing."""
    root = fromstring(content)  # noqa: S314 - documents that declare entities were refused
    for each in list(root):
        if local_name(each.tag) == "Override":
            name = _name(each.get("PartName", ""))
            each.set("PartName", f"/{name}")
            if name not in names:
                root.remove(each)
    return tostring(root)


def _relations(content: bytes, name: str) -> bytes:
    folder = posixpath.dirname(posixpath.dirname(name))
    root = fromstring(content)  # noqa: S314 - as above
    for each in root:
        if each.get("TargetMode") != "External":
            target = each.get("Target", "").replace("\\", "/")
            each.set("Target", f"/{_name(posixpath.join('/', folder, target))}")
    return tostring(root)
