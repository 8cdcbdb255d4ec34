"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path


def today() -> str:
    """The date of a measurement, in UTC."""
    return datetime.now(UTC).date().isoformat()


def machine() -> str:
    """Processor, memory and Python in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.release()}"
    return (
        f"{os.cpu_count()} × {_processor()}, {memory:.0f} GiB, {system}, "
        f"Python {platform.python_version()}"
    )


def peak_mb(pid: int | str = "self") -> float:
    """The most memory that a process had, in MB; 0 where the system does not tell.

    Not ``ru_maxrss``: a process begins with its parent's.
    """
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return 0.0
    lines = status.read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
