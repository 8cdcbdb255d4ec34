"""Amounts of money as text: exact, and written in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.money import dollars, parse_usd, usd

ROOT = Path(__file__).resolve().parents[2]
CODE = (ROOT / "layers/shared/rowshot", ROOT / "local/rowshot_local")
# They format the limit of a budget for a stored sentence, and a price that a sheet's cell holds.
OWN = {"substitution.py"}
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=6)


@pytest.mark.parametrize(
    ("amount", "person", "machine"),
    [
        ("0", "$0.00", "0"),
        ("0.0250", "$0.025", "0.025"),
        ("20", "$20.00", "20"),
        ("20.2500", "$20.25", "20.25"),
        ("1E+3", "$1,000.00", "1000"),
        ("1234567.5", "$1,234,567.50", "1234567.5"),
    ],
)
def test_people_and_machines_read_the_same_amount(amount: str, person: str, machine: str) -> None:
    assert (dollars(Decimal(amount)), usd(Decimal(amount))) == (person, machine)


@given(AMOUNTS)
def test_nothing_is_rounded(amount: Decimal) -> None:
    assert parse_usd(usd(amount)) == amount
    assert parse_usd(dollars(amount).lstrip("$").replace(",", "")) == amount


def _dollar_signs(source: str) -> Iterator[int]:
    """Lines on which a figure is put behind a dollar sign by hand."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            for before, figure in zip(node.values, node.values[1:], strict=False):
                if (
                    isinstance(before, ast.Constant)
                    and str(before.value).endswith("$")
                    and isinstance(figure, ast.FormattedValue)
                ):
                    yield figure.lineno


def test_no_other_module_writes_money() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in CODE
        for path in folder.rglob("*.py")
        if path.name not in {"money.py", *OWN}
        for line in _dollar_signs(path.read_text("utf-8"))
    ]
    assert not found, f"{', '.join(found)}: let money.py write the amount"
    assert list(_dollar_signs('x = f"costs ${price}"')) == [1]
