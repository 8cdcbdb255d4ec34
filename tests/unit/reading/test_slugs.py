"""Row keys become folder names that are safe everywhere and never shared."""

from __future__ import annotations

import re
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.reading.slugs import MAX_SLUG, distinct_slugs, look_of, row_key, slug_for

SAFE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KEYS = st.text(min_size=1, max_size=120).map(row_key).filter(bool)


@pytest.mark.parametrize("key", ["jade-cream", "0017", "a", "x" * MAX_SLUG, "sku-2026-03"])
def test_a_safe_key_is_its_own_slug(key: str) -> None:
    assert slug_for(key) == key


@pytest.mark.parametrize(
    ("key", "start"),
    [
        ("玉容霜", "yu-rong-shuang-"),
        ("SKU-0017", "sku-0017-"),
        ("Crème brûlée", "creme-brulee-"),
        ("../../etc/passwd", "etc-passwd-"),
        ("a/b\\c", "a-b-c-"),
        ("con", "con-"),
        ("&lt;script&gt;", "script-"),
    ],
)
def test_any_other_key_keeps_its_sound_and_gets_a_mark(key: str, start: str) -> None:
    assert re.fullmatch(re.escape(start) + r"[0-9a-f]{10}", slug_for(key))


def test_a_key_without_sound_is_only_a_mark() -> None:
    assert re.fullmatch(r"[0-9a-f]{10}", slug_for("🍵"))


def test_a_key_that_looks_marked_cannot_take_another_ones_folder() -> None:
    stolen = slug_for("SKU-0017")
    assert slug_for(stolen) != stolen


@given(KEYS)
def test_slugs_are_safe_and_bounded(key: str) -> None:
    slug = slug_for(key)
    assert SAFE.fullmatch(slug)
    assert len(slug) <= MAX_SLUG
    assert slug == slug_for(key)


@given(st.lists(KEYS, unique=True, max_size=30))
def test_no_two_keys_share_a_slug(keys: list[str]) -> None:
    slugs = distinct_slugs(keys)
    assert len(set(slugs.values())) == len(keys)
    assert all(slugs[key] == slug_for(key) for key in keys), "order and company change nothing"


@given(st.text(max_size=50))
def test_row_keys_are_normal_and_stay_so(cell: str) -> None:
    key = row_key(cell)
    assert key == row_key(key)
    assert unicodedata.is_normalized("NFC", key)
    assert key == key.strip()


@pytest.mark.parametrize(
    "cell",
    ["AB\u200b-1", "\u202aAB-1\u202c", "\u200eAB-1", "AB\u200d-1", "A\u00adB-1", "AB\u20111",
     "\u3164AB-1", "AB-1\ufe0f", "AB-1\u00a0"],
)  # fmt: skip
def test_keys_that_look_the_same_are_the_same(cell: str) -> None:
    assert row_key(cell) == "AB-1"


@pytest.mark.parametrize("space", "\u00a0\u1680\u2002\u2009\u200a\u202f\u205f\u3000")
def test_a_space_of_any_width_looks_like_a_space(space: str) -> None:
    assert look_of(row_key(f"{space}C{space}D ")) == "C D"


@pytest.mark.parametrize("key", ["茶\u3000罐", "tea\u2009tin", "A\u2003B", "a\u061cb"])
def test_keys_under_which_pictures_may_stand_stay_as_they_are(key: str) -> None:
    assert row_key(f" {key}\u3000") == key


@pytest.mark.parametrize("space", "\u00a0\u2007\u202f")
def test_no_break_spaces_are_plain_ones_in_keys(space: str) -> None:
    assert row_key(f"C{space}D") == "C D"


@given(st.text(string.printable + "äß茶号-", max_size=30))
def test_plain_keys_stay_what_older_releases_made_of_them(key: str) -> None:
    kept = re.fullmatch(r'="([^"]*)"', key.strip())
    plain = kept[1].strip() if kept else key.strip()
    assert row_key(key) == re.sub(r"^'+(?=[0-9])", "", plain)


@pytest.mark.parametrize("cell", ["0017", "'0017", '="0017"', ' ="0017" ', "''0017"])
def test_a_number_that_was_kept_as_text_is_that_number(cell: str) -> None:
    assert row_key(cell) == "0017"


@pytest.mark.parametrize("key", ["'s-hertogenbosch", '="', "rock 'n' roll", "'"])
def test_other_apostrophes_stay(key: str) -> None:
    assert row_key(key) == key


@pytest.mark.parametrize("key", ["می\u200cخواهم", "क\u094d\u200dष", "👩\u200d🎨", "❤\ufe0f"])
def test_joiners_that_are_seen_stay(key: str) -> None:
    assert row_key(key) == key


def test_a_key_is_the_same_composed_or_not() -> None:
    assert row_key("  Cafe\u0301\u3000\ufeff") == "Café"
