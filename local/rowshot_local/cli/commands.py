"""Commands whose help is plain text: the same words in a terminal and in ``docs/cli.md``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

F = TypeVar("F", bound=Callable[..., Any])
_WHOLE = 1000  # characters: first sentences are never cut


class _PlainCommand(TyperCommand):
    """A command whose help calls arguments by their name alone, without a type or braces."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The words of the usage line; Typer puts what is required in braces."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Writes the lists of arguments and options."""
        entries: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for each in self.get_params(ctx):
            name, about = each.get_help_record(ctx) or ("", "")
            named = each.metavar or name if each.param_type_name == "argument" else name
            entries[each.param_type_name].append((named, _ranges(about)))
        for title, kind in (("Arguments", "argument"), ("Options", "option")):
            if entries[kind]:
                with formatter.section(title):
                    formatter.write_dl(entries[kind])


def _ranges(about: str) -> str:
    """A parameter's description with its range in words."""
    return re.sub(r"([\d.]+)<=x<=([\d.]+)", r"\1 to \2", about).replace("x>=", "at least ")


class _PlainGroup(TyperGroup):
    """A group whose help shows the first sentence of each command, whole."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, each.get_short_help_str(_WHOLE)) for name, each in self.commands.items()]
            )


class Commands(typer.Typer):
    """A group of such commands."""

    def __init__(self, **more: Any) -> None:
        super().__init__(cls=_PlainGroup, rich_markup_mode=None, **more)

    def command(self, name: str | None = None, **more: Any) -> Callable[[F], F]:
        """Registers a command of this kind."""
        return super().command(name, cls=_PlainCommand, **more)
