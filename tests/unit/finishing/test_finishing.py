from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw

from rowshot.errors import BadPicture
from rowshot.finishing import MAX_BYTES, MAX_PIXELS, WIDTHS, Converted, Encoded, convert
from rowshot.publishing import download

RED, GREEN, BLUE, WHITE = (220, 30, 40), (20, 160, 60), (30, 60, 200), (255, 255, 255)


def quadrants(size: tuple[int, int] = (40, 20)) -> Image.Image:
    """Red at the top left, then green, blue and white: shows every turn and mirroring."""
    width, height = size
    image = Image.new("RGB", size, WHITE)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=RED)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), fill=GREEN)
    draw.rectangle((0, height // 2, width // 2 - 1, height), fill=BLUE)
    return image


def file(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def raw_png(depth: int, colour_type: int, rows: bytes, width: int, *more: bytes) -> bytes:
    """A PNG of one row that Pillow itself could not write."""
    header = struct.pack(">IIBBBBB", width, 1, depth, colour_type, 0, 0, 0)
    chunks = [chunk(b"IHDR", header), *more, chunk(b"IDAT", zlib.compress(b"\0" + rows))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IEND", b"")


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def opened(encoded: Encoded) -> Image.Image:
    image = Image.open(io.BytesIO(encoded.data))
    image.load()
    assert image.format == "WEBP"
    assert image.size == (encoded.width, encoded.height)
    return image


def close(seen: Any, wanted: tuple[int, ...], by: int = 12) -> bool:
    return len(seen) == len(wanted) and all(
        abs(a - b) <= by for a, b in zip(seen, wanted, strict=True)
    )


def middle(data: bytes) -> tuple[int, ...]:
    image = opened(convert(data).full)
    pixel = image.getpixel((image.width // 2, image.height // 2))
    assert isinstance(pixel, tuple)
    return pixel


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_a_picture_becomes_webp_in_every_width(kind: str) -> None:
    converted = convert(file(quadrants((1200, 900)), kind))

    assert isinstance(converted, Converted)
    assert (converted.full.width, converted.full.height) == (1200, 900)
    assert {w: (e.width, e.height) for w, e in converted.widths.items()} == {
        960: (960, 720),
        480: (480, 360),
    }
    for encoded in (converted.full, *converted.widths.values()):
        image = opened(encoded)
        assert image.mode == "RGB"
        assert close(image.getpixel((encoded.width // 4, encoded.height // 4)), RED)


def test_a_small_picture_is_not_blown_up() -> None:
    converted = convert(file(quadrants((600, 30))))

    assert tuple(converted.widths) == WIDTHS
    assert converted.widths[960] == converted.full
    assert (converted.widths[480].width, converted.widths[480].height) == (480, 24)


def test_a_very_flat_picture_keeps_a_row_of_pixels() -> None:
    assert convert(file(Image.new("RGB", (4000, 1), RED))).widths[480].height == 1


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_picture_is_turned_upright(orientation: int, kind: str) -> None:
    turns = Image.Transpose
    stored_as = {
        1: None,
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_90,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_270,
    }[orientation]
    upright = quadrants((64, 32))
    stored = upright if stored_as is None else upright.transpose(stored_as)
    exif = Image.Exif()
    exif[0x0112] = orientation

    image = opened(convert(file(stored, kind, exif=exif)).full)

    assert image.size == (64, 32)
    assert close(image.getpixel((16, 8)), RED, by=24)
    assert close(image.getpixel((48, 8)), GREEN, by=24)
    assert close(image.getpixel((16, 24)), BLUE, by=24)


def test_metadata_is_stripped() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = file(quadrants(), "JPEG", exif=exif, icc_profile=srgb, comment=b"taken at home")

    for encoded in (convert(data).full, *convert(data).widths.values()):
        assert not {"exif", "icc_profile", "xmp", "comment"} & opened(encoded).info.keys()
        assert b"taken at home" not in encoded.data


@pytest.mark.parametrize(
    ("image", "wanted"),
    [
        (Image.new("L", (20, 20), 90), (90, 90, 90)),
        (Image.new("1", (20, 20), 1), WHITE),
        (Image.new("I;16", (20, 20), 0x8080), (128, 128, 128)),
        (Image.new("RGB", (20, 20), BLUE).convert("P"), BLUE),
        (Image.new("RGBA", (20, 20), (*RED, 255)), RED),
        (Image.new("RGBA", (20, 20), (*RED, 128)), (*RED, 128)),
        (Image.new("LA", (20, 20), (90, 40)), (90, 90, 90, 40)),
        (Image.new("LA", (20, 20), (90, 255)), (90, 90, 90)),
    ],
    ids=["grey", "bilevel", "grey16", "palette", "opaque", "alpha", "grey-alpha", "grey-opaque"],
)
def test_every_kind_of_pixel_becomes_8_bit_rgb(image: Image.Image, wanted: tuple[int, ...]) -> None:
    assert close(middle(file(image)), wanted, by=20 if image.mode == "P" else 6)


@pytest.mark.parametrize(
    ("depth", "colour_type", "pixel", "wanted"),
    [
        (16, 2, (0x8000, 0, 0xFFFF), (128, 0, 255)),
        (16, 4, (0x8000, 0x4000), (128, 128, 128, 64)),
        (16, 6, (0x8000, 0x8000, 0x8000, 0x4000), (128, 128, 128, 64)),
    ],
)
def test_16_bits_are_scaled(
    depth: int, colour_type: int, pixel: tuple[int, ...], wanted: tuple[int, ...]
) -> None:
    rows = struct.pack(f">{len(pixel)}H", *pixel) * 8

    assert close(middle(raw_png(depth, colour_type, rows, 8)), wanted, by=6)


@pytest.mark.parametrize(
    ("depth", "colour_type", "left", "right", "key"),
    [
        (8, 0, b"\x5a", b"\xf0", struct.pack(">H", 0x5A)),
        (16, 0, b"\x5a\x5a", b"\xf0\xf0", struct.pack(">H", 0x5A5A)),
        (8, 2, b"\x5a\x10\x10", b"\xf0\xf0\xf0", struct.pack(">HHH", 0x5A, 0x10, 0x10)),
    ],
)
def test_one_transparent_colour_becomes_alpha(
    depth: int, colour_type: int, left: bytes, right: bytes, key: bytes
) -> None:
    data = raw_png(depth, colour_type, left * 16 + right * 16, 32, chunk(b"tRNS", key))

    alpha = opened(convert(data).full).getchannel("A")

    assert [alpha.getpixel((x, 0)) for x in (2, 12, 19, 30)] == [0, 0, 255, 255]


def test_a_transparent_palette_becomes_alpha() -> None:
    image = quadrants().quantize(4)
    see_through = image.getpixel((2, 2))

    converted = opened(convert(file(image, transparency=see_through)).full)

    alpha = converted.getchannel("A")
    assert (alpha.getpixel((2, 2)), alpha.getpixel((30, 2))) == (0, 255)


def test_cut_outs_get_no_fringes() -> None:
    """White under full transparency must not bleed into the edge when the picture is shrunk."""
    image = Image.new("RGBA", (700, 700), (255, 255, 255, 0))
    ImageDraw.Draw(image).ellipse((90, 90, 610, 610), fill=(10, 10, 10, 255))

    small = opened(convert(file(image)).widths[480])

    edge = [p for p in small.get_flattened_data() if isinstance(p, tuple) and 100 <= p[3] <= 250]
    assert edge
    assert max(max(p[:3]) for p in edge) < 60


def test_cmyk_becomes_rgb() -> None:
    data = file(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "JPEG", quality=95)

    assert close(middle(data), (255, 0, 0), by=16)


def test_a_cmyk_profile_that_is_not_one_is_ignored() -> None:
    image = Image.new("CMYK", (32, 32), (0, 255, 255, 0))

    assert close(middle(file(image, "JPEG", icc_profile=wide_gamut())), (255, 0, 0), by=16)


def wide_gamut() -> bytes:
    """A profile whose red and green are swapped in, so that following it is unmistakable."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", profile[128:132])[0]
    at = {profile[132 + 12 * i : 136 + 12 * i].decode(): 132 + 12 * i for i in range(count)}
    red, green = at["rXYZ"], at["gXYZ"]
    profile[red + 4 : red + 12], profile[green + 4 : green + 12] = (
        profile[green + 4 : green + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_a_colour_profile_is_followed(mode: str) -> None:
    image = Image.new("RGB", (16, 16), (255, 0, 0)).convert(mode)

    assert close(middle(file(image, icc_profile=wide_gamut())), (0, 255, 0), by=20)


def test_a_followed_profile_keeps_the_alpha() -> None:
    image = Image.new("RGBA", (16, 16), (255, 0, 0, 77))

    assert close(middle(file(image, icc_profile=wide_gamut())), (0, 255, 0, 77), by=20)


@pytest.mark.parametrize(
    "profile",
    [
        b"not a profile at all",
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()[:200],
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    ],
    ids=["garbage", "cut off", "foreign space", "sRGB itself"],
)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_useless_colour_profile_changes_nothing(profile: bytes, mode: str) -> None:
    image = Image.new("RGB", (16, 16), (120, 120, 120)).convert(mode)

    assert close(middle(file(image, "JPEG", icc_profile=profile)), (120, 120, 120), by=10)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_first_frame_of_an_animation_counts(kind: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in (RED, GREEN, BLUE)]
    data = file(frames[0], kind, save_all=True, append_images=frames[1:])

    converted = opened(convert(data).full)

    assert getattr(converted, "n_frames", 1) == 1
    assert close(converted.getpixel((8, 8)), RED)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "a web page or a text"),
        (b'{"code":404}', "a web page or a text"),
        (file(quadrants(), "GIF"), "a GIF picture"),
        (file(quadrants(), "TIFF"), "a TIFF picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "some other kind of file"),
        (b"\x89PNG\r\n\x1a\n", "PNG picture is broken"),
        (b"\xff\xd8\xff", "JPEG picture is broken"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WEBP picture is broken"),
        (raw_png(8, 2, b"\0" * 3, 40_000, chunk(b"tEXt", b"a\0b")), "too long for WebP"),
    ],
)
def test_what_is_no_picture_is_said_plainly(data: bytes, says: str) -> None:
    with pytest.raises(BadPicture, match=says) as caught:
        convert(data)

    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("part", [0.3, 0.7, 0.95])
def test_a_cut_off_file_is_refused(kind: str, part: float) -> None:
    data = file(Image.effect_noise((200, 200), 80).convert("RGB"), kind)

    with pytest.raises(BadPicture, match="cut off"):
        convert(data[: int(len(data) * part)])


@pytest.mark.parametrize("side", [8_000, 16_000, 100_000])
def test_a_pixel_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    """The header is all there is: had the pixels been decoded, it would be 'broken'."""
    data = raw_png(8, 2, b"", side).replace(
        chunk(b"IHDR", struct.pack(">IIBBBBB", side, 1, 8, 2, 0, 0, 0)),
        chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
    )

    with pytest.raises(BadPicture, match=f"{MAX_PIXELS // 1_000_000} million"):
        convert(data)


def test_a_webp_bomb_is_refused_before_it_is_decoded() -> None:
    data = bytearray(file(Image.new("RGBA", (64, 64), (*RED, 10)), "WEBP", exif=b"Exif\0\0x"))
    assert data[12:16] == b"VP8X"
    data[24:30] = (15_999).to_bytes(3, "little") * 2

    with pytest.raises(BadPicture, match="million"):
        convert(bytes(data))


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(BadPicture, match="50 MB"):
        convert(file(quadrants()) + bytes(MAX_BYTES))


def test_downloads_stop_where_conversion_would() -> None:
    assert download.MAX_BYTES == MAX_BYTES


SEEDS = [
    file(quadrants(), kind, **options)
    for kind in ("PNG", "JPEG", "WEBP")
    for options in ({}, {"icc_profile": wide_gamut()}, {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0"})
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_a_damaged_file_is_converted_or_refused(seed: bytes, data: st.DataObject) -> None:
    """Whatever the damage: a picture or one sentence, never another error."""
    damaged = bytearray(seed)
    for at, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(seed) - 1), st.integers(0, 255)), max_size=8)
    ):
        damaged[at] = value
    damaged = damaged[: data.draw(st.integers(len(seed) // 2, len(seed)))]

    try:
        converted = convert(bytes(damaged))
    except BadPicture as refused:
        assert refused.message.endswith(".")
    else:
        assert opened(converted.full).mode in ("RGB", "RGBA")
