"""Rowshot on this machine: the simulators that are needed, the engine, and the template on it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from rowshot.clock import Clock
from rowshot_local.engine import Connection, Engine, Outcome, attach, deploy
from rowshot_local.engine import outputs as outputs_of
from rowshot_local.environment import PROJECT, Google, Target
from rowshot_local.kept import Kept, check_kind
from rowshot_local.picture_origin import picture_origin
from rowshot_local.stack import Stack
from rowshot_local.worksheets import Worksheets, start_worksheets
from rowshot_simulators.hiapi import HiapiSimulator, SimulatorOptions, start_simulator

STACK = "rowshot"


# What follows a row: pictures would wait for these to start.
_READY = ("SubmitFunction", "PollFunction", "PublishFunction")


@dataclass(frozen=True)
class LocalStack:
    """What runs on this machine.

    Args:
        stack: The deployed stack.
        engine: The engine that it runs on.
        hiapi_url: The hiapi server that it talks to.
        simulator: The built-in simulator, None when another server is used.
        worksheets: Where the runs' Google worksheets are.
        moved: Whether the engine had to take another port, so that old URLs do not open.
        recovery: A sentence about a state that was not shut down cleanly, empty otherwise.
    """

    stack: Stack
    engine: Connection
    hiapi_url: str
    simulator: HiapiSimulator | None
    worksheets: Worksheets
    moved: bool
    recovery: str


@contextmanager
def start_local_stack(
    state: Path,
    target: Target,
    *,
    time_scale: float,
    max_usd: Decimal | None = None,
    google: Google | None = None,
    simulator_options: SimulatorOptions | None = None,
    parameters: dict[str, str] | None = None,
    renders: bool = True,
) -> Iterator[LocalStack]:
    """Starts everything on the kept state, and stops it however the block ends.

    Args:
        state: The folder that keeps ledger, pictures and ports.
        target: The hiapi server.
        time_scale: Wall seconds per nominal second, for simulator, clock and engine alike.
        max_usd: The limit of one run, None for the template's.
        google: The Google Sheets server, None for the built-in simulator.
        simulator_options: How the built-in simulator behaves; its scale and files are set here.
        parameters: Further template parameters.
        renders: Whether pictures will be made, so that the folder is of the target's kind.

    Raises:
        ConfigurationError: The folder holds simulated pictures and real ones are wanted, or the
            other way round.
    """
    if renders:
        check_kind(state, simulated=target.simulated)
    state.mkdir(parents=True, exist_ok=True)
    with ExitStack() as cleanup:
        engine = cleanup.enter_context(Engine(state, wait_scale=time_scale, ready=_READY))
        cleanup.enter_context(_logged_to(state / "simulators.log"))
        simulator = None
        token = target.token
        if target.simulated:
            simulator = cleanup.enter_context(
                _simulator(state, time_scale, simulator_options or SimulatorOptions())
            )
            token = simulator.token
        url = simulator.base_url if simulator else str(target.base_url)
        worksheets = cleanup.enter_context(start_worksheets(state, time_scale, google))
        chosen = {
            "HiapiBaseUrl": url,
            "HiapiOutputUrl": simulator.output_url if simulator else picture_origin(url),
            "SheetsBaseUrl": worksheets.base_url,
            "TimeScale": f"{time_scale:g}",
            "LocalEngine": "true",
            "SheetMenu": "true",
            **({"MaxRunUsd": str(max_usd)} if max_usd is not None else {}),
            **(parameters or {}),
        }
        simulated = target.simulated if renders else None
        outputs = _deploy(engine, state, chosen, simulated=simulated)
        secrets = engine.client("secretsmanager")
        secrets.put_secret_value(SecretId=outputs["HiapiTokenSecret"], SecretString=token)
        secrets.put_secret_value(
            SecretId=outputs["GoogleServiceAccountSecret"], SecretString=worksheets.service_account
        )
        stack = Stack(outputs, engine.client, Clock(time_scale), target.simulated, local=True)
        crashed = engine.recovery.outcome in (Outcome.RECOVERED, Outcome.LOST)
        recovery = engine.recovery.sentence() if crashed else ""
        yield LocalStack(stack, engine, url, simulator, worksheets, engine.port_changed, recovery)


@contextmanager
def kept_stack(state: Path) -> Iterator[Stack | None]:
    """The stack of a state folder as it is, for looking at it: nothing is deployed or rendered.

    An engine that another command runs there is used; otherwise one is started meanwhile. None
    where no stack was ever deployed.
    """
    if Kept.read(state) is None:
        yield None
        return
    with attached_stack(state) as running:
        if running is not None:
            yield running
            return
    with Engine(state, wait_scale=1.0) as engine:
        kept = _as_kept(engine, state)
        yield replace(kept, at_rest=True) if kept else None


@contextmanager
def attached_stack(state: Path) -> Iterator[Stack | None]:
    """The stack on the engine that another command runs in a state folder; None without one."""
    running = attach(state) if Kept.read(state) else None
    if running is None:
        yield None
        return
    with closing(running):
        yield _as_kept(running, state)


def _as_kept(engine: Connection, state: Path) -> Stack | None:
    found, kept = outputs_of(engine, STACK), Kept.read(state)
    if found is None or kept is None:
        return None
    outputs = {**found, "MediaBaseUrl": engine.cdn_url(found["CdnDomain"])}
    return Stack(outputs, engine.client, Clock(kept.time_scale), bool(kept.simulated), local=True)


def _deploy(
    engine: Engine, state: Path, parameters: dict[str, str], *, simulated: bool | None
) -> dict[str, str]:
    """Deploys the template; the CDN's address is known only after the first time."""
    kept = Kept.read(state) or Kept()
    domain = kept.domain
    if domain:
        parameters = {**parameters, "MediaBaseUrl": engine.cdn_url(domain)}
    outputs = deploy(engine, PROJECT / "template.yaml", STACK, parameters)
    if outputs["CdnDomain"] != domain:
        parameters = {**parameters, "MediaBaseUrl": engine.cdn_url(outputs["CdnDomain"])}
        outputs = deploy(engine, PROJECT / "template.yaml", STACK, parameters)
    kind = kept.simulated if simulated is None else simulated
    Kept(outputs["CdnDomain"], float(parameters["TimeScale"]), kind).write(state)
    return outputs


@contextmanager
def _logged_to(path: Path) -> Iterator[None]:
    """Keeps the simulators' own errors out of the terminal, where nobody can act on them."""
    logger = logging.getLogger("uvicorn.error")
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated
        handler.close()


@contextmanager
def _simulator(
    state: Path, time_scale: float, options: SimulatorOptions
) -> Iterator[HiapiSimulator]:
    """The built-in simulator, on the ports of last time where they are free.

    Keeping them spares a change of the stack; keeping its journal makes it remember, as hiapi
    would, what was ordered before a crash.
    """
    note = state / "simulator.json"
    ports = json.loads(note.read_text()) if note.is_file() else {}
    wanted = replace(
        options,
        time_scale=time_scale,
        state_file=options.state_file or state / "simulator.journal",
        port=ports.get("port", 0),
        output_port=ports.get("output_port", 0),
    )
    try:
        simulator = start_simulator(wanted)
    except OSError:
        simulator = start_simulator(replace(wanted, port=0, output_port=0))
    with simulator:
        note.write_text(
            json.dumps(
                {"port": _port(simulator.base_url), "output_port": _port(simulator.output_url)}
            )
        )
        yield simulator


def _port(url: str) -> int:
    return int(url.rsplit(":", 1)[1].split("/")[0])
