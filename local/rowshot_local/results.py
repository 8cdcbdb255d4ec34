"""The output folder of a run: results.csv, report.json, pictures and the contact sheet."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rowshot.reporting.contact_sheet import render_contact_sheet
from rowshot_local.stack import Stack
from rowshot_local.wording import report_here


def write_results(stack: Stack, run_id: str, out: Path) -> dict[str, Any]:
    """Fetches a finished run's results into a folder and returns its report.

    Pictures of earlier runs that this run does not show stay where they are.
    """
    inbox = stack.inbox
    report = report_here(json.loads(inbox.get(run_id, "report.json") or b"{}"))
    if not report["rows"]:
        return report  # nothing is known of rows: the last results stay as they are, all of them
    out.mkdir(parents=True, exist_ok=True)
    (out / "images").mkdir(exist_ok=True)
    shown = [row for row in report["rows"] if row["image_url"]]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda row: _fetch(stack, row, out), shown))
    results = inbox.get(run_id, "results.csv")
    if results is not None:
        _write(out / "results.csv", results)
    workbook = report.get("workbook") or {}
    if workbook.get("file"):
        _write(out / workbook["file"], inbox.get(run_id, workbook["file"]) or b"")
    page = render_contact_sheet(report, picture=_file, large=_file)
    _write(out / "index.html", page.encode())
    _write(out / "report.json", json.dumps(report, ensure_ascii=False, indent=1).encode())
    return report


def tables_of(report: Mapping[str, Any]) -> list[str]:
    """The names of a report's files in their folder, without its pictures."""
    workbook = (report.get("workbook") or {}).get("file")
    return ["index.html", "results.csv", *([workbook] if workbook else []), "report.json"]


def files_of(report: Mapping[str, Any]) -> list[str]:
    """The names of all of a report's files in their folder."""
    pictures = [row["file"] for row in report["rows"] if row["image_url"]]
    return [*tables_of(report), *pictures]


def _fetch(stack: Stack, row: Mapping[str, Any], out: Path) -> None:
    key = "images/" + row["image_url"].split("/images/", 1)[1]
    target = out / row["file"]
    bucket = stack.outputs["MediaBucket"]
    if target.is_file() and target.stat().st_size == row["bytes"] and _same(target, key):
        return
    _write(target, stack.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    (target.parent / ".sources").mkdir(exist_ok=True)
    _write(target.parent / ".sources" / f"{target.name}.key", key.encode())


def _same(target: Path, key: str) -> bool:
    """Whether a file in the folder is the very picture of this key."""
    note = target.parent / ".sources" / f"{target.name}.key"
    return note.is_file() and note.read_text() == key


def _write(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(data)
    temporary.replace(path)


def _file(row: Mapping[str, Any]) -> str | None:
    file: str | None = row["file"]
    return file
