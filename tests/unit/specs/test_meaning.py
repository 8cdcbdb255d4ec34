"""What columns and rows mean by what their cells say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.errors import UnreadableSheet
from rowshot.models import Catalogue
from rowshot.reading import read_sheet
from rowshot.reading.invisible import without_invisible
from rowshot.specs import Meaning, RowSpec, meaning_of, read_specs
from rowshot.specs.shop import describes_model, describes_seed, describes_size

CATALOGUE = Catalogue.from_package()


def meaning(text: str) -> Meaning:
    return meaning_of(read_sheet(text.encode(), name="a.csv"), CATALOGUE)


def specs(text: str) -> list[RowSpec]:
    return read_specs(read_sheet(text.encode(), name="a.csv"), CATALOGUE)


@pytest.mark.parametrize(
    "cell",
    "XL|s|3XL|S/M|One Size|350 ml|12oz|EU 38|38|7.5|42 EU|W32/L34|30 x 40 cm|10x20x30 cm|5 × 4 × 3"
    "|75B|12-18M|3T|均码|large|500克".split("|"),
)
def test_sizes_of_products(cell: str) -> None:
    assert describes_size(cell)


@pytest.mark.parametrize(
    "cell", ["1024x1024", "16:9", "banana", "2K", "wide", "2048*2048 px", "4:3 cm", "16-9"]
)
def test_sizes_that_may_be_a_pictures(cell: str) -> None:
    assert not describes_size(cell)


@pytest.mark.parametrize("cell", ["X-100", "iPhone 15", "A2338", "WH-1000XM5"])
def test_models_of_products(cell: str) -> None:
    assert describes_model(cell)


@pytest.mark.parametrize(
    "cell", ["flux-2-pro", "qwen-image-3", "dall-e-3", "sdxl 1.0", "gpt-image-3", "unknown", "1234"]
)
def test_models_that_may_draw(cell: str) -> None:
    assert not describes_model(cell)


def test_a_model_that_may_be_a_products_is_told_how_to_rename_its_column() -> None:
    found = [
        spec.problems[0] for spec in specs("sku,prompt,model\na,Jar,Galaxy Buds\nb,Jar,dall-e\n")
    ]
    assert ["give it another name" in said for said in found] == [True, False]


def test_seeds_of_plants() -> None:
    assert describes_seed("Tomato")
    assert describes_seed("Black-eyed Susan")
    assert not any(map(describes_seed, ("7", "12b", "NaN", "random", "1.5", "x", "")))


def test_one_real_size_makes_a_column_of_sizes() -> None:
    first, second = specs("sku,prompt,size\na,Jar,XL\nb,Jar,16:9\n")
    assert first.problems
    assert second.input["size"] == "2688*1536"


def test_a_shop_size_is_still_at_hand_for_the_prompt() -> None:
    (spec,) = specs("sku,prompt,size\na,A shirt in {size},XL\n")
    assert spec.prompt == "A shirt in XL"


def test_a_column_that_is_plainly_the_pictures_is_never_a_shops() -> None:
    (spec,) = specs("sku,prompt,image size\na,Jar,XL\n")
    assert spec.problems


def test_rows_of_an_export_that_add_nothing_are_left_out_once() -> None:
    text = "Handle,Image Src,prompt\nmug,1,\nmug,2,A mug\nmug,3,\ntin,4,\ntin,5,\n"
    found = meaning(text)
    assert [row.number for row in found.rows] == [3, 5]
    assert found.warnings[-1].startswith("Nothing is drawn for rows 2, 4 and 6, which only add to")


def test_a_repeated_key_with_a_wish_of_its_own_is_told() -> None:
    text = "sku,prompt,size\na,Jar,\na,,16:9\n"
    assert [bool(spec.problems) for spec in specs(text)] == [False, True]


def test_a_row_of_kinds_is_no_product() -> None:
    text = "sku,prompt,size\nrequired,required,optional\na,Jar,\nrequired,required,optional\n"
    assert [row.number for row in meaning(text).rows] == [3]
    assert len(meaning(text).warnings) == 2


def test_a_header_in_another_order_is_refused() -> None:
    with pytest.raises(UnreadableSheet, match=r"Row 3 of a\.csv names the columns again"):
        meaning(
            "sku,prompt\na,Jar\nsku,prompt,size\nb,Jar,1:1\n".replace(
                "sku,prompt,size", "prompt,sku"
            )
        )
    with pytest.raises(UnreadableSheet, match=r"Row 3 of a\.csv names the columns again"):
        meaning("sku,prompt\na,Jar\nsku,prompt,size\nb,Jar,1:1\n")


def test_products_that_are_called_like_columns_are_products() -> None:
    text = "id,prompt\nhandle,A brass door handle\nsku,A label that says SKU\nprompt,A cue card\n"
    assert [spec.row_key for spec in specs(text)] == ["handle", "sku", "prompt"]


@pytest.mark.parametrize(
    ("prompt", "told"),
    [("Tag {price}", True), ("Tag ${price}", False), ("Tag {price} 元", False), ("A jar", False)],
)
def test_a_bare_price_is_told_where_it_is_drawn(prompt: str, told: bool) -> None:
    found = meaning(f"sku,prompt,price\na,{prompt},89\n")
    assert any("The price '89' in row 2 has no currency" in said for said in found.warnings) == told


def test_bare_prices_are_told_once() -> None:
    rows = "".join(f"s{number},listing-card,jar,{number}\n" for number in range(5))
    found = meaning(f"sku,recipe,product,price\n{rows}")
    assert found.warnings == (
        "The price '0' in row 2 has no currency, nor have 4 others; it is drawn exactly so.",
    )


def test_numbers_and_addresses_are_no_ticks_and_no_prompts() -> None:
    text = "sku,prompt,stock,link,note\na,,1,https://x.test/a-long-address,-\nb,Jar,0,,x\n"
    assert meaning(text).warnings == ()


@pytest.mark.parametrize(
    ("header", "cells", "meant"),
    [
        ("Orientation", ["portrait", "landscape"], "size"),
        ("Ausgabe", ["16:09", "4:3"], "size"),
        ("Auflösung", ["2048х2048", "1536 x 2688 px"], "size"),
        ("Engine", ["flux-schnell", "Nano-Banana"], "model"),
        ("promt", ["A red tin here", ""], "prompt"),
        ("prompt_en", ["A red tin here", "A blue tin"], "prompt"),
    ],
)
def test_a_column_that_is_not_read_and_should_be_is_named(
    header: str, cells: list[str], meant: str
) -> None:
    text = f"sku,prompt,{header}\na,,{cells[0]}\nb,A jar,{cells[1]}\n"
    assert meaning(text).warnings == (f"Column '{header}' is not used: did you mean '{meant}'?",)


@pytest.mark.parametrize(
    ("header", "cell"),
    [("Orientation", "left"), ("Engine", "V8"), ("promt", ""), ("Lead time", "0.75"), ("No", "4")],
)
def test_a_column_of_other_things_is_not_named(header: str, cell: str) -> None:
    assert meaning(f"sku,prompt,{header}\na,A jar,{cell}\n").warnings == ()


def test_a_text_beside_a_prompt_of_its_own_is_no_mistake() -> None:
    assert meaning("sku,prompt,promt\na,A jar,An older text\nb,A tin,\n").warnings == ()


def test_most_cells_decide_what_a_column_of_a_shop_is() -> None:
    found = meaning("sku,prompt,size\na,Jar,XL\nb,Jar,M\nc,Jar,16:9\nd,Jar,\n")
    assert found.warnings == (
        "Column 'size' says 'XL', which describes the product and not its picture, so it is not "
        "used, but '16:9' in row 4 is: rename it, for example to 'product size'.",
    )
    found = meaning("sku,prompt,size\na,Jar,XL\nb,Jar,M\nc,Jar,S\nd,Jar,Jumbo\ne,Jar,4:3\n")
    assert "so it is not used, nor is 'Jumbo' in row 5, but '4:3' in row 6 is:" in found.warnings[0]


@pytest.mark.parametrize(
    ("column", "cells", "field", "value"),
    [
        ("size", ["XL", "M", "16:9"], "size", "2688*1536"),
        ("尺寸", ["350ml", "9:16", "500ml"], "size", "1536*2688"),
        ("size", ["1 kg", "2 kg", "Jumbo", "5 kg", "6 kg", "1:1"], "size", "2048*2048"),
        ("seed", ["Tomato", "Basil", "7"], "seed", 7),
    ],
)
def test_what_is_meant_for_a_picture_counts_in_a_shops_column(
    column: str, cells: list[str], field: str, value: object
) -> None:
    plain = specs("sku,prompt\na,Jar\n")[0].input
    rows = specs(f"sku,prompt,{column}\n" + "".join(f"k-{cell},Jar,{cell}\n" for cell in cells))
    ours = [row for row in rows if row.row_key[2:] in ("16:9", "9:16", "1:1", "7")]
    assert [row.input.get(field) for row in ours] == [value]
    assert all(row.input == plain for row in rows if row not in ours)
    assert not any(row.problems for row in rows)


def test_models_and_recipes_count_in_a_shops_columns_too() -> None:
    rows = specs("sku,prompt,model\na,Jar,X-100\nb,Jar,X-200\nc,Jar,flux-schnell\nd,Jar,V-8\n")
    models = [row.model for row in rows]
    assert models[0] == models[1] == models[3] != models[2]
    long = "Fry for ten minutes and stir in the honey"
    rows = specs(
        f"sku,prompt,recipe,product\na,Jar,{long},jam\nb,Jar,{long}!,jam\nc,,packshot,jam\n"
    )
    assert [row.recipe for row in rows] == [None, None, "packshot"]
    assert not any(row.problems for row in rows)


def test_a_column_that_is_plainly_the_pictures_counts_before_a_shops() -> None:
    text = "sku,prompt,size,image size\na,Jar,XL,1:1\nb,Jar,M,\nc,Jar,16:9,4:3\nd,Jar,16:9,\n"
    text += "e,Jar,L,\nf,Jar,S,\n"
    sizes = [row.input["size"] for row in specs(text)]
    assert sizes[2] == specs("sku,prompt,size\na,Jar,4:3\n")[0].input["size"]
    assert sizes[3] == "2688*1536"


def test_a_shops_size_stays_at_hand_for_the_prompt_beside_one_of_ours() -> None:
    rows = specs("sku,prompt,size\na,Size {size},XL\nb,Size {size},M\nc,Jar,16:9\n")
    assert [row.prompt for row in rows] == ["Size XL", "Size M", "Jar"]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["live", "draft", "pending"], True),
        (["草稿", "已上架", ""], True),
        (["draft", "FALSE", ""], True),
        (["draft", "draft", "yes"], True),
        (["draft", "pending", "approved"], True),
        (["draft", "approved", "approved"], False),
        (["yess", "", ""], False),
        (["FALSE", "no", ""], False),
    ],
)
def test_a_shops_own_approved_is_named_once(cells: list[str], told: bool) -> None:
    text = "sku,prompt,approved\n" + "".join(f"k{cell},Jar,{cell}\n" for cell in cells)
    said = meaning(text).warnings
    assert any("for example to 'product status'" in each for each in said) is told
    if told:
        assert not any("must be yes or no" in " ".join(each.problems) for each in specs(text))


@pytest.mark.parametrize(
    "cell",
    [
        "approved",
        "Approved.",
        "yes",
        "TRUE",
        "genehmigt",
        "approuvé",
        "审核通过",
        "承認済み",
        "승인",
    ],
)
def test_an_approval_counts_beside_the_states_of_a_shop(cell: str) -> None:
    rows = specs(f"sku,prompt,approved\na,Jar,draft\nb,Jar,live\nc,Jar,{cell}\nd,Jar,rejected\n")
    assert [row.approved for row in rows] == [False, False, True, False]
    assert not any(row.problems for row in rows)
    assert specs(f"sku,prompt,approved\na,Jar,{cell}\n")[0].approved


@pytest.mark.parametrize("cell", ["not approved", "to be approved", "nicht genehmigt"])
def test_what_is_no_approval_is_none(cell: str) -> None:
    (row,) = specs(f"sku,prompt,approved\na,Jar,{cell}\n")
    assert not row.approved
    assert not row.problems


@pytest.mark.parametrize("cell", ["approved?", "genehmigt ?", "已批准？", "maybe approved"])
def test_a_doubtful_approval_is_asked_about(cell: str) -> None:
    (row,) = specs(f"sku,prompt,approved\na,Jar,{cell}\n")
    assert "must be yes or no" in row.problems[0]


@pytest.mark.parametrize("cell", ["0", "False", "yes", "☐", "pending", "同上", "inf", "12.5"])
def test_a_prompt_that_says_nothing_is_not_bought(cell: str) -> None:
    (spec,) = specs(f"sku,prompt\na,{cell}\n")
    assert spec.problems == (f"The prompt says only '{cell}': say what to draw, or name a recipe.",)


def test_a_column_that_fills_a_prompt_with_nothing_is_asked_about() -> None:
    filled = [spec.problems for spec in specs("sku,prompt,x\na,{x},False\nb,{x} cups,0\n")]
    assert filled[0][0].startswith("The prompt says only 'False'")
    assert filled[1] == ()


def test_a_recipe_writes_the_prompt_where_the_cell_says_nothing() -> None:
    (spec,) = specs("sku,prompt,recipe,product\na,0,packshot,a jar\n")
    assert not spec.problems
    assert "a jar" in spec.prompt


@pytest.mark.parametrize("cell", ["#VALUE", "#WERT", "#N/V", "=A1&B1", "#영!"])
def test_an_error_or_a_formula_is_no_prompt(cell: str) -> None:
    (spec,) = specs(f"sku,prompt\na,{cell}\n")
    assert len(spec.problems) == 1


def test_a_tag_in_capitals_may_stand_on_a_label() -> None:
    (spec,) = specs("sku,recipe,product,badge\na,packshot,a jar,#SALE\n")
    assert not spec.problems


def test_the_formula_of_a_tick_is_that_tick() -> None:
    found = specs("sku,prompt,redo,approved\na,Jar,=TRUE(),FALSCH()\nb,Cup,=IF(A1;1;0),\n")
    assert (found[0].redo, found[0].approved, found[0].problems) == ("yes", False, ())
    assert "text of a formula" in found[1].problems[0]


@pytest.mark.parametrize(
    ("ticked", "note", "told"),
    [
        ("yes", "warmer light", True),
        ("TRUE", "a blue lid", True),
        ("yes", "", False),
        ("x", "no", False),
        ("yes", "-", False),
        ("", "warmer light", False),
        ("a red lid", "warmer light", False),
    ],
)
def test_a_note_beside_a_ticked_redo_is_not_passed_over_in_silence(
    ticked: str, note: str, told: bool
) -> None:
    (spec,) = specs(f"sku,prompt,redo,redo note\na,Jar,{ticked},{note}\n")
    said = f"Column 'redo note' says '{note}', which is not added to the prompt"
    assert [warning.startswith(said) for warning in spec.warnings] == [True] * told


def test_a_row_that_only_denies_a_redo_says_nothing() -> None:
    assert len(specs("sku,prompt,重做\na,杯子,重做\n,,不需要重做\n")) == 1


@pytest.mark.parametrize(
    "key",
    "01.Mrz|Sept 2|3/Mar|12. März|1-мар|3-maj|set-05|May 5|1.3.2024|2024年3月1日|3월 4일|"
    "Oct. 12|12-مارس|3-Μαρ|4-мар".split("|"),
)
def test_a_key_that_was_made_a_date_is_warned_of(key: str) -> None:
    (spec,) = specs(f"sku,prompt\n{key},Jar\n")
    assert "looks like a date" in spec.warnings[0]


@pytest.mark.parametrize(
    "key",
    "Marker 5|Octopus-7|Decor-12|Gen 2|Set 4|1.2.3|MAR-2XL|2 marble|Mai-Tai 2"
    "|10 Lip balm|MAR12|SET-12|MAG-12|GEN-10|DEC-01|12-MAR|AVR-3|АПР-7".split("|"),
)
def test_a_key_of_words_is_no_date(key: str) -> None:
    (spec,) = specs(f"sku,prompt\n{key},Jar\n")
    assert spec.warnings == ()


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\ufeff", "\u200b", "\u2066", "\u200f", "\u2060", "\U000e0041\U000e0042"]
)
def test_what_nobody_sees_does_not_go_into_a_picture(hidden: str) -> None:
    (spec,) = specs(
        "sku,prompt,negative_prompt,redo,x\n"
        f"a,A {hidden}red {{x}},no{hidden}ne at all,da{hidden}rker,c{hidden}up\n"
    )
    assert (spec.prompt, spec.redo) == ("A red cup", "darker")
    assert spec.input["negative_prompt"] == "none at all"


@pytest.mark.parametrize(
    "text",
    ["می\u200cخواهم", "👩\u200d🎨 on a cup", "🏴\U000e0067\U000e0062\U000e007f flag", "❤\ufe0f"],
)
def test_joiners_stay_in_a_prompt(text: str) -> None:
    (spec,) = specs(f"sku,prompt\na,{text}\n")
    assert spec.prompt == text


def test_a_soft_hyphen_tells_of_text_that_was_read_wrongly() -> None:
    plain, garbled = specs("sku,prompt\na,A tea\u00adcup\nb,Un espacio mÃ\u00adstico\n")
    assert plain.prompt == "A teacup"
    assert "'místico' was probably meant" in garbled.warnings[0]


@given(st.text(st.sampled_from("aé\u00c3\u00ad\u200b🏴\U000e0067\U000e007f\u0301 "), max_size=9))
def test_what_nobody_sees_is_gone_at_once(text: str) -> None:
    assert without_invisible(without_invisible(text)) == without_invisible(text)


def test_redos_of_an_answer_in_any_form_are_read_alike() -> None:
    cells = ("☐ redo", "keine", "no thanks", "[x] redo", "ja, bitte", "warmer light", "perfect")
    lines = "".join(f'{at},A tin,"{cell}"\n' for at, cell in enumerate(cells))
    found = specs(f"sku,prompt,redo\n{lines}")
    assert [spec.redo for spec in found] == [None, None, None, "yes", "yes", "warmer light", None]
    assert [bool(spec.problems) for spec in found] == [False] * 6 + [True]
    assert "in a few words what you want to see" in found[6].problems[0]


@pytest.mark.parametrize(
    ("cells", "redos"),
    [
        (("O", "X", "ｘ ", ""), ("yes", None, None, None)),
        (("○", "x", "less gold", "✗"), ("yes", None, "less gold", None)),
        (("x", "X", "", "yes"), ("yes", "yes", None, "yes")),
        (("○", "✓", "", "no"), ("yes", "yes", None, None)),
    ],
)
def test_an_x_is_no_in_a_column_with_circles(
    cells: tuple[str, ...], redos: tuple[str | None, ...]
) -> None:
    lines = "".join(f"{at},A tin,{cell}\n" for at, cell in enumerate(cells))
    assert tuple(spec.redo for spec in specs(f"sku,prompt,redo\n{lines}")) == redos
    approved = [spec.approved for spec in specs(f"sku,prompt,承認\n{lines}")]
    assert approved[:2] == [redo == "yes" for redo in redos[:2]]


@pytest.mark.parametrize(
    ("header", "warned"),
    [("Approved", 0), ("已批准", 0), ("Freigegeben", 1), ("承認", 1), ("Validé", 1)],
)
def test_who_approves_may_say_so_in_words(header: str, warned: int) -> None:
    cells = ("approved", "✓ Anna", "未通过", "OK", "pending", "Anna")
    lines = "".join(f"{at},A tin,{cell}\n" for at, cell in enumerate(cells))
    # With recipes nothing else is taken for a prompt; an approval is one nevertheless.
    text = f"sku,prompt,recipe,{header}\n{lines.replace('tin,', 'tin,,')}"
    found = specs(text)
    assert [spec.approved for spec in found] == [True, True, False, True, False, False]
    assert [bool(spec.problems) for spec in found] == [False] * 5 + [True]
    guessed = [line for line in meaning(text).warnings if "is read as 'approved'" in line]
    assert len(guessed) == warned


@pytest.mark.parametrize(
    "header", ["やり直し", "Wiederholen", "Neu machen", "Neu rendern", "À refaire", "Rehacer"]
)
def test_redo_columns_in_other_languages(header: str) -> None:
    found = specs(f"sku,prompt,{header}\na,A tin,x\nb,A tin,☐ {header}\nc,A tin,{header}\n")
    assert [spec.redo for spec in found] == ["yes", None, "yes"]


@pytest.mark.parametrize("cell", ["keine", "n.v.t.", "not needed", "无需", "None.", "(nada)"])
def test_people_say_nothing_in_options_and_prompts_too(cell: str) -> None:
    (option,) = specs(f"sku,prompt,size,negative_prompt,seed\na,A tin,{cell},{cell},{cell}\n")
    assert option.problems == ()
    assert not {"negative_prompt", "seed"} & option.input.keys()
    (prompt,) = specs(f"sku,prompt\na,{cell}\n")
    assert prompt.problems[0].startswith(f"The prompt says only '{cell}'")
