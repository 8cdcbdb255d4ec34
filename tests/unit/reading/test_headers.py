"""What column names mean, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.errors import UnreadableSheet
from rowshot.reading import SheetRow, map_headers
from rowshot.reading.columns import KNOWN, normal
from rowshot.reading.headers import letter
from rowshot.reading.output_columns import OUTPUT_COLUMNS


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Image Prompt", "image_prompt"),
        ("  image-prompt: ", "image_prompt"),
        ("Image\nPrompt*", "image_prompt"),
        ("Label (zh)", "label_zh"),
        ("Prompt (required)", "prompt"),
        ("提示词【必填】", "提示词"),
        ("★ Prompt ★", "prompt"),
        ("📷\ufe0f Prompt →", "prompt"),
        ("Pro\u200bmpt\u00ad", "prompt"),
        ("尺寸（像素）", "尺寸"),
        ("Weight (g)", "weight_g"),
        ("尺寸 [选填]", "尺寸"),
        ("ＳＫＵ", "sku"),
        ("\ufeffslug", "slug"),
        ("input.num_inference_steps", "input.num_inference_steps"),
        ("Input: Num Inference-Steps", "input.num_inference_steps"),
        ("input", "input"),
        ("***", ""),
    ],
)
def test_normal_form(name: str, form: str) -> None:
    assert normal(name) == form


@given(st.text(max_size=40))
def test_normal_form_is_stable(name: str) -> None:
    assert normal(normal(name)) == normal(name)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_synonym_is_found_in_any_dress(name: str) -> None:
    canonical = KNOWN[name][0]
    columns = map_headers(["slug", "prompt", f"  {name.replace('_', ' ').title()} "])
    claimed = {**columns.index, **columns.outputs}
    # Of two names for one column the more telling wins, and the plan says so.
    assert claimed[canonical] == 2 or canonical in ("slug", "prompt")
    assert columns.unknown == () or columns.warnings


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("SKU 编号", "slug"),
        ("Slug / 商品代码", "slug"),
        ("Variant SKU", "slug"),
        ("seller_sku", "slug"),
        ("Custom label (SKU)", "slug"),
        ("商家编码", "slug"),
        ("SKU编码", "slug"),
        ("1. SKU (unique)", "slug"),
        ("提示词 Prompt", "prompt"),
        ("Prompt\n图片描述", "prompt"),
        ("Prompt | 提示词 | 必填", "prompt"),
        ("Prompt (what to draw)", "prompt"),
        ("Prompt: what to draw", "prompt"),
        ("提示词：画面上要有什么", "prompt"),
        ("Bildbeschreibung – was zu sehen ist", "prompt"),
        ("prompt (what should be on the picture", "prompt"),
        ("Image prompt: the SKU, seen from above", "prompt"),
        ("SKU: as on the invoice", "slug"),
        ("Prompt\nDescribe the picture in one sentence", "prompt"),
        ("Image\nPrompt (in English)", "prompt"),
        ("Negative prompt (what must not be seen)", "negative_prompt"),
        ("2) 尺寸 Size (px)", "size"),
        ("Seed / 种子", "seed"),
    ],
)
def test_a_name_in_two_languages_or_with_an_explanation(name: str, canonical: str) -> None:
    header = [
        name,
        *({"slug": "sku", "prompt": "prompt"}[c] for c in ("slug", "prompt") if c != canonical),
    ]
    assert map_headers(header).index[canonical] == 0


@pytest.mark.parametrize(
    ("name", "likely"),
    [
        ("Size (of the shirt)", "size"),
        ("Size / Farbe", "size"),
        ("Model (camera)", "model"),
        ("Seed: variety", None),
        ("Size: of the shirt", None),
        ("Approved / checked by", "approved"),
    ],
)
def test_what_may_mean_something_else_is_not_read_but_named(name: str, likely: str | None) -> None:
    columns = map_headers(["sku", "prompt", name])
    assert columns.unknown == (name,)
    assert columns.close == ({likely: name} if likely else {})


def test_an_exact_name_wins_over_one_with_an_explanation() -> None:
    columns = map_headers(["Prompt (old)", "sku", "prompt"])
    assert columns.index["prompt"] == 2
    assert columns.warnings == (
        "Column 'Prompt (old)' (A) also looks like 'prompt'; only column 'prompt' (C) is read for "
        "it.",
    )


@pytest.mark.parametrize(
    "name",
    ["Prompt (old)", "Prompt [backup]", "提示词（旧）", "Prompt (do not edit)", "prompt (ALT)"],
)
def test_a_column_that_was_replaced_comes_last(name: str) -> None:
    assert map_headers(["sku", name, "Prompt (new)"]).index["prompt"] == 2
    assert map_headers(["sku", name]).index["prompt"] == 1


def test_an_explanation_that_was_left_out_is_said() -> None:
    columns = map_headers(["sku", "Prompt (for the intern)"])
    assert columns.warnings == ("Column 'Prompt (for the intern)' is read as 'prompt'.",)


@pytest.mark.parametrize(
    "name", "Approved by|approved_on|Approve date|Sizes|Models|Seeds".split("|")
)
def test_what_goes_on_with_a_person_or_a_date_is_no_mistake(name: str) -> None:
    assert map_headers(["sku", "prompt", name]).warnings == ()


def test_columns_of_recipes_are_not_missed_where_there_is_no_recipe() -> None:
    assert map_headers(["sku", "prompt", "color"]).warnings == ()
    assert map_headers(["sku", "recipe", "color"]).close == {"colourways": "color"}


def test_the_most_telling_key_wins() -> None:
    columns = map_headers(["ID", "Handle", "SKU", "prompt"])
    assert columns.index["slug"] == 2
    assert columns.unknown == ("ID", "Handle")
    assert len(columns.warnings) == 2


def test_unknown_columns_are_named_in_order() -> None:
    columns = map_headers(["slug", "Vendor", "prompt", "", "Weight g"])
    assert columns.unknown == ("Vendor", "Weight g")
    assert columns.warnings == ()


def test_output_columns_are_no_input() -> None:
    columns = map_headers(["slug", "prompt", "Status", "rowshot status", "image url", "cost_usd"])
    assert columns.outputs == {"status": 3, "image_url": 4, "cost_usd": 5}
    assert not set(OUTPUT_COLUMNS) & set(columns.index)
    assert columns.unknown == ()
    assert columns.reference(SheetRow(2, ("a", "b", "published")), "status") is None


def test_fields_of_the_model() -> None:
    columns = map_headers(["slug", "prompt", "input.Style", "INPUT.cfg scale"])
    assert columns.fields == {"style": 2, "cfg_scale": 3}


def test_cells_of_short_rows_are_empty() -> None:
    columns = map_headers(["slug", "prompt", "size"])
    assert columns.cell(SheetRow(2, ("a", " Jar\u3000")), "prompt") == "Jar"
    assert columns.cell(SheetRow(2, ("a",)), "size") == ""
    assert columns.cell(SheetRow(2, ("a",)), "model") == ""


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        (["slgu", "prompt"], ""),  # four letters are too few to be sure
        (["skuu", "prompt"], ""),
        (["product id number", "prompt"], ""),
        (["handel", "prompt"], "did you mean 'handle'?"),
    ],
)
def test_without_a_key_nothing_can_be_done(header: list[str], hint: str) -> None:
    with pytest.raises(UnreadableSheet) as caught:
        map_headers(header)
    assert "No column tells the rows apart" in caught.value.message
    assert hint in caught.value.message


@pytest.mark.parametrize("name", ["promt", "Promp", "image promt", "prmpt"])
def test_close_misses_are_named(name: str) -> None:
    with pytest.raises(UnreadableSheet, match=r"did you mean '(image_)?prompt'"):
        map_headers(["slug", name])


@given(st.lists(st.text(max_size=20), max_size=12))
def test_any_header_maps_or_is_refused_in_a_sentence(header: list[str]) -> None:
    try:
        columns = map_headers(["slug", "prompt", *header])
    except UnreadableSheet as exc:
        raise AssertionError("key and prompt are there") from exc
    assert columns.index["slug"] == 0 or normal(header[columns.index["slug"] - 2]) == "slug"
    positions = [*columns.index.values(), *columns.outputs.values()]
    assert len(positions) == len(set(positions)), "no column means two things"


def test_letters() -> None:
    assert [letter(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(
    ("header", "beside"),
    [
        (["sku", "prompt", "promt"], {2: "prompt"}),
        (["sku", "prompt", "prompt_en", "modle"], {2: "prompt"}),
        (["sku", "prompt", "size", "sizee", "seed", "seeds"], {3: "size", 5: "seed"}),
        (["sku", "prompt", "size", "Size (of the shirt)"], {}),
        (["sku", "prompt", "price", "note"], {}),
    ],
)
def test_what_looks_like_a_column_that_is_there(header: list[str], beside: dict[int, str]) -> None:
    assert map_headers(header).beside == beside


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["image_url", "rowshot image_url"], 3),
        (["rowshot image_url", "image_url"], 2),
        (["Rowshot Image URL 3", "image url", "rowshot image_url"], 2),
        (["image_url"], 2),
    ],
)
def test_of_a_persons_column_and_ours_beside_it_ours_is_read(
    names: list[str], expected: int
) -> None:
    columns = map_headers(["slug", "prompt", *names])
    assert columns.outputs == {"image_url": expected}
    assert columns.unknown == ()
