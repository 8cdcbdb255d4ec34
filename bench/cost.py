"""What AWS charges for a picture, from what a real local run made it do."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.batches import sheet
from bench.report import Line, Result, keep, kept
from bench.usage import Usage
from bench.virtual import BenchWorld, Options, through_virtual_time

PRICES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "prices.json").read_text(encoding="utf-8")
)
_USD: Mapping[str, float] = PRICES["usd"]
_PUTS, _GETS = 4, 2  # three widths and a row's share of the run's files; a look for the picture
_VIEWS = 10  # times that each picture is shown in its first month
_AWAY = ("sweep",)  # runs every minute, pictures or not
_MANY = (1, 3, 6, 10, 20)  # sheets at once
_MANY_ROWS = 20  # of each of them


def run() -> Result:
    one, three = _usage("throughput"), _usage("sheets")
    alone = _virtual(1, 60, patient=True)
    together = _virtual(3, 20, patient=True)
    before = _virtual(1, 60, patient=False)
    small = replace(one, memory_mb={**one.memory_mb, "submit": 128, "poll": 128})
    shares = {
        "one sheet of 60 rows": _price(one, alone),
        "three sheets of 20 rows at once": _price(three, together),
        "variant: Submit and Poll with 128 MB": _price(small, alone),
        "variant: every look a round of the state machine": _price(_rounds(one, before), before),
    }
    lines = [_share(what, parts) for what, parts in shares.items()]
    first = shares["one sheet of 60 rows"]
    lines += [Line(f"of it {name}, %", f"{_percent(usd):.2f}") for name, usd in first.items()]
    lines.append(Line("state transitions a row", f"{one.transitions / one.rows:.1f}"))
    lines.append(
        Line(f"and {_VIEWS} views from the CDN, % (not in the share)", f"{_views(one):.2f}")
    )
    lines += [line for sheets in _MANY for line in _together(one, sheets)]
    return Result(
        "cost",
        "AWS cost of a picture at $0.025",
        lines,
        notes=[
            f"Prices of {PRICES['region']}, {PRICES['date']}, without free tiers "
            f"(`bench/prices.json`; looked up: {PRICES['looked_up']}).",
            "Transitions, requests, GB-seconds (configured memory, seconds as billed on this "
            "machine, waiting in place included), log bytes and stored bytes are read from the "
            "histories and logs of the runs above; DynamoDB's units from the same steps on "
            "virtual time.",
            "On AWS a function of 256 MB has a seventh of a processor, so that its working time, "
            "about 0.1 s a look here, is longer; its waiting, most of the seconds, is not.",
            "Sweep runs every minute whether there is work or not: about $0.04 a month in all.",
        ],
    )


def _together(one: Usage, sheets: int) -> list[Line]:
    """Sheets that are dropped at the same moment, on virtual time."""
    rows = sheets * _MANY_ROWS
    world = _virtual(sheets, _MANY_ROWS, patient=True)
    grown = {name: round(count * rows / one.rows) for name, count in one.calls.items()}
    seconds = {name: each * rows / one.rows for name, each in one.seconds.items()}
    steps = ("dispatch", "submit", "poll", "publish")
    usage = replace(
        one,
        rows=rows,
        calls=Counter({**grown, **{name: world.calls[name] for name in steps}}),
        seconds={**seconds, **{name: world.seconds[name] for name in steps[1:]}},
        transitions=sum(1 + len(each.visited) for each in world.executions()),
        log_bytes=round(one.log_bytes * rows / one.rows),
    )
    meter = world.meter
    units = f"{meter.write_units / rows:.1f} written, {meter.read_units / rows:.1f} read"
    what = (
        f"{sheets} sheets of {_MANY_ROWS} rows" if sheets > 1 else f"1 sheet of {_MANY_ROWS} rows"
    )
    share = _percent(sum(_price(usage, world).values()))
    transitions = usage.transitions / rows
    return [
        # The others are short: they pay for learning how long their pictures take.
        bounded(f"{what} on virtual time, %", share, 1.3)
        if sheets == _MANY[-1]
        else Line(f"{what} on virtual time, %", f"{share:.2f}"),
        Line("transitions a row", f"{transitions:.2f}", needed="≤ 7.5", met=transitions <= 7.5),
        Line("units of the ledger a row", units),
    ]


def _usage(name: str) -> Usage:
    """What a batch in real time used; the batch is run if it never was."""
    found = kept(name)
    if found is None:
        found = importlib.import_module(f"bench.{name}").run()
        keep(found)
    return Usage.from_json(found.raw["usage"])


def _virtual(sheets: int, rows: int, *, patient: bool) -> BenchWorld:
    data = [sheet(f"cost{number}", rows) for number in range(sheets)]
    options = Options(seed=60)
    return through_virtual_time(data, options, patient=patient)[1]


def _rounds(usage: Usage, world: BenchWorld) -> Usage:
    """The same run if every wait had been the state machine's."""
    steps = {name: world.calls[name] for name in ("submit", "poll", "publish")}
    calls = Counter({**usage.calls, **steps})
    seconds = {**usage.seconds, **{name: world.seconds[name] for name in steps}}
    transitions = sum(1 + len(each.visited) for each in world.executions())
    return replace(usage, calls=calls, seconds=seconds, transitions=transitions)


def _price(usage: Usage, world: BenchWorld) -> dict[str, float]:
    """USD a picture by what it is charged for."""
    calls = {name: count for name, count in usage.calls.items() if name not in _AWAY}
    gb_seconds = sum(usage.seconds[name] * usage.memory_mb[name] / 1024 for name in calls)
    rows = usage.rows
    ledger_rows = sum(1 for _, sort in world.dynamodb.items if sort.startswith("ROW#"))
    return {
        "Step Functions": usage.transitions / rows * _USD["states_transition"],
        "Lambda": (
            sum(calls.values()) * _USD["lambda_request"] + gb_seconds * _USD["lambda_gb_second"]
        )
        / rows,
        "DynamoDB": (
            world.meter.write_units * _USD["dynamodb_write_unit"]
            + world.meter.read_units * _USD["dynamodb_read_unit"]
        )
        / ledger_rows,
        "S3, with a month of storage": _PUTS * _USD["s3_put"]
        + _GETS * _USD["s3_get"]
        + usage.picture_bytes / 1e9 * _USD["s3_gb_month"],
        "logs, traces and queue": usage.log_bytes / rows / 1e9 * _USD["logs_gb"]
        + _USD["xray_trace"]
        + 3 * (calls.get("write-back", 0) + calls.get("dispatch", 0)) / rows * _USD["sqs_request"],
    }


def _share(what: str, parts: Mapping[str, float]) -> Line:
    share = _percent(sum(parts.values()))
    if what.startswith("variant: Submit"):
        return Line(f"{what}, %", f"{share:.2f}", needed="< 2 %", met=share < 2)
    if what.startswith("variant"):
        return Line(f"{what}, %", f"{share:.2f}")
    if what.startswith("three"):
        return Line(f"{what}, %", f"{share:.2f}")
    return bounded(f"{what}, %", share, 1.25)


def bounded(what: str, share: float, most: float) -> Line:
    """A share that must not be larger."""
    return Line(what, f"{share:.2f}", needed=f"≤ {most:g} %", met=share <= most)


def _views(usage: Usage) -> float:
    usd = _USD["cloudfront_request"] + usage.picture_bytes / 1e9 * _USD["cloudfront_gb"]
    return _percent(_VIEWS * usd)


def _percent(usd: float) -> float:
    return 100 * usd / _USD["picture"]
