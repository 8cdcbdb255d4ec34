"""``rowshot plan`` in a terminal: what is shown, in which words, and how wide."""

from __future__ import annotations

import io
import json
import re
import runpy
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

from rowshot import messages
from rowshot.ledger.records import (
    Picture,
    Render,
    RenderState,
    RowHistory,
    RowRef,
    Version,
)
from rowshot.models import Catalogue
from rowshot.planning.plan import Known, Plan, draw_up, want
from rowshot.reading import Sheet, read_sheet
from rowshot.specs import read_specs
from rowshot_local.cli.main import app
from rowshot_local.cli.plan_view import show_plan
from rowshot_local.cli.running import warnings_of
from support.sheets import table

ROOT = Path(__file__).parents[3]
WORKSHEETS = ROOT / "tests/data/field/several-worksheets.xlsx"
PICTURE = Picture("https://cdn.example/images/a/b.webp", 2048, 2048, 1000)
LIMIT = Decimal(25)


def planned(
    rows: Iterable[dict[str, str]],
    histories: dict[str, RowHistory] | None = None,
    known: Known | None = None,
    **options: object,
) -> tuple[Sheet, Plan]:
    """A sheet and its plan against a ledger that knows these things."""
    sheet = read_sheet(table(rows), name="sheet.csv")
    catalogue = Catalogue.from_package()
    wanted = [
        want(
            spec,
            (histories or {}).get(spec.row_key, RowHistory(spec.row_key)),
            catalogue,
            lambda _: 0,
        )
        for spec in read_specs(sheet, catalogue)
    ]
    if known is None:
        known = Known()
    arguments = {"max_usd": LIMIT, **options}
    return sheet, draw_up(wanted, known, **arguments)  # type: ignore[arg-type]


def shown(sheet: Sheet, drawn: Plan, *, width: int = 80, prompts: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width)
    show_plan(console, sheet, drawn, LIMIT, prompts=prompts)
    return out.getvalue()


def one_line(text: str) -> str:
    return " ".join(text.split())


def render_of(drawn: Plan, row: int, state: RenderState) -> Known:
    wanted = drawn.rows[row].wanted
    render = Render(
        id=wanted.render_id,
        model=wanted.spec.model,
        price=wanted.spec.price,
        state=state,
        attempt=1,
        key="key",
        body=wanted.body,
        buyer=RowRef("0" * 16, 2),
        claimed_at=0.0,
    )
    return Known({render.id: render})


ONE = {"slug": "tea", "prompt": "A tin of tea"}


def test_every_reason_is_said() -> None:
    """The messages that need a ledger, each seen in the plan that says it."""
    version = Version(1, "0" * 64, PICTURE, 0.0)
    kept = {"tea": RowHistory("tea", versions=(version,))}
    sheet, first = planned([ONE])
    wanted = first.rows[0].wanted
    pictures = Known(pictures={(wanted.render_id, wanted.folder): PICTURE})
    said = {
        messages.UNCHANGED(): planned([ONE], known=pictures),
        messages.APPROVED(): planned(
            [{**ONE, "approved": "yes"}],
            {"tea": RowHistory("tea", versions=(replace(version, render_id=wanted.render_id),))},
        ),
        messages.APPROVED_CHANGED(): planned([{**ONE, "approved": "yes"}], kept),
        messages.REDO_TAKEN(version=2): planned([{**ONE, "redo": "yes"}], kept),
        messages.REDO_NOTED(version=2, note="'less shine'"): planned(
            [{**ONE, "redo": "less shine"}], kept
        ),
        messages.SAME_PICTURE(row=2): planned([ONE, {**ONE, "slug": "again"}]),
        messages.COPIED(): planned([ONE], known=render_of(first, 0, RenderState.PUBLISHED)),
        messages.BEING_MADE(): planned([ONE], known=render_of(first, 0, RenderState.RUNNING)),
        messages.NOT_FIRST(first=1): planned([ONE, {**ONE, "slug": "b", "prompt": "Two"}], first=1),
    }
    for sentence, (sheet, drawn) in said.items():
        assert sentence in one_line(shown(sheet, drawn, width=200)), sentence


def test_a_personal_picture_whose_time_is_over_is_bought_anew() -> None:
    row = {"slug": "lin", "recipe": "personal", "name": "林小姐", "ttl_days": "7"}
    sheet = read_sheet(table([row]), name="sheet.csv")
    catalogue = Catalogue.from_package()
    (spec,) = read_specs(sheet, catalogue)
    history = RowHistory("lin", versions=(Version(1, "0" * 64, PICTURE, 0.0),))
    wanted = want(spec, history, catalogue, lambda _: 8 * 86_400.0)
    drawn = draw_up([wanted], Known(), max_usd=LIMIT)
    assert messages.TIME_IS_OVER(version=2) in one_line(shown(sheet, drawn, width=120))


def test_a_dearer_sheet_is_said_once_with_both_figures() -> None:
    rows = [{"slug": f"s{n}", "prompt": f"Picture {n}"} for n in range(11)]
    sheet, drawn = planned(rows, max_usd=Decimal("0.27"))
    out = io.StringIO()
    show_plan(Console(file=out, width=80), sheet, drawn, Decimal("0.27"))
    # Rounded to cents, the two figures would look alike.
    sentence = messages.RUN_OVER_BUDGET(estimate="$0.275", limit="$0.27")
    assert one_line(out.getvalue()).count(sentence) == 1
    assert {row.reasons for row in drawn.rows} == {(sentence,)}
    assert "11 over budget" in out.getvalue()


