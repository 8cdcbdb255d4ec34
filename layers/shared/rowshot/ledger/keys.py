"""Where each kind of item stands in the table.

=====================  ======================  ==================================================
partition              sort key                item
=====================  ======================  ==================================================
``RUN#<run id>``       ``RUN``                 a run
``RUN#<run id>``       ``ROW#<number>``        a row of it, numbered as in the sheet
``RUNS``               ``RUN#<place>``         which runs there are, the latest first
``RENDER#<render id>`` ``RENDER``              a render and its current attempt
``RENDER#<render id>`` ``PICTURE#<folder>``    its stored picture under one slug
``ACCOUNT``            ``GATE``                slots, rows at work, pace and pause
``LINE#<lane>``        ``<turn>``              a row whose turn has not come; a lane is a model
``RENDER#<render id>`` ``WAIT#<turn>``         a row that waits until the render settles
``DAY#<date>``         ``BUDGET``              what was reserved on that day (UTC)
``SHEET#<sheet id>``   ``KEY#<hash>``          what is remembered of a sheet's row
``SHEET#<sheet id>``   ``MARK``                its worksheet, with the write-back's mark and lease
``SHEET#<sheet id>``   ``LAYOUT``              where its worksheet's columns are
``MODEL#<model>``      ``LATENCY``             its recent latencies
``MODELS``             ``LEARNED#<model>``     its lists and prices as they were learned
``SHEETS``             ``PACE``                the shared pace towards Google
``ASKED#<signature>``  ``ASKED``               a signed request that was answered
=====================  ======================  ==================================================

One index, keys only: ``open`` (items with the attributes ``open`` and ``due_at``: what somebody
must look after).
"""

from __future__ import annotations

import hashlib

from rowshot.ledger.records import Turn
from rowshot.ledger.table import Key

ACCOUNT: Key = ("ACCOUNT", "GATE")
PACE: Key = ("SHEETS", "PACE")
RUNS = "RUNS"
WAIT = "WAIT#"
ROW = "ROW#"
KEY = "KEY#"
_END_OF_TIME = 10**14 - 1  # milliseconds: the year 5138


def run(run_id: str) -> Key:
    """The key of a run."""
    return f"RUN#{run_id}", "RUN"


def recent(started_at: float, run_id: str) -> Key:
    """The key under which a run stands among all runs; later ones sort before earlier ones."""
    return RUNS, f"RUN#{_END_OF_TIME - round(started_at * 1000):014d}#{run_id}"


def row(run_id: str, number: int) -> Key:
    """The key of a row; numbers sort as in the sheet."""
    return f"RUN#{run_id}", f"{ROW}{number:06d}"


def render(render_id: str) -> Key:
    """The key of a render."""
    return f"RENDER#{render_id}", "RENDER"


def line(lane: str) -> str:
    """The partition of a lane of the line."""
    return f"LINE#{lane}"


def waiting(render_id: str, turn: Turn) -> Key:
    """The key of a row that waits with a render."""
    return f"RENDER#{render_id}", f"{WAIT}{turn.sort_key()}"


def picture(render_id: str, folder: str) -> Key:
    """The key of a render's stored picture in one folder (a slug, or a hash in its place)."""
    return f"RENDER#{render_id}", f"PICTURE#{folder}"


def day(date: str) -> Key:
    """The key of a day's budget."""
    return f"DAY#{date}", "BUDGET"


def history(sheet_id: str, row_key: str) -> Key:
    """The key of what is remembered of a row; the row key itself may be long or personal."""
    return f"SHEET#{sheet_id}", f"{KEY}{hashlib.sha256(row_key.encode()).hexdigest()[:32]}"


def mark(sheet_id: str) -> Key:
    """The key of a sheet's write-back mark."""
    return f"SHEET#{sheet_id}", "MARK"


def layout(sheet_id: str) -> Key:
    """The key of what is remembered of a worksheet's columns."""
    return f"SHEET#{sheet_id}", "LAYOUT"


def asked(signature: str) -> Key:
    """The key of a signed request."""
    return f"ASKED#{signature}", "ASKED"


def latency(model: str) -> Key:
    """The key of a model's recent latencies."""
    return f"MODEL#{model}", "LATENCY"


def learned(model: str) -> Key:
    """The key of what was learned of a model's schema and prices."""
    return "MODELS", f"LEARNED#{model}"
