"""``rowshot models`` and ``rowshot recipes``: what a sheet can ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from rowshot.errors import RowshotError
from rowshot.messages import listed
from rowshot.models import Catalogue, Model, field_text, price_text
from rowshot.specs.lengths import most_characters
from rowshot.specs.recipes import RECIPES, describe, find_recipe
from rowshot_local.cli import options
from rowshot_local.cli.commands import Commands
from rowshot_local.cli.targets import known_stack
from rowshot_local.cli.terminal import PlainConsole
from rowshot_local.environment import LIVE_BASE_URL, Target, target
from rowshot_local.local_stack import kept_stack, start_local_stack
from rowshot_local.stack import Stack, aws_stack
from rowshot_local.vendor_lists import fetch_lists, learn_lists, lists_origin
from rowshot_simulators.hiapi import start_simulator

models = Commands(help="The models of hiapi: their fields, prices, and what each is good for.")
recipes = Commands(help="The recipes that write prompts, and the columns that each takes.")


class UnknownRecipe(RowshotError):
    """There is no such recipe."""


@models.callback(invoke_without_command=True)
def list_models(
    context: typer.Context,
    state: options.State = options.DEFAULT_STATE,
    stack: options.StackName = None,
) -> None:
    """List the models of hiapi: their fields, prices, and what each is good for."""
    if context.invoked_subcommand:
        return
    with known_stack(state, stack) as found:
        learned = found.ledger.models.overrides() if found else {}
    catalogue = Catalogue.from_package().with_overrides(learned)
    console = PlainConsole()
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_lines=True)
    table.add_column("model, and what it is good for", overflow="fold", min_width=26, max_width=34)
    table.add_column("a picture costs", overflow="fold", min_width=15, max_width=22)
    table.add_column("input fields (defaults)", overflow="fold", ratio=1)
    for model in catalogue.models.values():
        table.add_row(_named(model), _price(model), _fields(model))
    console.print(table)
    if any(model.prices is None for model in catalogue.models.values()):
        console.print("Some prices are not known yet: 'rowshot models refresh' reads them.")


def _named(model: Model) -> Text:
    text = Text(model.id, style="bold")
    if model.aliases:
        text.append(f"\nalso {listed(model.aliases)}", style="not bold dim")
    if model.good_for:
        text.append(f"\n{model.good_for}", style="not bold")
    return text


def _price(model: Model) -> Text:
    if model.prices is None:
        return Text("not known yet", style="yellow")
    return Text(price_text(model.prices).replace(", $", "\n$"))


def _fields(model: Model) -> Text:
    fields = dict(model.fields)
    if "prompt" in fields:
        fields["prompt"] = replace(fields["prompt"], max_length=most_characters(model))
    return Text("\n".join(f"{name}: {field_text(each)}" for name, each in fields.items()))


@models.command("refresh")
def refresh(
    state: options.State = options.DEFAULT_STATE,
    stack: options.StackName = None,
    live: Annotated[
        bool, typer.Option("--live", help="Read hiapi's own lists on this machine too.")
    ] = False,
) -> None:
    """Read hiapi's lists of models and prices, and say what has changed.

    A stack on AWS learns hiapi's own lists; this machine learns those of the server that it would
    render with: HIAPI_BASE_URL's, or the simulator's.
    """
    with _learning(state, stack, live=live) as (learner, origin):
        news = learn_lists(learner, *fetch_lists(origin))
    typer.echo(f"Read the lists of {origin}.")
    for sentence in news.differences:
        typer.echo(f"  {sentence}")
    if not news.differences:
        typer.echo("Nothing has changed.")


@contextmanager
def _learning(state: Path, stack: str | None, *, live: bool) -> Iterator[tuple[Stack, str]]:
    """The stack that learns, and where the lists are."""
    if stack:
        yield aws_stack(stack), lists_origin(LIVE_BASE_URL)
        return
    chosen = Target(LIVE_BASE_URL, "", 1.0) if live else target(live=False)
    with kept_stack(state) as kept:
        if kept:
            with _origin(chosen) as origin:
                yield kept, origin
            return
    simulated = target(live=False, environment={})
    with start_local_stack(
        state, simulated, time_scale=simulated.time_scale, renders=False
    ) as local:
        with _origin(chosen) as origin:
            yield local.stack, origin


@contextmanager
def _origin(chosen: Target) -> Iterator[str]:
    if chosen.base_url is not None:
        yield lists_origin(chosen.base_url)
        return
    with start_simulator() as simulator:
        yield simulator.base_url


@recipes.callback(invoke_without_command=True)
def list_recipes(context: typer.Context) -> None:
    """List the recipes that write prompts, with the columns that each needs."""
    if context.invoked_subcommand:
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    for title in ("recipe", "what it makes", "shape", "columns it needs"):
        table.add_column(title, overflow="fold")
    for recipe in RECIPES.values():
        needs = ", ".join(listed(group) for group in recipe.needs)
        table.add_row(recipe.name, Text(recipe.title), recipe.aspect, needs)
    console = PlainConsole()
    console.print(table)
    console.print("'rowshot recipes show packshot' shows its columns, an example and its prompt.")


@recipes.command("show")
def show(name: Annotated[str, typer.Argument(metavar="RECIPE", help="Such as packshot.")]) -> None:
    """Show a recipe: its columns, an example row, and the prompt that is sent for it."""
    recipe = find_recipe(name)
    if recipe is None:
        raise UnknownRecipe(f"There is no recipe '{name}': use {listed(RECIPES)}.")
    typer.echo(describe(recipe))
