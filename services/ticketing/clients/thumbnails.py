"""Paints small pictures of large ones. It takes its time: a green process lets a thread do it."""

import io

from PIL import Image, ImageOps

SIDE = 320  # pixels
MOST_BYTES = 30 * 1024 * 1024

# A picture of so many pixels takes about 160 MB while it is made small. JPEG is decoded smaller.
_MOST_PIXELS = 40_000_000
_MOST_JPEG_PIXELS = 400_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")


def paint_thumbnail(content: bytes) -> bytes | None:
    """WebP of at most 320 × 320 pixels, upright and without what cameras write beside a picture.

    None for what is no picture, is damaged, or would be too large in memory.
    """
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            return _small(picture)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None


def _small(picture: Image.Image) -> bytes | None:
    pixels = picture.width * picture.height
    if pixels > (_MOST_JPEG_PIXELS if picture.format == "JPEG" else _MOST_PIXELS):
        return None
    picture.draft("RGB", (SIDE * 2, SIDE * 2))
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((SIDE, SIDE))
    made = io.BytesIO()
    has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    upright.convert("RGBA" if has_alpha else "RGB").save(made, "WEBP", quality=80)
    return made.getvalue()
