"""What rows want: beyond what the corpus of sheets shows."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.canonical import canonical_json, render_id
from rowshot.errors import UnreadableSheet
from rowshot.models import Catalogue
from rowshot.reading import read_sheet
from rowshot.reading.yes_no import redo_wish, tick
from rowshot.specs import RowSpec, read_specs, versioned_input

CATALOGUE = Catalogue.from_package()
QWEN, FLUX = "qwen-image-2.0", "flux-schnell/text-to-image"
EXAMPLES = Path(__file__).parents[3] / "examples"


def spec(catalogue: Catalogue = CATALOGUE, **cells: str) -> RowSpec:
    """The spec of a sheet with one row."""
    cells = {"slug": "a", "prompt": "A jar", **cells}
    target = io.StringIO()
    sheet = csv.DictWriter(target, cells)
    sheet.writeheader()
    sheet.writerow(cells)
    return read_specs(read_sheet(target.getvalue().encode(), name="a.csv"), catalogue)[0]


def changed(model: str, **fields: Any) -> Catalogue:
    return CATALOGUE.with_overrides({model: {"fields": fields}})


def test_what_a_row_leaves_open_is_left_open() -> None:
    assert spec().input == {"prompt": "A jar", "size": "2048*2048"}
    assert spec().price == Decimal("0.025")


def test_a_new_default_at_hiapi_does_not_change_old_rows() -> None:
    catalogue = changed(QWEN, prompt_extend={"default": False}, style={"default": "ink"})
    assert spec(catalogue).input == spec().input


def test_the_default_model_is_a_choice() -> None:
    sheet = read_sheet(b"slug,prompt\na,Jar\n", name="a.csv")
    assert read_specs(sheet, CATALOGUE, default_model="flux-schnell")[0].model == FLUX


def test_one_field_by_two_columns() -> None:
    columns = {"seed": "3", "input.seed": "4"}
    assert spec(**columns).problems == (
        "'seed' and 'input.seed' say different things: leave one of them empty.",
    )
    assert spec(**{**columns, "input.seed": "3"}).input["seed"] == 3


@pytest.mark.parametrize("length", [5000, 5001])
def test_long_prompts(length: int) -> None:
    found = spec(prompt="x" * length, model="seedream")
    expected = (
        "The prompt has 5,001 characters, and seedream-5.0-pro/text-to-image takes at most 5,000: "
        "shorten it."
    )
    assert found.problems == ((expected,) if length > 5000 else ())


def test_a_note_counts_as_part_of_the_prompt() -> None:
    assert spec(prompt="x" * 4990, model="seedream", redo="yes").problems == ()
    found = spec(prompt="x" * 4990, model="seedream", redo="more light!")
    assert found.problems[0].startswith("The prompt has 5,002 characters")


def test_every_model_has_a_longest_prompt() -> None:
    assert spec(prompt="x" * 20_000).problems == ()
    assert spec(prompt="x" * 20_001).problems == (
        "The prompt has 20,001 characters, and qwen-image-2.0 takes at most 20,000: shorten it.",
    )
    assert spec(prompt="茶" * 20_000).problems == ()
    assert spec(prompt="🍵" * 15_001).problems == (
        "The prompt takes 60,004 bytes in UTF-8, and at most 60,000 can be sent: shorten it.",
    )
    assert "20,001 characters" in spec(negative_prompt="x" * 20_001).problems[0]


def test_columns_cannot_make_a_prompt_endless() -> None:
    assert spec(prompt="{a}" * 30_000, a="x" * 100_000).problems == (
        "The prompt would have more than 20,000 characters with its columns filled in: shorten it.",
    )


def test_the_prompts_of_a_sheet_are_bounded_together() -> None:
    rows = "".join(f"s{number},{{a}} {number},{'x' * 9_000}\n" for number in range(20))
    sheet = read_sheet(f"slug,prompt,a\n{rows}".encode(), name="many.csv")
    many = replace(sheet, rows=sheet.rows * 350)
    with pytest.raises(UnreadableSheet, match="take more than 60 MB together"):
        read_specs(many, CATALOGUE)


def test_reference_pictures() -> None:
    catalogue = CATALOGUE.with_overrides({"Nano-Banana-Pro": {"prices": {"base": "0.1"}}})
    links = [f"https://x.test/{n},a.png" for n in range(9)]
    column = "input.image_input"
    some = spec(catalogue, model="Nano-Banana-Pro", **{column: "\n".join(links[:2])})
    assert some.input["image_input"] == links[:2]
    more = spec(catalogue, model="Nano-Banana-Pro", **{column: " | ".join(links)})
    assert more.problems == (
        "'input.image_input' takes at most 8 values, and the cell has 9.",
    )  # fmt: skip


def test_a_newly_required_field_is_named() -> None:
    catalogue = changed(QWEN, style={"required": True, "enum": ["ink", "photo"]})
    assert spec(catalogue).problems == (
        "qwen-image-2.0 needs 'style': add a column 'input.style' and fill it in.",
    )
    assert spec(catalogue, **{"input.style": "INK"}).input["style"] == "ink"


def test_a_limit_on_another_text_field() -> None:
    catalogue = changed(QWEN, negative_prompt={"max_length": 5})
    assert spec(catalogue, negative_prompt="blurry").problems == (
        "'negative_prompt' has 6 characters, and qwen-image-2.0 takes at most 5: shorten it.",
    )


@pytest.mark.parametrize(
    ("cell", "value"),
    [("7", 7), ("7.0", 7), ("1,024", 1024), ("１２", 12), ("1E3", 1000), (" 5 ", 5)],
)
def test_whole_numbers(cell: str, value: int) -> None:
    seed = spec(seed=cell).input["seed"]
    assert (seed, type(seed)) == (value, int)


@pytest.mark.parametrize("cell", ["1_000", "Infinity", "0x10", "1e400", "7 or 8", "1.5"])
def test_what_is_no_whole_number(cell: str) -> None:
    assert len(spec(seed=cell).problems) == 1


@pytest.mark.parametrize("cell", ["nan", "NaN", "null", "None", "n/a", "-", "<NA>"])
def test_a_word_for_nothing_in_an_option_is_nothing(cell: str) -> None:
    found = spec(seed=cell, size=cell, model=cell, recipe=cell, negative_prompt=cell)
    assert (found.problems, found.input) == ((), {"prompt": "A jar", "size": "2048*2048"})


def test_an_unticked_box_asks_for_nothing() -> None:
    assert spec(model="flux-schnell", prompt_extend="FALSE").problems == ()
    assert spec(model="flux-schnell", prompt_extend="TRUE").problems == (
        f"{FLUX} does not take 'prompt_extend': empty that cell, or use another model.",
    )


@pytest.mark.parametrize("cell", ["", "FALSE", "false", "0", "no", "No", "否", " "])
def test_no(cell: str) -> None:
    assert tick(cell) is False
    assert redo_wish(cell) is None


@pytest.mark.parametrize("cell", ["TRUE", "1", "x", "X", "yes", "✓", "是", "✔️"])
def test_yes(cell: str) -> None:
    assert tick(cell) is True
    assert redo_wish(cell) == "yes"


def test_any_other_redo_is_a_note() -> None:
    assert redo_wish("  less\n gold ") == "less gold"
    assert spec(redo="less gold").input["prompt"] == "A jar", "the note belongs to the new version"


# Versions ---------------------------------------------------------------------------------------


def model(name: str) -> Any:
    return CATALOGUE.find(name)


def test_the_first_version_is_the_row_itself() -> None:
    given_input = {"prompt": "A jar", "size": "2048*2048"}
    assert versioned_input(model(QWEN), given_input, version=1, note="") == given_input


def test_later_versions_have_seeds_of_their_own() -> None:
    given_input = {"prompt": "A jar", "size": "2048*2048", "seed": 7}
    made = [versioned_input(model(QWEN), given_input, version=n, note="yes") for n in range(1, 50)]
    seeds = [each["seed"] for each in made]
    assert seeds[0] == 7
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed <= 2147483647 for seed in seeds)
    assert given_input["seed"] == 7
    assert made == [
        versioned_input(model(QWEN), given_input, version=n, note="") for n in range(1, 50)
    ]


def test_a_model_without_seed_gets_only_the_note() -> None:
    made = versioned_input(model(FLUX), {"prompt": "A jar"}, version=3, note="darker {x}")
    assert made == {"prompt": "A jar\ndarker {x}"}


JSON = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.booleans())


@given(JSON, st.integers(min_value=1, max_value=9))
def test_a_render_id_depends_on_content_not_on_order(body: dict[str, Any], version: int) -> None:
    backwards = dict(reversed(body.items()))
    assert render_id(QWEN, body, version) == render_id(QWEN, backwards, version)
    assert render_id(QWEN, body, version) != render_id(QWEN, body, version + 1)
    assert render_id(QWEN, body, version) != render_id(FLUX, body, version)


def test_canonical_json_is_plain_utf8() -> None:
    assert canonical_json({"b": "茶", "a": 1}) == '{"a":1,"b":"茶"}'.encode()
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": float("nan")})


# Personal pictures ------------------------------------------------------------------------------


def personal(**cells: str) -> Any:
    found = spec(**{"prompt": "", "recipe": "personal", "name": "Lin", **cells})
    assert found.problems == ()
    return found.personal


def test_what_decides_whether_a_personal_picture_is_kept() -> None:
    key = personal().cache_key
    assert personal(slug="b", ttl_days="7").cache_key == key, "the row does not matter"
    for other in (
        {"name": "Anna"},
        {"locale": "zh-CN"},
        {"size": "1:1"},
        {"headline_zh": "生日快乐"},
        {"model": "seedream"},
        {"prompt": "Hello {name}"},
    ):
        assert personal(**other).cache_key != key, other


def test_nobody_is_named_where_everybody_can_read() -> None:
    found = personal(name="林小姐", slug="lin-birthday")
    assert found.folder.startswith("p-")
    assert len(found.folder) == 26
    assert found.ttl_days == 30
    assert personal(ttl_days="7.0").ttl_days == 7


def test_a_name_in_another_recipe_is_no_person() -> None:
    assert spec(recipe="packshot", prompt="", product="jar", name="Jade Cream").personal is None


# Examples ---------------------------------------------------------------------------------------


def test_the_example_catalogue() -> None:
    sheet = read_sheet((EXAMPLES / "catalog.csv").read_bytes(), name="catalog.csv")
    specs = read_specs(sheet, CATALOGUE)
    assert len(specs) == 12
    assert [each.problems + each.warnings for each in specs] == [()] * 12
    assert {each.model for each in specs} == {QWEN, FLUX}
    assert len({each.recipe for each in specs} - {None}) == 6
    assert len({each.input.get("size") for each in specs} - {None}) == 5
    assert all(each.slug == each.row_key for each in specs)
    assert sum(each.price for each in specs) == Decimal("0.280")


def test_the_launch_costs_what_it_should(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import launch

    target = tmp_path / "launch.csv"
    assert launch.write(target) == 810
    specs = read_specs(read_sheet(target.read_bytes(), name="launch.csv"), CATALOGUE)
    assert [each for each in specs if each.problems] == []
    renders = {render_id(each.model, each.input, 1) for each in specs}
    assert len(renders) == 810, "810 different pictures"
    assert sum(each.price for each in specs) == Decimal("20.25")
