"""Files in the encodings of before Unicode are read as they were written, or refused."""

from __future__ import annotations

import pytest

from rowshot.errors import UnreadableSheet
from rowshot.reading import read_sheet

ENGLISH = ["A cup on pale stone", "Soft light", "A tin, closed"]
SHEETS = {
    "cp1252": [
        ["Crème brûlée in a blue cup"],
        ["A jalapeño pepper", "It’s “Sun” – 5 €", "Ein Glas Honig, süß", "Pão de queijo"],
        ["Een kopje groene thee, geërfd", "twee ideeën"],
        ["En kopp grönt te på träbord"],
        ["Una tazza di tè sul tavolo, più luce"],
        ["10 °C, ±0.5 mm, 25 µm, ½ pint"],
    ],
    "iso8859_15": [["Crème brûlée, un cœur"]],
    "mac_roman": [["Crème brûlée, café, thé à la menthe"]],
    "cp850": [["Un tarro de cerámica, diseño clásico, luz de la mañana"]],
    "cp1250": [
        ["Šálek čaje na dřevěném stole", "Krabička sušenek, měkké světlo"],
        ["Zielona herbata w białym kubku", "Żółty dzbanek", "łyżka"],
        ["Zöld tea fehér csészében, fából készült asztalon", "Egy üveg méz, őszi fény"],
        ["Zelený čaj v bielej šálke, mäkké svetlo"],
        ["Ceai verde într-o ceaşcă albă, lumină caldă"],
        ["Zeleni čaj u bijeloj šalici, meka svjetlost, žlica"],
    ],
    "cp852": [["Šálek čaje na dřevěném stole"]],
    "cp857": [["Yeşil çay, beyaz fincan, ahşap masa üzerinde"]],
    "cp869": [["Πράσινο τσάι σε λευκό φλιτζάνι"], ["Κόκκινη κούπα, μπλε χρώμα"]],
    "cp1125": [["Зелений чай у білій чашці, м'яке світло"], ["Їжачок і ґудзик"]],
    "cp855": [["Керамичка шоља на дрвеном столу, ђак, љубав"], ["Красная кружка"]],
    "iso8859_16": [["Zielona herbata w białym kubku, żółty dzbanek"]],
    "cp737": [["Πράσινο τσάι σε λευκό φλιτζάνι"]],
    "cp720": [["كوب أحمر على طاولة خشبية"]],
    "cp1254": [["Yeşil çay, beyaz fincan, ahşap masa üzerinde"], ["Kırmızı kupa", "Gümüş kaşık"]],
    "cp1257": [
        ["Žalia arbata baltame puodelyje ant medinio stalo, švelni šviesa"],
        ["Zaļā tēja baltā krūzē uz koka galda, maiga gaisma"],
        ["Roheline tee valges tassis puulaual, õun ja küünal"],
    ],
    "cp1251": [
        ["Зелёный чай в белой чашке на деревянном столе"],
        ["Банка мёда, м’який світлий фон", "Зелений чай у білій чашці"],
        ["Зелен чай в бяла чаша на дървена маса"],
    ],
    "koi8_r": [["Зелёный чай в белой чашке", "Красная кружка"]],
    "cp866": [["Зелёный чай в белой чашке", "Красная кружка"]],
    "cp1253": [["Πράσινο τσάι σε λευκό φλιτζάνι πάνω σε ξύλινο τραπέζι"]],
    "cp1255": [["כוס אדומה על שולחן עץ", "קופסת תה על אבן בהירה"]],
    "iso8859_8": [["כוס אדומה על שולחן עץ", "קופסת תה על אבן בהירה"]],
    "cp1256": [["كوب أحمر على طاولة خشبية"], ["علبة شاي على حجر فاتح"]],
    "cp874": [["ถ้วยชาสีแดงบนโต๊ะไม้"]],
    "gb18030": [
        ["一个红色的茶杯放在木桌上"],
        ["茶"],
        ["不锈钢保温杯", "T恤"],
        ["㐂记的老招牌，红底金字"],
    ],
    "big5": [["一個玻璃罐子放在潮濕的石頭上"], ["紅茶", "珍珠奶茶"]],
    "cp932": [
        ["赤いマグカップ、木のテーブル"],
        ["緑茶の缶"],
        ["ｽﾁｰﾙ缶の緑茶、木の机", "①の茶筒と湯のみ"],
    ],
    "euc_jp": [["赤いマグカップ、木のテーブル"], ["緑茶の缶"]],
    "iso2022_jp": [["緑茶の缶、木の机"]],
    "cp949": [["나무 탁자 위의 도자기 컵"], ["빨간 컵", "녹차 캔"], ["똠얌꿍 라면 봉지"]],
}


