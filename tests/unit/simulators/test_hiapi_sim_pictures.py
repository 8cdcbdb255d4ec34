"""The simulated hiapi's pictures: the right size, readable, and wrong in the way that was asked."""

from __future__ import annotations

import io
import warnings

import pytest
from PIL import Image, ImageFont

from rowshot_simulators.hiapi.pictures import FLAWS, Drawing, draw, pixels
from rowshot_simulators.hiapi.pictures.fonts import font
from rowshot_simulators.hiapi.pictures.palettes import PALETTES, colourways, palette
from rowshot_simulators.hiapi.pictures.text import fitted, label_of, wrapped

PROMPT = "Packshot of a jar; the label reads “桂花蜂蜜” in bold serif, subtitle “Osmanthus Honey”."


def opened(body: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(body))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ({"size": "2688*1536"}, (2688, 1536)),
        ({"aspect_ratio": "1:1"}, (1024, 1024)),
        ({"aspect_ratio": "16:9"}, (1360, 768)),
        ({"aspect_ratio": "9:16", "resolution": "2K"}, (1536, 2736)),
        ({"aspect_ratio": "auto", "resolution": "4K"}, (4096, 4096)),
        ({}, (1024, 1024)),
    ],
)
def test_sizes(values: dict[str, object], size: tuple[int, int]) -> None:
    assert pixels(values) == size


def test_a_small_picture_keeps_its_ratio() -> None:
    assert pixels({"size": "2688*1536"}, max_edge=168) == (168, 96)
    assert pixels({"size": "2688*1536"}, max_edge=5000) == (2688, 1536)


@pytest.mark.parametrize("size", [(512, 512), (672, 384), (384, 672), (1, 1), (16, 128), (64, 48)])
def test_a_picture_has_the_size_that_was_asked_for(size: tuple[int, int]) -> None:
    body, media_type = draw(Drawing(PROMPT, *size))
    picture = opened(body)
    assert (picture.size, picture.format, media_type) == (size, "PNG", "image/png")


def test_a_jpeg_where_the_model_was_asked_for_one() -> None:
    body, media_type = draw(Drawing(PROMPT, 256, 256, "JPEG"))
    assert (opened(body).format, media_type) == ("JPEG", "image/jpeg")


def test_the_same_prompt_gives_the_same_picture_and_another_gives_another() -> None:
    one = draw(Drawing(PROMPT, 256, 256))[0]
    assert draw(Drawing(PROMPT, 256, 256))[0] == one
    assert draw(Drawing(PROMPT + " ", 256, 256))[0] != one


def test_chinese_has_glyphs_of_its_own() -> None:
    """A font without Chinese shows every character as the same box."""
    shapes = {bytes(font(40).getmask(character)) for character in "桂花蜂蜜龙井茶"}
    assert len(shapes) == 7


@pytest.mark.parametrize("text", [PROMPT, "桂花蜂蜜，" * 30, "x" * 300, "word " * 80, ""])
def test_lines_fit_their_width_and_lose_nothing(text: str) -> None:
    face = font(20)
    lines = wrapped(text, face, 200)
    assert all(face.getlength(line) <= 200 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_text_that_is_too_long_is_cut_with_an_ellipsis() -> None:
    lines, face, leading = fitted("很长的提示词，" * 200, (300, 100), (40, 12))
    assert lines[-1].endswith("…")
    assert len(lines) * leading <= 100
    assert all(face.getlength(line) <= 300 for line in lines)


@pytest.mark.parametrize(
    ("prompt", "label"),
    [
        (PROMPT, ("桂花蜂蜜", "Osmanthus Honey")),
        ("Headline “春季上新”, a bottle labelled “青梅酒”", ("青梅酒", "")),
        ("一罐龙井茶", ("一罐龙井茶", "")),
        ('The label reads "Sea Salt"', ("Sea Salt", "")),
        ("A plain candle", ("No. 17", "")),
    ],
)
def test_the_label_is_what_the_prompt_says(prompt: str, label: tuple[str, str]) -> None:
    assert label_of(prompt, 7) == label


def test_the_backdrop_has_the_colour_that_the_prompt_names() -> None:
    assert palette("on a sage green backdrop", 0) == PALETTES[1]
    assert palette("gold letters on a navy background", 0) == PALETTES[3]
    assert palette("a jar", 4) == PALETTES[4]
    row = colourways("left to right: coral, sage, navy", 9, 3)
    assert row == [PALETTES[2], PALETTES[1], PALETTES[3]]
    assert len(set(map(id, colourways("nothing named", 9, 3)))) == 3


@pytest.mark.parametrize(
    ("flaw", "form", "mode"),
    [
        ("gif", "GIF", "P"),
        ("cmyk", "JPEG", "CMYK"),
        ("alpha", "PNG", "RGBA"),
        ("grey16", "PNG", "I;16"),
        ("rgb16", "PNG", "RGB"),
        ("palette", "PNG", "P"),
        ("rotated", "JPEG", "RGB"),
    ],
)
def test_odd_pictures_can_be_opened(flaw: str, form: str, mode: str) -> None:
    picture = opened(draw(Drawing(PROMPT, 96, 64), flaw)[0])
    assert (picture.format, picture.mode) == (form, mode)
    assert picture.size == ((64, 96) if flaw == "rotated" else (96, 64))


def test_the_rotated_picture_says_how_it_lies() -> None:
    assert opened(draw(Drawing(PROMPT, 96, 64), "rotated")[0]).getexif()[0x0112] == 6


def test_the_deep_picture_is_deep() -> None:
    body = draw(Drawing(PROMPT, 96, 64), "rgb16")[0]
    assert (body[24], body[25]) == (16, 2)
    plain = opened(draw(Drawing(PROMPT, 96, 64))[0])
    assert opened(body).tobytes() == plain.tobytes()


@pytest.mark.parametrize("flaw", ["truncated", "empty", "wrong_type"])
def test_broken_pictures_cannot(flaw: str) -> None:
    body, media_type = draw(Drawing(PROMPT, 96, 64), flaw)
    assert media_type == "image/png"
    with pytest.raises((OSError, SyntaxError)):
        opened(body)


def test_the_bomb_is_small_on_the_wire_and_huge_in_memory() -> None:
    body, _ = draw(Drawing(PROMPT, 96, 64), "bomb")
    assert len(body) < 500_000
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(Image.DecompressionBombError):
            Image.open(io.BytesIO(body))


def test_an_unknown_flaw_is_an_error() -> None:
    assert "truncated" in FLAWS
    with pytest.raises(ValueError, match="ugly"):
        draw(Drawing(PROMPT, 8, 8), "ugly")


@pytest.mark.parametrize(
    "text", [f"{PROMPT}\nwith a lighter glaze", "\n", "a\r\n\n b\u2028c", "\t"]
)
def test_a_prompt_with_line_breaks_is_drawn(text: str) -> None:
    assert opened(draw(Drawing(text, 256, 256))[0]).size == (256, 256)


def test_a_line_has_the_same_width_on_every_machine() -> None:
    assert getattr(font(24), "layout_engine", ImageFont.Layout.BASIC) is ImageFont.Layout.BASIC
