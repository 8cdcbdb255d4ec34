"""How a command is written so that it finds what this one has worked on."""

from __future__ import annotations

import shlex
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from rowshot_local.cli.options import DEFAULT_OUT, DEFAULT_STATE
from rowshot_local.kept import KeptRun


def program() -> str:
    """What to type for this program: a checkout's own is rarely on the PATH."""
    started = Path(sys.argv[0])
    if started.name != "rowshot" or shutil.which("rowshot"):
        return "rowshot"
    return str(_from_here(started.absolute()))


@dataclass(frozen=True)
class Place:
    """The options that a further command about the same run needs.

    Args:
        state: The state folder.
        stack: The stack on AWS, None for this machine.
        out: Folder for the results.
        live: Whether real pictures are bought.
    """

    state: Path = DEFAULT_STATE
    stack: str | None = None
    out: Path = DEFAULT_OUT
    live: bool = False

    def of_run(self, run_id: str, out: Path | None = None) -> Place:
        """The place of one run on this machine, as it was started.

        Args:
            run_id: The run.
            out: A folder that was named now, None for the one that is kept with the run.
        """
        if self.stack:
            return self
        kept = KeptRun.read(self.state, run_id)
        found = out or (_from_here(kept.out) if kept.out else DEFAULT_OUT)
        return replace(self, out=found, live=self.live or kept.live)

    def command(self, name: str, run: str = "", *, carries_out: bool = False) -> str:
        """A command to type, such as ``rowshot resume 0123456789abcdef --state here``.

        Args:
            name: The command's name.
            run: The run's id, empty for a command that needs none.
            carries_out: Whether the command renders, and so takes ``--live``; the folder for the
                results is kept with the run.
        """
        words = [program(), name, *([run] if run else [])]
        if self.stack:
            return shlex.join([*words, "--stack", self.stack])
        if self.state != DEFAULT_STATE:
            words += ["--state", str(self.state)]
        if carries_out and self.live:
            words.append("--live")
        return shlex.join(words)


def _from_here(path: Path) -> Path:
    """A folder as somebody in the working directory would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
