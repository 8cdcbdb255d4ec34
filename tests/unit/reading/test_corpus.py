"""Every awkward sheet of the corpus has the plan that was written down for it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rowshot.errors import UnreadableSheet
from rowshot.models import Catalogue
from rowshot.reading import read_sheet
from rowshot.specs import RowSpec, meaning_of, read_specs

SHEETS = Path(__file__).parents[2] / "data" / "sheets"
PLANS = sorted(SHEETS.glob("*.plan.json"))


def row_of(spec: RowSpec) -> dict[str, Any]:
    return {
        "row": spec.number,
        "slug": spec.row_key,
        "status": "invalid" if spec.problems else "ready",
        "reasons": list(spec.problems),
        "model": spec.model,
        "input": spec.input,
        "cost_usd": str(spec.price),
        "redo": spec.redo,
        "approved": spec.approved,
        "warnings": list(spec.warnings),
    }


def plan_of(data: bytes, name: str, worksheet: str | None) -> dict[str, Any]:
    try:
        sheet = read_sheet(data, name=name, worksheet=worksheet)
        specs = read_specs(sheet, Catalogue.from_package())
    except UnreadableSheet as exc:
        return {"error": exc.message}
    return {
        "format": sheet.format,
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "worksheet": sheet.worksheet,
        "header_row": sheet.header_row,
        "warnings": list(meaning_of(sheet, Catalogue.from_package()).warnings),
        "rows": [row_of(spec) for spec in specs],
        "estimate_usd": str(sum((spec.price for spec in specs), Decimal(0))),
    }


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.name.removesuffix(".plan.json"))
def test_plan(plan: Path) -> None:
    expected = json.loads(plan.read_text("utf-8"))
    worksheet = expected.pop("dropped_worksheet", None)
    name = plan.name.removesuffix(".plan.json")
    assert plan_of(SHEETS.joinpath(name).read_bytes(), name, worksheet) == expected


def test_corpus_is_whole() -> None:
    files = {path.name for path in SHEETS.iterdir() if not path.name.endswith(".plan.json")}
    assert files == {path.name.removesuffix(".plan.json") for path in PLANS}
    assert len(files) >= 40
