"""Pictures as generators, cameras and editors write them: published is what browsers show."""

from __future__ import annotations

import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from rowshot.errors import BadPicture
from rowshot.finishing import convert

FIELD = Path(__file__).parents[2] / "data" / "pictures"
CASES = sorted(path.stem for path in FIELD.glob("*.json"))

RED, GREY = (200, 40, 60), (55, 55, 55)
P3_CORNERS = struct.pack(">8I", *(31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(pixel: bytes, *more: bytes, depth: int = 8, colour_type: int = 2, width: int = 8) -> bytes:
    """A PNG of one row that repeats one pixel, with these chunks before it."""
    header = struct.pack(">IIBBBBB", width, 1, depth, colour_type, 0, 0, 0)
    row = b"\0" + pixel * width
    chunks = [chunk(b"IHDR", header), *more, chunk(b"IDAT", zlib.compress(row))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IEND", b"")


def shown(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(convert(data).full.data))


def colour(data: bytes) -> tuple[int, ...]:
    seen = shown(data).convert("RGB").getpixel((4, 0))
    assert isinstance(seen, tuple)
    return seen


def is_close(seen: tuple[int, ...], wanted: tuple[int, ...], by: int = 6) -> bool:
    return all(abs(a - b) <= by for a, b in zip(seen, wanted, strict=True))


def jpeg(**options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 32), RED).save(buffer, "JPEG", quality=95, **options)
    return buffer.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


@pytest.mark.parametrize("name", CASES)
def test_a_picture_from_the_field_is_published_as_browsers_show_it(name: str) -> None:
    wanted = json.loads((FIELD / f"{name}.json").read_text())
    [file] = [path for path in FIELD.glob(f"{name}.*") if path.suffix != ".json"]

    image = shown(file.read_bytes())

    assert list(image.size) == wanted["size"]
    for pixel in wanted.get("pixels", []):
        seen = image.convert("RGB").getpixel(tuple(pixel["at"]))
        assert is_close(seen, tuple(pixel["rgb"]), pixel["tolerance"]), (pixel, seen)
    for pixel in wanted.get("alpha", []):
        assert image.convert("RGBA").getpixel(tuple(pixel["at"]))[3] == pixel["a"]


def test_there_are_pictures_from_the_field() -> None:
    assert len(CASES) == 17


GAMMA_1 = chunk(b"gAMA", struct.pack(">I", 100_000))
SRGB = chunk(b"sRGB", b"\0")
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
ICCP = chunk(b"iCCP", b"icc\0\0" + zlib.compress(ICC))


@pytest.mark.parametrize(
    ("chunks", "wanted"),
    [
        ([GAMMA_1], (128, 128, 128)),
        ([SRGB, GAMMA_1], GREY),
        ([ICCP, GAMMA_1], GREY),
        ([chunk(b"cICP", bytes((1, 8, 0, 1))), ICCP, SRGB], (128, 128, 128)),
        ([chunk(b"cICP", bytes((1, 13, 0, 1))), GAMMA_1], GREY),
        ([chunk(b"cICP", bytes((9, 16, 0, 1))), GAMMA_1], (128, 128, 128)),  # PQ: not followed
        ([chunk(b"cICP", bytes((1, 8, 0))), SRGB], GREY),
        ([chunk(b"iCCP", b"icc\0\0" + ICC[:50]), GAMMA_1], (128, 128, 128)),
        ([chunk(b"gAMA", b"\0\0\0\0")], GREY),
        ([chunk(b"gAMA", b"\0")], GREY),
        ([chunk(b"gAMA", struct.pack(">I", 45_455))], GREY),
        ([GAMMA_1, chunk(b"cHRM", bytes(32))], GREY),
    ],
)
def test_what_a_png_says_of_its_colours_counts_in_the_browsers_order(
    chunks: list[bytes], wanted: tuple[int, ...]
) -> None:
    assert is_close(colour(png(bytes(GREY), *chunks)), wanted)


def test_the_primaries_of_a_png_are_followed_as_a_profile_would_be() -> None:
    by_corners = [chunk(b"gAMA", struct.pack(">I", 45_455)), chunk(b"cHRM", P3_CORNERS)]
    by_number = [chunk(b"cICP", bytes((12, 13, 0, 1)))]

    plain, corners, number = (
        colour(png(bytes((180, 90, 70)), *c)) for c in ([], by_corners, by_number)
    )

    assert is_close(corners, number, by=3)
    assert corners[0] > plain[0] + 5, "Display P3's red is a stronger one than sRGB's"


@pytest.mark.parametrize(
    ("depth", "row", "key"), [(1, 0b01010101, 1), (2, 0b00110011, 3), (4, 0x0F, 15), (8, 200, 200)]
)
def test_a_transparent_grey_is_one_at_every_depth(depth: int, row: int, key: int) -> None:
    data = png(
        bytes((row,)), chunk(b"tRNS", struct.pack(">H", key)), depth=depth, colour_type=0, width=8
    )
    alpha = list(shown(data).convert("RGBA").getchannel("A").tobytes())

    transparent = [
        255 if (row >> (8 - depth - at * depth) % 8) % (1 << depth) != key else 0 for at in range(8)
    ]
    assert alpha == transparent


def test_a_transparent_colour_of_16_bits_is_transparent() -> None:
    pixel = struct.pack(">3H", 0x1234, 0x5678, 0x9ABC)
    data = png(pixel, chunk(b"tRNS", pixel), depth=16)

    assert shown(data).convert("RGBA").getpixel((4, 0))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    "extra",
    [
        segment(0xE1, b"Exif\0\0" + b"II*\0\xff\xff\xff\xff"),
        segment(0xE1, b"Exif\0\0garbage"),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta tiff:Orientation='6'"),
        segment(0xE2, b"MPF\0MM\0*\0\0\0\x08\xff\xff"),
        segment(0xE2, b"ICC_PROFILE\0\x01\x05half of one"),
        segment(0xED, b"Photoshop 3.0\x008BIM\x03\xed\0\0\0\0\xff\xff"),
        segment(0xFE, b"a comment \xff\xd8"),
        b"".join(segment(0xE5, bytes(65_000)) for _ in range(40)),
        b"\xff\xff\xff" + segment(0xFE, b"after fill bytes"),
    ],
)
def test_notes_in_a_jpeg_never_cost_the_picture(extra: bytes) -> None:
    data = jpeg()
    image = shown(data[:2] + extra + data[2:])

    assert image.size == (64, 32)
    assert is_close(image.convert("RGB").getpixel((30, 16)), RED)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"eXIf", b"garbage"),
        chunk(b"acTL", b"\0"),
        chunk(b"acTL", struct.pack(">II", 0xFFFFFFFF, 0)) + chunk(b"fcTL", bytes(26)),
        chunk(b"pHYs", b""),
        chunk(b"tIME", b"\0" * 3),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + b"broken"),
        chunk(b"prVt", bytes(2_000_000)),
    ],
)
def test_notes_in_a_png_never_cost_the_picture(extra: bytes) -> None:
    assert is_close(colour(png(bytes(RED), extra)), RED)


def test_damage_behind_the_pixels_of_a_png_is_still_damage() -> None:
    whole = png(bytes(RED))

    with pytest.raises(BadPicture, match="broken"):
        convert(whole[:-30])


def test_an_avif_is_published_and_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.new("RGB", (64, 32), RED).save(buffer, "AVIF", quality=90, exif=exif.tobytes())

    image = shown(buffer.getvalue())

    assert image.size == (32, 64)
    assert is_close(image.convert("RGB").getpixel((16, 30)), RED)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"GIF89a" + bytes(20), "a GIF picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC picture"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "a video"),
        (b"\xff\x0a" + bytes(20), "a JPEG XL picture"),
        (b"%PDF-1.7", "a PDF document"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"\xef\xbb\xbf <!doctype html>", "a web page or a text message"),
    ],
)
def test_a_file_that_is_not_published_is_named(data: bytes, says: str) -> None:
    with pytest.raises(BadPicture, match=says) as caught:
        convert(data)

    assert "PNG, JPEG, WebP and AVIF" in caught.value.message
