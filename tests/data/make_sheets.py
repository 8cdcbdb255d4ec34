"""Writes the corpus of awkward sheets, each with its expected plan beside it.

Run ``python tests/data/make_sheets.py`` after a change in ``sheetcases``. The files of LibreOffice
need Debian's libreoffice-calc and python3-uno (without them, those that are there stay), and the
encrypted workbook needs msoffcrypto-tool from PyPI.
``--plans`` writes only the plans.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from sheetcases import columns, files, meaning, texts, workbooks

FOLDER = Path(__file__).with_name("sheets")
CASES = [*texts.CASES, *columns.CASES, *meaning.CASES, *files.CASES, *workbooks.CASES]


def main() -> None:
    """Write everything, and remove what no case makes any more."""
    FOLDER.mkdir(exist_ok=True)
    names = [case.file for case in CASES]
    if len(names) != len(set(names)):
        raise SystemExit("Two cases make the same file.")
    for case in CASES:
        target = FOLDER / case.file
        possible = not case.needs or shutil.which(case.needs)
        if "--plans" not in sys.argv and possible:
            target.write_bytes(case.make())
        elif not target.exists():
            sys.stderr.write(f"{case.file} needs {case.needs}, which is not installed\n")
        drop = {"dropped_worksheet": case.worksheet} if case.worksheet else {}
        text = json.dumps({**drop, **case.expected}, ensure_ascii=False, indent=1)
        FOLDER.joinpath(f"{case.file}.plan.json").write_text(f"{text}\n", "utf-8")
    for path in FOLDER.iterdir():
        if path.name.removesuffix(".plan.json") not in names:
            path.unlink()
    sys.stdout.write(f"{len(CASES)} files in {FOLDER}\n")


if __name__ == "__main__":
    main()
