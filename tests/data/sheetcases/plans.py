"""How an expected plan is written down. Nothing here knows Rowshot's code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

QWEN = "qwen-image-2.0"
FLUX = "flux-schnell/text-to-image"
PRICES = {QWEN: "0.025", FLUX: "0.005", "gpt-image-2/text-to-image": "0.03"}
SHAPES = {QWEN: ("size", "2048*2048"), FLUX: ("aspect_ratio", "1:1")}


def ready(row: int, slug: str, prompt: str, *, model: str = QWEN, cost: str | None = None,
          warnings: tuple[str, ...] = (), redo: str | None = None, approved: bool = False,
          **fields: Any) -> dict[str, Any]:
    """A row that can be rendered; its shape is the model's usual one unless ``fields`` says."""
    name, usual = SHAPES.get(model, ("aspect_ratio", None))
    shape = {name: usual} if usual and name not in fields else {}
    return {
        "row": row, "slug": slug, "status": "ready", "reasons": [], "model": model,
        "input": {"prompt": prompt, **shape, **fields}, "cost_usd": cost or PRICES[model],
        "redo": redo, "approved": approved, "warnings": list(warnings),
    }


def invalid(row: int, slug: str, *reasons: str, model: str = QWEN,
            warnings: tuple[str, ...] = (), redo: str | None = None,
            approved: bool = False) -> dict[str, Any]:
    """A row that cannot be rendered, with every reason."""
    return {
        "row": row, "slug": slug, "status": "invalid", "reasons": list(reasons), "model": model,
        "input": {}, "cost_usd": "0", "redo": redo, "approved": approved,
        "warnings": list(warnings),
    }


def plan(*rows: dict[str, Any], format: str = "csv", encoding: str | None = "utf-8",
         delimiter: str | None = ",", worksheet: str | None = None, header_row: int = 1,
         warnings: tuple[str, ...] = ()) -> dict[str, Any]:
    """The plan of a sheet that can be read."""
    return {
        "format": format, "encoding": encoding, "delimiter": delimiter, "worksheet": worksheet,
        "header_row": header_row, "warnings": list(warnings), "rows": list(rows),
        "estimate_usd": str(sum((Decimal(row["cost_usd"]) for row in rows), Decimal(0))),
    }


def workbook(*rows: dict[str, Any], format: str = "xlsx", worksheet: str = "Sheet",
             header_row: int = 1, warnings: tuple[str, ...] = ()) -> dict[str, Any]:
    """The plan of a workbook."""
    return plan(*rows, format=format, encoding=None, delimiter=None, worksheet=worksheet,
                header_row=header_row, warnings=warnings)


def refused(sentence: str) -> dict[str, Any]:
    """What is said of a file that is no sheet."""
    return {"error": sentence}


@dataclass(frozen=True)
class Case:
    """One file of the corpus.

    Args:
        file: Its name.
        make: Writes its bytes.
        expected: Its plan.
        worksheet: The worksheet that the drop names.
        needs: The program that ``make`` needs, empty when Python is enough.
    """

    file: str
    make: Callable[[], bytes]
    expected: dict[str, Any]
    worksheet: str | None = None
    needs: str = ""
    tags: tuple[str, ...] = field(default=())
