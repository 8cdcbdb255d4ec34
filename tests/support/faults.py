"""hiapi's faults by name: those that pass, and those that end a row."""

from __future__ import annotations

from dataclasses import replace

from rowshot_simulators.hiapi import Fault

PASSING = {
    "429 in seconds": Fault("create", "status", status=429, retry_after_s=20, nth=(2,)),
    "429 as a date": Fault(
        "create", "status", status=429, retry_after_s=20, retry_after_date=True, nth=(2,)
    ),
    "429 without a time": Fault("create", "status", status=429, nth=(2,)),
    "429 of a poll": Fault("detail", "status", status=429, retry_after_s=20, nth=(2,)),
    "500 before": Fault("create", "status", status=500, nth=(2,)),
    "500 after": Fault("create", "status", status=500, when="after", nth=(2,)),
    "502 after": Fault("create", "status", status=502, shape="html", when="after", nth=(2,)),
    "503": Fault("create", "status", status=503, nth=(2,)),
    "reset before": Fault("create", "reset", nth=(2,)),
    "reset after": Fault("create", "reset", when="after", nth=(2,)),
    "too slow": Fault("create", "delay", seconds=50, nth=(2,)),
    "too slow after": Fault("create", "delay", seconds=50, when="after", nth=(2,)),
    "half an answer": Fault("create", "half", nth=(2,)),
    "broken JSON": Fault("create", "broken_json", nth=(2,)),
    "HTML": Fault("create", "html", nth=(2,)),
    "409": Fault("create", "processing", nth=(2,)),
    "poll 500": Fault("detail", "status", status=500, shape="plain", nth=(1, 3)),
    "poll 404 once": Fault("detail", "status", status=404, shape="plain", nth=(1,)),
    "poll reset": Fault("detail", "reset", nth=(1, 3)),
    "poll HTML": Fault("detail", "html", nth=(1, 3)),
    "poll half": Fault("detail", "half", nth=(1, 3)),
    "unknown status": Fault("task", "unknown_status", word="pondering"),
    "text first": Fault("task", "other_first"),
    "link fails": Fault("output", "status", status=404, nth=(1, 2)),
    "link resets": Fault("output", "reset", nth=(1,)),
    "picture half": Fault("output", "half", nth=(1,)),
    "CMYK": Fault("task", "picture", flaw="cmyk", nth=(3,)),
    "16 bits": Fault("task", "picture", flaw="rgb16", nth=(3,)),
    "storage": Fault("task", "fail", code="STORAGE_UNAVAILABLE", nth=(2,)),
    "timeout twice": Fault("task", "fail", code="TASK_TIMEOUT", prompt="number 2", times=2),
    "model out": Fault(
        "create", "status", status=400, code="MODEL_UNAVAILABLE", shape="coded", nth=(1, 2)
    ),
}
"""Each costs nothing but time."""

FINAL = {
    "policy": (Fault("task", "fail", message="violates our content policy"), "content rules"),
    "no code": (Fault("task", "fail", code="TASK_FAILED"), "could not make the picture"),
    "input": (Fault("task", "fail", code="INVALID_INPUT", message="no"), "change it"),
    "no output": (Fault("task", "no_output"), "sent none"),
    "truncated": (Fault("task", "picture", flaw="truncated"), "tick redo"),
    "empty": (Fault("task", "picture", flaw="empty"), "Tick redo"),
    "HTML picture": (Fault("task", "picture", flaw="wrong_type"), "Tick redo"),
    "bomb": (Fault("task", "picture", flaw="bomb"), "Tick redo"),
    "inside": (Fault("output", "redirect", to="http://169.254.169.254/x"), "Tick redo"),
    "gone": (Fault("task", "lifetime", seconds=0.01), "Tick redo"),
}
"""Each with words of what its row says."""


def only_for(fault: Fault, prompt: str) -> Fault:
    """The same fault for one row, whose only order it then strikes."""
    nth = (1,) if len(fault.nth) == 1 else fault.nth
    return replace(fault, prompt=prompt, nth=nth)