def sheet(prompts: list[str]) -> str:
    rows = "".join(f'A-{number},"{prompt}"\r\n' for number, prompt in enumerate(prompts))
    return f"sku,prompt\r\n{rows}"


@pytest.mark.parametrize(
    ("encoding", "prompts"),
    [(encoding, each) for encoding, sheets in SHEETS.items() for each in sheets],
)
@pytest.mark.parametrize("more", [[], ENGLISH], ids=["alone", "among English rows"])
def test_what_was_written_comes_back(encoding: str, prompts: list[str], more: list[str]) -> None:
    read = read_sheet(sheet([*more, *prompts]).encode(encoding), name="a.csv")
    assert [row.cells[1] for row in read.rows] == [*more, *prompts]


@pytest.mark.parametrize(
    ("encoding", "prompt", "tried"),
    [
        ("cp1250", "Čaj", "Central European and Western European"),
        ("euc_jp", "茶筒", "Japanese EUC, Chinese GB18030 and Chinese Big5"),
        ("gb18030", "龙井", "Chinese GB18030 and Korean"),
    ],
)
def test_what_may_be_two_things_is_refused(encoding: str, prompt: str, tried: str) -> None:
    with pytest.raises(UnreadableSheet) as caught:
        read_sheet(sheet([prompt]).encode(encoding), name="a.csv")
    assert caught.value.message == (
        f"The characters of a.csv cannot be read for certain (tried: {tried}): save it again as "
        "'CSV UTF-8' or as XLSX."
    )


@pytest.mark.parametrize("encoding", ["cp1252", "cp1250", "gb18030", "cp932"])
def test_one_line_of_another_encoding_is_named(encoding: str) -> None:
    other = {"cp1250": "Žlutý kůň", "gb18030": "绿茶罐", "cp932": "緑茶の缶"}.get(
        encoding, "Théière"
    )
    data = sheet(["Café tin, été", "Thé vert", "Crème brûlée"]).encode()
    with pytest.raises(UnreadableSheet, match=r"a\.csv has damaged characters in line 5"):
        read_sheet(data + b"M-4," + other.encode(encoding) + b"\r\n", name="a.csv")


def test_a_large_file_is_judged_by_its_different_words() -> None:
    rows = [*["Crème brûlée"] * 5_000, "Žlutý kůň, dřevěný stůl", "Šálek čaje, měkké světlo"]
    read = read_sheet(sheet(rows).encode("cp1250", "replace"), name="a.csv")
    assert read.encoding == "cp1250"
    assert read.rows[-1].cells[1] == rows[-1]


@pytest.mark.parametrize(
    ("encoding", "prompt"),
    [
        ("mac_arabic", "كوب سيراميك على طاولة خشبية"),
        ("mac_farsi", "فنجان سراميك روي ميز چوبي"),
        ("cp1258", "Côìc gôìm trên bàn gôÞ, aình saìng diòu"),  # the bytes of Vietnamese
        ("cp861", "Keramikbolli á eikarborði, mjúk birta, það, æði"),
        ("cp860", "Pão de queijo, chá"),
    ],
)
def test_what_is_like_no_language_is_refused(encoding: str, prompt: str) -> None:
    data = sheet([prompt]).encode("cp1252" if encoding == "cp1258" else encoding)
    with pytest.raises(UnreadableSheet, match="cannot be read for certain"):
        read_sheet(data, name="a.csv")


@pytest.mark.parametrize("text", ["v\xa0kuchyni na stole, Šálek čaje", "à la carte\xa0: thé"])
def test_a_few_words_may_be_tied(text: str) -> None:
    encoding = "cp1250" if "Š" in text else "cp1252"
    assert read_sheet(sheet([text]).encode(encoding), name="a.csv").rows[0].cells[1] == text


@pytest.mark.parametrize(
    ("encoding", "title"), [("utf-7", "UTF-7"), ("hz", "HZ"), ("iso2022_kr", "ISO-2022-KR")]
)
def test_what_mail_programs_write_is_refused_by_name(encoding: str, title: str) -> None:
    prompts = {"iso2022_kr": ["나무 탁자 위의 컵"], "hz": ["橡木桌上的杯子", "A cup"]}
    data = sheet(prompts.get(encoding, ["Schöne Tasse", "A cup"])).encode(encoding)
    with pytest.raises(UnreadableSheet, match=f"are written in {title}, as in a mail"):
        read_sheet(data, name="a.csv")


@pytest.mark.parametrize(
    "text", ["A cup +keyboard-case", "C+JAM- x", "1+ABC-2", "~{name}~", "~{a~}", "a+AOk- 1+1", "+-"]
)
def test_signs_of_plain_ascii_are_text(text: str) -> None:
    assert read_sheet(sheet([text]).encode(), name="a.csv").rows[0].cells[1] == text