def test_a_long_sheet_shows_what_is_wrong_however_far_down() -> None:
    rows = [{"slug": f"s{n}", "prompt": f"Picture {n}"} for n in range(500)]
    rows[450]["prompt"] = ""
    sheet, drawn = planned(rows)
    text = shown(sheet, drawn)
    assert "s450" in text
    assert "s300" not in text
    assert "… and 489 more rows" in text
    assert "500 rows: 499 ready, 1 invalid." in text
    assert "$12.475" in text


def test_a_note_is_shown_however_far_down_and_in_json(tmp_path: Path) -> None:
    rows = [{"slug": f"s{n}", "prompt": f"Picture {n}", "redo": ""} for n in range(100)]
    rows[90]["redo"] = "less gold"
    sentence = messages.REDO_NOTED(version=2, note="'less gold'")
    assert sentence in one_line(shown(*planned(rows), width=200))
    target = tmp_path / "sheet.csv"
    target.write_bytes(table(rows))
    result = CliRunner().invoke(app, ["plan", str(target), "--json", "--state", str(tmp_path)])
    row = json.loads(result.stdout)["rows"][90]
    assert (row["redo"], row["reasons"][-1]) == ("less gold", sentence)


def test_the_longest_prompt_of_every_model_is_stated(tmp_path: Path) -> None:
    arguments = ["models", "--state", str(tmp_path)]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "300"})
    stated = re.findall(r"\bprompt: text, at most [\d,]+ characters", result.stdout)
    assert len(stated) == len(Catalogue.from_package().models)


def test_a_header_further_down_is_said() -> None:
    sheet = read_sheet(b"Spring catalogue\n\nsku,prompt\na,Jar\n", name="a.csv")
    assert "columns named in row 3" in one_line(shown(sheet, Plan(())))


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal_with_chinese_texts(width: int) -> None:
    prompt = "中秋节竖版封面海报，深蓝色夜空，满月从云海中升起，小亭里一壶热茶冒着白汽。" * 3
    long = "月饼礼盒-典藏版-二零二六年中秋特别款"
    rows = [{"编号": f"{long}-{n}", "提示词": prompt, "模型": ""} for n in range(2)]
    sheet, drawn = planned(rows)
    for whole in (False, True):
        text = shown(sheet, drawn, width=width, prompts=whole)
        assert max(cell_len(line) for line in text.splitlines()) <= width
        assert "编号 (as slug)" in text
        assert ("白汽" in text) is whole


def test_an_xlsx_says_its_worksheet_and_a_gbk_file_its_encoding() -> None:
    for name, words in {
        "named-worksheet.xlsx": "XLSX, worksheet",
        "chinese-excel-gbk.csv": "GB18030 (GBK), separated by",
        "semicolon.csv": "separated by semicolons",
        "close-miss.csv": "did you mean 'prompt'?",
    }.items():
        path = ROOT / "tests" / "data" / "sheets" / name
        arguments = ["plan", str(path), "--state", "no-such-folder"]
        if name.startswith("named"):
            plan = json.loads(path.with_name(f"{name}.plan.json").read_text("utf-8"))
            arguments += ["--worksheet", plan["worksheet"]]
        answer = CliRunner().invoke(app, arguments, env={"COLUMNS": "120"})
        assert words in one_line(answer.stdout + str(answer.exception)), name


def test_the_catalogue_is_priced_to_the_cent() -> None:
    sheet = str(ROOT / "examples" / "catalog.csv")
    arguments = ["plan", sheet, "--state", "no-such-folder"]
    answer = CliRunner().invoke(app, [*arguments, "--json"])
    plan = json.loads(answer.stdout)
    assert answer.exit_code == 0
    assert plan["counts"] == {"ready": 12}
    assert plan["estimate_usd"] == "0.28"
    assert sum(Decimal(row["cost_usd"]) for row in plan["rows"]) == Decimal("0.28")
    assert [each["rows"] for each in plan["models"]] == [11, 1]
    assert all(row["input"]["prompt"] for row in plan["rows"])
    assert [row["row"] for row in plan["rows"]] == list(range(2, 14))
    seen = CliRunner().invoke(app, [*arguments, "--prompts"], env={"COLUMNS": "100"})
    assert one_line(plan["rows"][-1]["input"]["prompt"]) in one_line(seen.stdout)


def test_the_launch_costs_20_25(tmp_path: Path) -> None:
    sheet = tmp_path / "launch.csv"
    assert runpy.run_path(str(ROOT / "examples" / "launch.py"))["write"](sheet) == 810
    arguments = ["plan", str(sheet), "--state", "no-such-folder"]
    answer = CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})
    assert answer.exit_code == 0
    assert "810 ready" in answer.stdout
    assert "It would cost $20.25; the limit is $25.00." in answer.stdout
    dearer = CliRunner().invoke(app, [*arguments, "--max-usd", "20.24"], env={"COLUMNS": "80"})
    assert dearer.exit_code == 2


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_other_worksheets_with_products_are_named(options: list[str], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["plan", str(WORKSHEETS), *options, "--state", str(tmp_path)])
    warning = "Only worksheet 'Tea' is read; products are also listed in 'Example' and 'Cups':"
    assert warning in one_line(done.output)


def test_a_run_says_of_the_worksheets_what_the_plan_says() -> None:
    (warning,) = warnings_of(WORKSHEETS.read_bytes(), "launch.xlsx", None)
    assert "'Example' and 'Cups'" in warning
