# ruff: noqa: E501 - rows of Markdown tables cannot be broken
"""Writes ``cli.md`` from what ``rowshot --help`` says. Run it after a change to a command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from rowshot_local.cli.main import app

PAGE = Path(__file__).with_name("cli.md")
_WIDTH = 78  # columns that a help text fills of a terminal of 80 or more
INTRODUCTION = """# The command `rowshot`

`make run` installs it as `.venv/bin/rowshot`. Everything below the next five sections is what
`rowshot COMMAND --help` says.

## First the price

`rowshot plan SHEET` names the price of every row before a cent is spent, and everything that is
wrong with the sheet at once; `--first 5` prices a trial. For a larger example, `make launch` writes
`launch.csv`, the launch of 200 products in ten categories (a packshot, a lifestyle picture, a row
of colours and a listing card each, and a banner for each category: 810 pictures), and plans it at
exactly $20.25.

## Exit codes

| code | `run`, `watch`, `resume`, `retry` | `plan` | the others |
| --- | --- | --- | --- |
| 0 | every row is published, unchanged, approved or skipped | every row is ready, or needs nothing | done |
| 1 | some row failed, is invalid, was cancelled or went over the budget | some row is invalid, or failed before | |
| 2 | nothing could be started: an unreadable sheet, a bad configuration, a whole sheet over the limit, a mistyped command | the same | the same |
| 130 | stopped by Ctrl-C; run the same command again to continue | | |

`doctor` ends with 0 when nothing is wrong, 1 when some check is wrong, and 2 when it could not begin.
Errors are one plain sentence on stderr. With `--stack`, `resume` and `retry` only start the work:
they end with 0 at once, and `watch` follows it to its end.

## Where it looks

| | |
| --- | --- |
| `--state DIR` | this machine: everything that is kept from run to run is in this folder (default `.rowshot`). A folder holds either simulated or real pictures, never both. `status`, `watch` and `cancel` use the engine that another command runs there, and otherwise open the kept state |
| `--stack NAME` | AWS: the stack of this name in the account and region of the shell (`AWS_PROFILE`, `AWS_REGION`, or whatever else the AWS tools read) |

## Which run

`cancel` and `watch` without a run's id mean the run in progress, `resume` the latest unfinished one, and `retry` the latest
with failed rows, unless a later run of the same sheet has replaced it. Where several could be meant, they are listed.

## Environment

| variable | means |
| --- | --- |
| `HIAPI_BASE_URL` | the server that renders, with `HIAPI_TOKEN`; a final `/v1` is accepted. Of a server on this machine, pictures are fetched from the one origin that it names at `/_sim/outputs`, as `rowshot sim hiapi` does, or else from its own. Without it and without `--live`, the built-in simulator renders, and a token alone never spends |
| `HIAPI_TOKEN` | the key of the hiapi account, for `--live` (`https://api.hiapi.ai`) or `HIAPI_BASE_URL` |
| `SHEETS_BASE_URL` | the Google Sheets server of `--spreadsheet` (default `https://sheets.googleapis.com`) |
| `GOOGLE_SERVICE_ACCOUNT_FILE` | the key file of the service account that may edit the spreadsheet |
"""


def commands(command: Any, context: typer.Context) -> Iterator[tuple[str, str]]:
    """The path and the help of a command and of all below it."""
    yield context.command_path, _help(command, context)
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, typer.Context(below, info_name=name, parent=context))


def _help(command: Any, context: typer.Context) -> str:
    context.terminal_width = _WIDTH
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines()).strip()


def page() -> str:
    """The whole page."""
    root = typer.main.get_command(app)
    parts = [INTRODUCTION]
    for path, text in commands(root, typer.Context(root, info_name="rowshot")):
        parts.append(f"## `{path}`\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
