"""Small pictures of large ones."""

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from services.ticketing.clients.thumbnails import SIDE, paint_thumbnail


def picture(size: tuple[int, int] = (1600, 900), form: str = "PNG", **options: Any) -> bytes:
    made = io.BytesIO()
    mode = options.pop("mode", "RGB")
    Image.new(mode, size, (200, 30, 30, 0)[: len(mode)]).save(made, form, **options)
    return made.getvalue()


def painted(content: bytes) -> Image.Image:
    small = paint_thumbnail(content)
    assert small is not None
    return Image.open(io.BytesIO(small))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_a_picture_is_made_small_in_its_proportions(form: str) -> None:
    small = painted(picture(form=form))
    assert (small.format, small.size) == ("WEBP", (SIDE, SIDE * 900 // 1600))


def test_a_small_picture_is_not_blown_up() -> None:
    assert painted(picture((20, 10))).size == (20, 10)


def test_a_photo_stands_upright_and_tells_nothing_of_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "a camera"
    small = painted(picture((400, 200), "JPEG", exif=exif))
    assert small.size == (160, 320)
    assert not small.getexif()


def test_what_is_transparent_stays_so() -> None:
    assert painted(picture(mode="RGBA")).mode == "RGBA"


def bomb() -> bytes:
    """A PNG that says it is 50,000 by 50,000 in a few bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        ending = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + ending

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", bomb(), picture()[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
    ids=["nothing", "text", "a bomb", "half of one", "svg"],
)
def test_of_what_is_no_picture_there_is_none(content: bytes) -> None:
    assert paint_thumbnail(content) is None


_PNG = picture((64, 64))


@given(st.integers(0, len(_PNG) - 1), st.integers(0, 255))
def test_a_damaged_picture_is_no_error(place: int, byte: int) -> None:
    damaged = _PNG[:place] + bytes([byte]) + _PNG[place + 1 :]
    small = paint_thumbnail(damaged)
    assert small is None or small.startswith(b"RIFF")
