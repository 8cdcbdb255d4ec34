"""Rows that say what to fill in, and rows of totals, are no products; odd keys are."""

from __future__ import annotations

import pytest

from rowshot.models import Catalogue
from rowshot.reading import read_sheet
from rowshot.specs import Meaning, meaning_of

CATALOGUE = Catalogue.from_package()


def meaning(*rows: str, header: str = "sku,prompt") -> Meaning:
    text = "\n".join((header, *rows, ""))
    return meaning_of(read_sheet(text.encode(), name="a.csv"), CATALOGUE)


def bought(*rows: str, header: str = "sku,prompt") -> list[int]:
    return [row.number for row in meaning(*rows, header=header).rows]


@pytest.mark.parametrize(
    "row",
    [
        "e.g. TIN-0,A tea tin", "Example: TIN-0,A tin", "例如：TIN-0,一个罐子",
        "unique article number,what to draw", "例：A-0,白い缶", "（例）A-0,缶", "例)A-0,缶",
        "記入例,缶", "예: A-0,캔", "예) A-0,캔", "예시,캔", "如：A-0,罐", "如 A-0,罐", "示例,罐",
        "np. A-0,puszka", "örn. A-0,kutu", "Örnek: A-0,kutu", "es. A-0,una lattina",
        "ej.: A-0,una lata", "p. ej. A-0,una lata", "Ex : A-0,une boîte", "ex: A-0,a tin",
        "bijv. A-0,blik", "t.ex. A-0,burk", "f.eks. A-0,dåse", "например: A-0,банка",
        "напр. A-0,банка", "Bsp.: A-0,Dose", "Muster: A-0,Dose", "MUSTER,Dose", "eg. A-0,a tin",
        "Sample: A-0,a tin", "Sample,a tin", "Example,a mug", "(example),a tin", "[Beispiel],Dose",
        "SKU here,prompt here", "Your SKU,Describe the picture here", "unique ID,free text",
        "必填、唯一,描述画面内容", "required,say what to draw",
    ],
)  # fmt: skip
def test_an_example_or_explanation_is_no_product(row: str) -> None:
    found = meaning(row, "TIN-1,A", "TIN-2,B")
    assert [row.number for row in found.rows] == [3, 4]
    assert found.warnings[0].startswith("Row 2 only says how")


@pytest.mark.parametrize(
    "row",
    [
        "必須,任意", "필수,필수", "wymagane,opcjonalne", "zorunlu,isteğe bağlı",
        "obbligatorio,facoltativo", "obrigatório,opcional", "verplicht,optioneel",
        "обязательно,необязательно", "Text (required),Text (required)", "String(40),String(1000)",
        "max 40 chars,max. 1000 characters", "string / unique,string", "必填，唯一,必填",
        "Varchar(12),max. 500 Zeichen",
    ],
)  # fmt: skip
def test_kinds_are_no_product(row: str) -> None:
    assert bought(row, "matcha,A") == [3]


def test_explanations_are_left_out_together() -> None:
    rows = ("Seller SKU,Picture prompt", "Mandatory,Optional")
    words = ("Seller SKU to identify products,What the picture shows", "its article number,a text")
    assert bought("Mandatory,Optional", *words, "TT-1,A tin", "TT-2,A cup") == [5, 6]
    assert bought("SKU,Prompt", rows[1], words[0], "TT-1,A tin", "TT-2,A cup") == [5, 6]


@pytest.mark.parametrize(
    "rows",
    [
        ("Earl Grey tin,A", "matcha,B", "sencha,C", "oolong,D"),
        ("tea tin from Nara,A", "green mug,B", "CUP-2,C"),
        ("Ceylon Orange Pekoe,A", "TIN-1,B", "assam,C"),
        ("TIN-1,A", "big blue teapot,B", "TIN-2,C", "TIN-3,D"),
        ("Muster: Blumen,A", "Muster: Streifen,B", "Muster: Punkte,C", "Muster: Karos,D"),
        ("ex. 1,A", "ex. 2,B"),
        ("sample,A tin",),
        ("big red mug,A", "small red mug,B", "example,C", "E.G. Tea,D", "little blue mug,E"),
        ("Your Mug,A", "TIN-1,B", "TIN-2,C"),
        ("es-12,A", "EX-1,B", "Exotica,C"),
        ("text-1,number", "number-2,text"),
        ("fx-9,A", "如意-1,B", "例-1,C"),
    ],
)
def test_keys_of_words_are_keys(rows: tuple[str, ...]) -> None:
    assert bought(*rows) == list(range(2, 2 + len(rows)))


@pytest.mark.parametrize(
    "row",
    ["Total,2 items", "Gesamt:,2 Artikel", "合计,2件", "Count,COUNT: 2", "Итого,12", "Sum,2 €"],
)
def test_a_row_of_totals_is_no_product(row: str) -> None:
    found = meaning("a,A tin", "b,A cup", row)
    assert [row.number for row in found.rows] == [2, 3]
    assert found.warnings == ("Row 4 only counts or adds up the rows above it and is skipped.",)


@pytest.mark.parametrize("row", ["Total,A wall of tins", "Total,3 red tins", "Sumatra,2 cups"])
def test_a_product_that_is_called_total_is_a_product(row: str) -> None:
    assert bought("a,A tin", row) == [2, 3]


def test_only_the_last_rows_are_totals() -> None:
    assert bought("Total,2 items", "a,A tin", "Subtotal,1 item", "Grand total,1 item") == [2, 3]
