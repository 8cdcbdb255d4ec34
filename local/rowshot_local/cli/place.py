"""How a command is written so that it finds what this one has worked on."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from rowshot_local.cli.options import DEFAULT_OUT, DEFAULT_STATE


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

    def command(self, name: str, run: str = "", *, carries_out: bool = False) -> str:
        """A command to type, such as ``rowshot resume 0123456789abcdef --state here``.

        Args:
            name: The command's name.
            run: The run's id, empty for a command that needs none.
            carries_out: Whether the command renders, and so takes ``--out`` and ``--live``.
        """
        words = ["rowshot", name, *([run] if run else [])]
        if self.stack:
            return shlex.join([*words, "--stack", self.stack])
        if self.state != DEFAULT_STATE:
            words += ["--state", str(self.state)]
        if carries_out and self.out != DEFAULT_OUT:
            words += ["--out", str(self.out)]
        if carries_out and self.live:
            words.append("--live")
        return shlex.join(words)
