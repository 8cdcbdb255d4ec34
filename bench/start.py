"""How long each handler takes to its first answer, beside a handler that only has boto3."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.batches import sheet
from bench.cold import BARE, EMPTY, Start, lay_out, start
from bench.report import ROOT, Line, Result
from rowshot.inbound.plan_run import Dropped, run_id_of
from rowshot.planning.plan_file import read_job
from rowshot_local.environment import Target
from rowshot_local.local_stack import LocalStack, start_local_stack
from rowshot_simulators.hiapi import SimulatorOptions

ROUNDS = 7
SCALE = 0.01
_FOLDERS = {
    "plan": "submit",
    "dispatch": "submit",
    "submit": "submit",
    "poll": "poll",
    "sweep": "poll",
    "publish": "publish",
    "write_back": "publish",
    "finish": "publish",
    "finish with a Google Sheet": "publish",
}
# They cannot do without Pillow, or without gspread: Finish makes a sheet's last passes.
_HEAVIER = ("publish", "write_back", "finish with a Google Sheet")


def run() -> Result:
    with tempfile.TemporaryDirectory(prefix="rowshot-bench-") as folder:
        starts = _measure(Path(folder))
    return Result(
        "start",
        "Cold start, init and first call",
        [*_lines(starts), *_sizes()],
        notes=[
            f"Processor milliseconds, median of {ROUNDS} fresh interpreters each, in turn; a first "
            "call is a real one, against the local engine and the simulated hiapi.",
            "Each interpreter sees only its function's folder, the core, the packages of the layer "
            "and the runtime's boto3. The peer imports boto3, makes one client and reads one item.",
            "In brackets the import's part, and the most memory that the process had.",
        ],
        raw={
            name: {"cpu_ms": _ms(each, "total_cpu"), "wall_ms": _ms(each, "total")}
            for name, each in starts.items()
        },
    )


def _measure(folder: Path) -> dict[str, list[Start]]:
    layer, runtime = lay_out(folder)
    for name, source in (("bare", BARE), ("empty", EMPTY)):
        (folder / name).mkdir()
        (folder / name / f"{name}.py").write_text(source, encoding="utf-8")
    starts: dict[str, list[Start]] = defaultdict(list)
    options = SimulatorOptions(max_edge=2048)
    with start_local_stack(
        folder / "state", Target(None, "", SCALE), time_scale=SCALE, simulator_options=options
    ) as local:
        _quieten(local)
        paths = [ROOT / "layers/shared", layer, runtime]
        for number in range(ROUNDS):
            table = {"table": local.stack.outputs["LedgerTable"]}
            for name in ("bare", "empty"):
                own = [folder / name, runtime]
                starts[name].append(start(own, name, table, _environment(local, {})))
            for name, event in _events(local, number):
                own, module = [ROOT / "functions" / _FOLDERS[name], *paths], name.split()[0]
                starts[name].append(start(own, module, event, _settings(local, module)))
    return starts


def _events(local: LocalStack, number: int) -> Iterator[tuple[str, Any]]:
    """Takes one row all the way; each event is only made when the one before it was answered."""
    key, data = f"sheets/start-{number}.csv", sheet(f"round{number}", 1)
    event, run_id = _drop(local, key, data, local.worksheets.load(data, key))
    yield "plan", event
    yield "dispatch", {"Records": [{"body": json.dumps({"run_id": run_id})}]}
    (row,) = local.stack.ledger.rows.of_run(run_id)
    found = read_job(local.stack.inbox, row)
    job = json.loads(found.line()) if found else {}
    state = {"job": job, "execution": row.execution}
    yield "submit", state
    time.sleep(60 * SCALE)  # the longest that a picture takes
    yield "poll", state
    yield "publish", state
    message = {"run_id": run_id, "sheet_id": job["sheet_id"]}
    yield "write_back", {"Records": [{"messageId": "1", "body": json.dumps(message)}]}
    yield "finish with a Google Sheet", {"run_id": run_id}
    event, run_id = _drop(local, f"sheets/plain-{number}.csv", data, {})
    yield "plan", event
    yield "finish", {"run_id": run_id}
    yield "sweep", {}


def _drop(local: LocalStack, key: str, data: bytes, names: Mapping[str, str]) -> tuple[Any, str]:
    """Puts a sheet into the inbox: what S3 tells Plan of it, and its run's id."""
    bucket = local.stack.outputs["InboxBucket"]
    metadata = {title: quote(value) for title, value in names.items()}
    put = local.engine.client("s3").put_object(Bucket=bucket, Key=key, Body=data, Metadata=metadata)
    version = put["VersionId"]
    entry = {"bucket": {"name": bucket}, "object": {"key": key, "versionId": version}}
    return {"Records": [{"s3": entry}]}, run_id_of(bucket, Dropped(key, version))


