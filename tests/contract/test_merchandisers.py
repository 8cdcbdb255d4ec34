"""The pages for merchandisers, in both languages, against columns, recipes, statuses and prices."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from rowshot.deciding import reasons
from rowshot.models import Catalogue
from rowshot.reading.columns import INPUT_PREFIX, KNOWN, normal
from rowshot.reading.output_columns import OUTPUT_COLUMNS
from rowshot.reading.recipe_columns import RECIPE_COLUMNS
from rowshot.reading.yes_no import tick
from rowshot.specs.recipes.table import RECIPES
from rowshot.statuses import RowStatus
from rowshot_local.engine.template import load

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "en": (ROOT / "docs/merchandisers.md").read_text("utf-8"),
    "zh": (ROOT / "docs/merchandisers.zh.md").read_text("utf-8"),
}
CATALOGUE = Catalogue.from_package()
TEMPLATE = load(ROOT / "template.yaml")

Table = list[list[str]]


def tables(page: str) -> list[Table]:
    """The rows of every table, without head and rule."""
    found = re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE)
    return [
        [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in rows[2:]]
        for table in found
        if (rows := table.splitlines())
    ]


def first(row: list[str]) -> str:
    return re.split(r" \(|\uff08", row[0].replace("`", ""))[0].strip()


def with_first(page: str, name: str) -> Table:
    """The table that has a row of this name."""
    return next(table for table in tables(page) if name in {first(row) for row in table})


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> str:
    return PAGES[str(request.param)]


def test_every_status_is_explained(page: str) -> None:
    assert [first(row) for row in with_first(page, "queued")] == [str(each) for each in RowStatus]


def test_every_column_of_ours_is_explained(page: str) -> None:
    told = with_first(page, "image_url")
    assert tuple(first(row) for row in told) == OUTPUT_COLUMNS


def test_every_column_of_a_sheet_is_explained(page: str) -> None:
    told = {first(row) for name in ("slug", "product") for row in with_first(page, name)[0:]}
    told -= {"longjing-tin", "spring-banner"}
    known = {canonical for canonical, _ in KNOWN.values()} - set(OUTPUT_COLUMNS)
    assert told == known
    assert {first(row) for row in with_first(page, "product")} == set(RECIPE_COLUMNS)


def test_other_names_of_columns_are_understood(page: str) -> None:
    for row in [*with_first(page, "slug"), *with_first(page, "product")]:
        for name in filter(None, re.split(r", ", row[1])):
            assert KNOWN[normal(name)][0] == first(row), name


def test_every_recipe_is_explained_with_what_it_needs(page: str) -> None:
    told = {first(row): row for row in with_first(page, "packshot")}
    assert set(told) == set(RECIPES)
    for name, recipe in RECIPES.items():
        _, _, needs, aspect = told[name]
        groups = [tuple(re.findall(r"`(\w+)`", group)) for group in re.split("[;\uff1b]", needs)]
        assert tuple(groups) == recipe.needs, name
        assert aspect == recipe.aspect, name


def test_english_titles_are_the_recipes_own() -> None:
    for row in with_first(PAGES["en"], "packshot"):
        title = RECIPES[first(row)].title.split(", kept")[0].removesuffix(", with price and badge")
        assert row[1].startswith(title), row[0]


def test_shapes_are_those_of_the_usual_model(page: str) -> None:
    usual = CATALOGUE.find(TEMPLATE["Parameters"]["DefaultModel"]["Default"])
    assert usual is not None
    told = {first(row): row[1].replace(" × ", "*") for row in with_first(page, "16:9")}
    assert told == dict(usual.aspects)


def test_prices_are_the_catalogues(page: str) -> None:
    rows = with_first(page, "qwen-image-2.0")
    assert len(rows) >= 5
    for row in rows:
        model = CATALOGUE.find(first(row))
        assert model is not None, row[0]
        assert model.prices is not None
        known = {model.prices.base, *(policy.usd for policy in model.prices.policies)}
        told = {Decimal(number) for number in re.findall(r"\d\.\d+", row[2])}
        assert told == known, row[0]


def test_the_usual_model_and_the_limits_are_the_templates(page: str) -> None:
    assert f"`{TEMPLATE['Parameters']['DefaultModel']['Default']}`" in page
    limits = [TEMPLATE["Parameters"][name]["Default"] for name in ("MaxRunUsd", "MaxDayUsd")]
    found = re.search(r"\$(\d+) a sheet and \$(\d+) a day|每张表 (\d+) 美元、每天 (\d+) 美元", page)
    assert found
    assert [int(number) for number in found.groups() if number] == limits


def test_words_that_tick_do_so(page: str) -> None:
    words = re.search(r"(?:own words|tick it|Yes|填) ?([^。.]*?)(?: will do| 都可以)", page)
    assert words
    named = [word for word in re.split(r"[,、]\s*| or | 或 ", words[1]) if word]
    assert len(named) >= 4
    assert all(tick(word.strip("“”")) for word in named), named


def test_the_sentence_of_late_pictures_is_the_one_in_the_sheet(page: str) -> None:
    (quoted,) = re.findall(r"`(still [^`]+)`", page)
    assert reasons.STILL_RENDERING.startswith(quoted)


def test_fields_of_models_are_reached_as_told(page: str) -> None:
    (field,) = set(re.findall(r"`input\.(\w+)`", page))
    assert normal(f"input.{field}") == f"{INPUT_PREFIX}{field}"
    assert any(field in model.fields for model in CATALOGUE.models.values())


def test_both_languages_have_the_same_parts() -> None:
    english, chinese = PAGES.values()
    assert [len(table) for table in tables(english)] == [len(table) for table in tables(chinese)]
    assert len(re.findall("^## ", english, re.MULTILINE)) == len(
        re.findall("^## ", chinese, re.MULTILINE)
    )


def test_the_menu_has_the_entries_that_are_told(page: str) -> None:
    script = (ROOT / "apps-script/Code.js").read_text("utf-8")
    (rows,) = re.findall(r"TRIAL_ROWS = (\d+)", script)
    script = script.replace("' + TRIAL_ROWS + '", rows)
    entries = re.findall(r"addItem\(\s*[\"']([^\"']+)[\"']", script)
    assert entries
    assert set(re.findall(r"\*([A-Z][a-z]+ (?:this|the) [^*]+)\*", page)) == set(entries)
