from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from rowshot.telemetry.metrics import NULL_METER, Emf, Figure


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> Emf:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "shop")
    return Emf()


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_call_prints_one_line_that_cloudwatch_reads(
    meter: Emf, capsys: pytest.CaptureFixture[str]
) -> None:
    meter.add(Figure.SPENT_USD, Decimal("0.025"))
    meter.add(Figure.SPENT_USD, Decimal("0.05"))
    meter.add(Figure.RENDER_SECONDS, 31.5)
    meter.flush()
    (line,) = printed(capsys)
    (described,) = line["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "Rowshot"
    assert described["Dimensions"] == [["service"]]
    assert described["Metrics"] == [
        {"Name": "SpentUsd", "Unit": "None"},
        {"Name": "RenderSeconds", "Unit": "Seconds"},
    ]
    assert line["service"] == "shop"
    assert line["SpentUsd"] == [0.025, 0.05]
    assert line["RenderSeconds"] == [31.5]


def test_a_kind_is_counted_by_itself_and_in_all(
    meter: Emf, capsys: pytest.CaptureFixture[str]
) -> None:
    meter.add(Figure.FAILURES, kind="too slow")
    meter.add(Figure.FAILURES, kind="too slow")
    meter.add(Figure.FAILURES, kind="picture lost")
    meter.flush()
    found = {line.get("kind"): line["Failures"] for line in printed(capsys)}
    assert found == {None: [1, 1, 1], "too slow": [1, 1], "picture lost": [1]}


def test_nothing_noted_prints_nothing(meter: Emf, capsys: pytest.CaptureFixture[str]) -> None:
    NULL_METER.add(Figure.ORDERS_PLACED)
    meter.flush()
    meter.add(Figure.ORDERS_PLACED)
    meter.flush()
    meter.flush()
    assert len(printed(capsys)) == 1


def test_what_a_failing_call_noted_is_printed(
    meter: Emf, capsys: pytest.CaptureFixture[str]
) -> None:
    @meter.flushed
    def handler(event: Any, context: Any) -> None:
        meter.add(Figure.ORDERS_PLACED)
        raise RuntimeError("after the order")

    with pytest.raises(RuntimeError):
        handler({}, None)
    (line,) = printed(capsys)
    assert line["OrdersPlaced"] == [1]


def test_names_say_their_units() -> None:
    units = {figure: figure.unit.value for figure in Figure}
    assert {figure: unit for figure, unit in units.items() if unit != "Count"} == {
        Figure.RESERVED_USD: "None",
        Figure.SPENT_USD: "None",
        Figure.DAY_RESERVED_USD: "None",
        Figure.RENDER_SECONDS: "Seconds",
        Figure.WRITE_BACK_LAG_SECONDS: "Seconds",
        Figure.OLDEST_ROW_SECONDS: "Seconds",
    }