def _quieten(local: LocalStack) -> None:
    """Keeps the engine's own functions out of the way."""
    client = local.engine.client
    client("s3").put_bucket_notification_configuration(
        Bucket=local.stack.outputs["InboxBucket"], NotificationConfiguration={}
    )
    nothing = {"StartAt": "Nothing", "States": {"Nothing": {"Type": "Succeed"}}}
    for machine in ("StateMachine", "FinishMachine"):
        client("stepfunctions").update_state_machine(
            stateMachineArn=local.stack.outputs[machine], definition=json.dumps(nothing)
        )
    for rule in client("events").list_rules()["Rules"]:
        client("events").disable_rule(Name=rule["Name"])
    for mapping in client("lambda").list_event_source_mappings()["EventSourceMappings"]:
        client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def _settings(local: LocalStack, name: str) -> dict[str, str]:
    wanted = f"{name.replace('_', '')}function"
    for function in local.engine.client("lambda").list_functions()["Functions"]:
        if wanted in function["FunctionName"].lower():
            return _environment(local, function.get("Environment", {}).get("Variables", {}))
    raise RuntimeError(f"the template has no function for {name}")


def _environment(local: LocalStack, settings: Mapping[str, str]) -> dict[str, str]:
    return {
        **settings,
        "AWS_ENDPOINT_URL": local.engine.endpoint_url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": local.engine.key,
        "AWS_SECRET_ACCESS_KEY": local.engine.key,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _lines(starts: Mapping[str, list[Start]]) -> list[Line]:
    bare = _ms(starts["bare"], "total_cpu")
    lines = [Line("empty handler, ms", f"{_ms(starts['empty'], 'total_cpu'):.0f}", f"{bare:.0f}")]
    for name in _FOLDERS:
        ours = _ms(starts[name], "total_cpu")
        bound = 4.0 if name in _HEAVIER else 2.5
        peak = max(each.peak_mb for each in starts[name])
        imports = _ms(starts[name], "init_cpu")
        what = f"{name.replace('_', '-')}, ms (import {imports:.0f}; {peak:.0f} MB)"
        lines.append(
            Line(
                what,
                f"{ours:.0f}",
                f"{bare:.0f}",
                ours / bare,
                f"≤ {bound:g}",
                ours <= bound * bare,
            )
        )
    return lines


def _ms(starts: list[Start], what: str) -> float:
    return 1000 * statistics.median(float(getattr(each, what)) for each in starts)


def _sizes() -> list[Line]:
    """Code that travels with a function; the third-party layer's size is its built artifact's."""
    lines = []
    for name, folder in (
        ("functions/submit", ROOT / "functions/submit"),
        ("functions/poll", ROOT / "functions/poll"),
        ("functions/publish", ROOT / "functions/publish"),
        ("layer of Rowshot's own code", ROOT / "layers/shared"),
        ("layer of third-party code", ROOT / ".aws-sam/build/DepsLayer"),
    ):
        if folder.is_dir():
            lines.append(Line(f"size of {name}, KB", f"{_size(folder) / 1000:.0f}"))
    return lines


def _size(folder: Path) -> int:
    files = (file for file in folder.rglob("*") if "__pycache__" not in file.parts)
    return sum(file.stat().st_size for file in files if file.is_file())
