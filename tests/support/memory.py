"""How many bytes a function holds with the largest sheet.

``python -m support.memory plan csv FOLDER`` prints it. What Plan writes is kept in the folder, for
the other functions begin with it: ``python -m support.memory finish csv FOLDER``.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl import Workbook

from rowshot.inbound.plan_run import Dropped
from rowshot.inbound.signing import SIGNATURE, TIMESTAMP, menu_secret, sign
from rowshot.ledger import keys
from rowshot.ledger.attribute_values import to_wire
from rowshot.ledger.records import Picture, Row, Run, RunStatus, Version
from rowshot.ledger.table import Update
from rowshot.ordering.dispatch import MOST_FINISHES
from rowshot.planning.plan_file import NAME, PlanFile, put_into_line
from rowshot.reading.limits import MAX_BYTES, MAX_ROWS
from rowshot.reading.origin import SheetOrigin
from rowshot.statuses import RowStatus
from rowshot.storage import WORKBOOK, XLSX
from support.apart import Apart, Held
from support.aws.expressions import plain
from support.deployed import MENU_SECRET
from support.live_world import TITLE
from support.options import EPOCH, INBOX, MEDIA_URL, Options
from support.sheets import table

RUNS = 5  # whose Plan died, for one pass of Sweep
ENDED = 2000  # rows of a halted run that one call of Dispatch ends together
_PLAYED_BY = {"give_up": "sweep"}  # the other scenes are called like their function
_TOLD = ("report.json", "results.csv")
_SPREADSHEET = "memory" * 7
_ROOM = MAX_BYTES // MAX_ROWS - 20  # bytes of a prompt, beside its key
_WORDS = "A jar of 茶 cream in soft light on a stone shelf, steam behind it. " * 30
_RICH = Decimal(1000)

Check = Callable[[Held], bool]
"""Whether the function did all that it was called for."""


def peak(scene: str, kind: str, folder: Path) -> int:
    """The most bytes that a function holds.

    Args:
        scene: One of ``SCENES``.
        kind: What the sheet is: ``csv`` of a Google Sheet, or ``xlsx``.
        folder: Where sheet and plan are kept; but for Plan, Plan must have been measured before.
    """
    sheet = folder / f"sheet.{kind}"
    if not sheet.exists():
        # In a process of its own: what writing it takes must not hide what the function takes.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            pool.submit(_write_sheet, sheet).result()
    options = Options(run_usd=_RICH, day_usd=_RICH)
    with TemporaryDirectory() as objects, Apart(options, Path(objects)) as world:
        payload, check = SCENES[scene](world, kind, folder)
        function = _PLAYED_BY.get(scene, scene)
        held = world.measure(function, payload)
        if not check(held):
            raise RuntimeError(f"{scene} did not do its work: {held.answer} {held.objects}")
        return held.peak


# ---------------------------------------------------------------------- scenes


def _plan(world: Apart, kind: str, folder: Path) -> tuple[Any, Check]:
    """The largest sheet, just dropped."""
    dropped, run_id = _dropped(world, kind, folder)

    def check(held: Held) -> bool:
        shutil.copy(held.objects[INBOX, f"runs/{run_id}/{NAME}"], folder / f"plan.{kind}")
        return _is_planned(world, run_id)

    return dropped, check


def _sweep(world: Apart, kind: str, folder: Path) -> tuple[Any, Check]:
    """Several runs of the largest sheet whose Plan died when it had kept its plan."""
    runs = [_open(world, kind, folder, f"{number:016x}") for number in range(RUNS)]
    overdue = {"due_at": 0, "started_at": EPOCH - 3000}
    for run in runs:
        world.ledger.table.write(Update(keys.run(run.id), set=overdue))
    return None, lambda held: all(_is_planned(world, run.id) for run in runs)


def _dispatch(world: Apart, kind: str, folder: Path) -> tuple[Any, Check]:
    """The largest run, cancelled by somebody when all its rows stood in the line."""
    run = _open(world, kind, folder)
    put_into_line(world.ledger, run, _kept(kind, folder))
    world.ledger.runs.halt(run.id, RunStatus.CANCELLED, "Cancelled.")

    def check(held: Held) -> bool:
        return MAX_ROWS - world.ledger.runs.get(run.id).open_rows >= ENDED

    return [{"run_id": run.id}], check


def _finish(world: Apart, kind: str, folder: Path) -> tuple[Any, Check]:
    """The largest run, all published; its Google Sheet shows nothing of that yet."""
    run = _published(world, kind, folder)
    written = (*_TOLD, *(["results.xlsx"] if kind == "xlsx" else []))

    def check(held: Held) -> bool:
        complete = {(INBOX, f"runs/{run.id}/{name}") for name in written} <= set(held.objects)
        return complete and (kind == "xlsx" or _is_shown(world))

    return {"run_id": run.id}, check


def _give_up(world: Apart, kind: str, folder: Path) -> tuple[Any, Check]:
    """The same, of which Finish never told: Sweep tells it in its place."""
    run = world.ledger.runs.get(_published(world, kind, folder).id)
    failed = {"due_at": 0, "finishes": MOST_FINISHES, "finish_for": run.changes}
    world.ledger.table.write(Update(keys.run(run.id), set=failed))

    def check(held: Held) -> bool:
        files = [held.objects.get((INBOX, f"runs/{run.id}/{name}")) for name in _TOLD]
        return all(file and b".webp" in file.read_bytes() for file in files)

    return None, check


def _write_back(world: Apart, kind: str, folder: Path) -> tuple[Any, Check]:
    """The same, with a pass over the Google Sheet."""
    run = _published(world, kind, folder)
    world.ledger.sheets.mark(run.sheet_id, 0)
    return {"run_id": run.id, "sheet_id": run.sheet_id}, lambda held: _is_shown(world)


def _drop(world: Apart, kind: str, folder: Path) -> tuple[Any, Check]:
    """A Google worksheet of the largest size, of which somebody asks the price."""
    _open_google(world)
    said = {"spreadsheet_id": _SPREADSHEET, "worksheet": TITLE, "mode": "price"}
    body, stamp = json.dumps(said), str(int(world.now()))
    signature = sign(menu_secret(MENU_SECRET, _SPREADSHEET), stamp, body.encode())

    def check(held: Held) -> bool:
        return json.loads(held.answer["body"]).get("counts") == {"ready": MAX_ROWS}

    return {"headers": {TIMESTAMP: stamp, SIGNATURE: signature}, "body": body}, check


SCENES: dict[str, Callable[[Apart, str, Path], tuple[Any, Check]]] = {
    "plan": _plan,
    "sweep": _sweep,
    "dispatch": _dispatch,
    "finish": _finish,
    "give_up": _give_up,
    "write_back": _write_back,
    "drop": _drop,
}

# ---------------------------------------------------------------------- what is there before


def _dropped(world: Apart, kind: str, folder: Path) -> tuple[Dropped, str]:
    """The largest sheet in the inbox, with the id of its run."""
    dropped = world.upload((folder / f"sheet.{kind}").read_bytes(), f"large.{kind}", **_live(kind))
    return dropped, world.run_id(dropped)


def _live(kind: str) -> dict[str, str]:
    return {"spreadsheet_id": _SPREADSHEET, "worksheet": TITLE} if kind == "csv" else {}


def _open(world: Apart, kind: str, folder: Path, run_id: str = "") -> Run:
    """A run of it whose plan is kept, and of which nothing else is written."""
    dropped, own = _dropped(world, kind, folder)
    run_id = run_id or own
    plan = folder / f"plan.{kind}"
    world.disk.stand(plan, Bucket=INBOX, Key=f"runs/{run_id}/{NAME}")
    source = SheetOrigin.of(dropped.key, {k.replace("_", "-"): v for k, v in _live(kind).items()})
    run = Run(
        run_id,
        RunStatus.PLANNING,
        INBOX,
        dropped.key,
        source.name,
        source.sheet_id,
        EPOCH,
        spreadsheet_id=source.spreadsheet_id,
        worksheet=source.worksheet,
        max_usd=_RICH,
    )
    return world.ledger.runs.open(run)


def _published(world: Apart, kind: str, folder: Path) -> Run:
    """A run of it, every row published."""
    run, plan = _open(world, kind, folder), _kept(kind, folder)
    rows = [_with_picture(row) for row in plan.rows(run.id)]
    world.ledger.runs.begin(run.id, rows=len(rows), queued=0, estimate=plan.estimate, base_round=0)
    world.ledger.rows.add(rows)
    for row in rows:
        assert row.picture
        world.dynamodb.items[keys.row(run.id, row.number)]["cost"] = Decimal("0.025")
        _remember(world, run.sheet_id, row.row_key, Version(1, row.render_id, row.picture, EPOCH))
    world.ledger.runs.planned(run.id)
    if kind == "xlsx":
        world.disk.stand(
            folder / "sheet.xlsx", Bucket=INBOX, Key=f"runs/{run.id}/{WORKBOOK}", ContentType=XLSX
        )
    else:
        _open_google(world)
        world.ledger.sheets.show(
            run.sheet_id,
            run_id=run.id,
            started_at=EPOCH,
            spreadsheet_id=_SPREADSHEET,
            worksheet=TITLE,
            header=plan.sheet["header"],
        )
    return run


def _remember(world: Apart, sheet_id: str, row_key: str, version: Version) -> None:
    """What ``add_version`` leaves, at a fraction of its cost."""
    key = keys.history(sheet_id, row_key)
    named = {"pk": key[0], "sk": key[1], "row_key": row_key, "newest": version.render_id}
    world.dynamodb._stand(key, plain(to_wire({**named, "versions": [version.item()]})))


def _with_picture(row: Row) -> Row:
    address = f"{MEDIA_URL}/images/{row.row_key}/{row.render_id}.webp"
    picture = Picture(address, 2048, 2048, 300_000)
    return replace(row, status=RowStatus.PUBLISHED, picture=picture, round=0, lane="")


def _open_google(world: Apart) -> None:
    """The sheet as it lies at Google."""
    grid = [["slug", "prompt"], *([*row.values()] for row in _rows())]
    world.google.create_spreadsheet("Large", {TITLE: grid}, spreadsheet_id=_SPREADSHEET)


def _kept(kind: str, folder: Path) -> PlanFile:
    return PlanFile((folder / f"plan.{kind}").read_bytes())


# ---------------------------------------------------------------------- what is there then


def _is_planned(world: Apart, run_id: str) -> bool:
    """Whether every row stands in the line."""
    run, partition = world.ledger.runs.get(run_id), keys.run(run_id)[0]
    items = (item for (pk, _), item in world.dynamodb.items.items() if pk == partition)
    standing = sum("place" in item for item in items)
    return run.planned and run.rows == run.open_rows == standing == MAX_ROWS


def _is_shown(world: Apart) -> bool:
    """Whether the Google Sheet shows every picture."""
    shown = world.shown(_SPREADSHEET, "image_url")
    return len(shown) == MAX_ROWS and all(shown.values())


# ---------------------------------------------------------------------- the sheet


def _rows() -> Iterator[dict[str, str]]:
    """As many rows as a sheet may have, with prompts that together are as long as a file may be."""
    for number in range(2, MAX_ROWS + 2):
        prompt = f"{number} {_WORDS}".encode()[:_ROOM].decode("utf-8", "ignore")
        yield {"slug": f"jar-{number}", "prompt": prompt}


def _write_sheet(path: Path) -> None:
    if path.suffix == ".csv":
        path.write_bytes(table(_rows()))
        return
    book = Workbook(write_only=True)
    page = book.create_sheet("products")
    page.append(["slug", "prompt"])
    for row in _rows():
        page.append([*row.values()])
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(out.getvalue())


if __name__ == "__main__":
    chosen, of, kept = sys.argv[1:]
    sys.stdout.write(f"{peak(chosen, of, Path(kept))}\n")
