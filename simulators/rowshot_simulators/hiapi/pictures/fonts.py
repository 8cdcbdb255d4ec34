"""Fonts that know simplified Chinese."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Style = Literal["sans", "serif"]

# Where the usual systems keep a font with Chinese glyphs, should the package be missing.
_SYSTEM_FONTS = tuple(
    Path(path)
    for path in (
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
        "/System/Library/Fonts/PingFang.ttc",
        "/System/Library/Fonts/Hiragino Sans GB.ttc",
        "C:/Windows/Fonts/msyh.ttc",
    )
)


@lru_cache(maxsize=64)
def font(size: int, style: Style = "sans") -> Font:
    """A font of a size in pixels.

    The PyPI package ``pylopdf-fonts-zh-cn`` brings Noto Sans SC and Noto Serif SC (SIL Open Font
    License). Without it a system font serves, and at last Pillow's own, which knows no Chinese.
    """
    for path in (*_packaged(style), *_SYSTEM_FONTS):
        if path.is_file():
            # The basic layout everywhere: the other one is found on some machines only, sets the
            # same line differently, and refuses a text with a line break.
            return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    return ImageFont.load_default(size)


def _packaged(style: Style) -> tuple[Path, ...]:
    try:
        import pylopdf_fonts_zh_cn as package
    except ImportError:
        return ()
    return (package.serif_path() if style == "serif" else package.sans_path(),)
