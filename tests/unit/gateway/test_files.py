"""Names of files on their way in and out."""

import pytest

from gateway.resources.attachments import disposition
from gateway.resources.uploads import clean_name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("照片.jpg", "照片.jpg"),
        ("C:\\Users\\me\\照片.jpg", "照片.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("\u202egpj.exe", "gpj.exe"),
        ("..", "file"),
        ("\0", "file"),
        (" a.txt. ", "a.txt"),
    ],
)
def test_a_name_keeps_what_is_harmless(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


def test_a_long_name_keeps_its_ending() -> None:
    name = clean_name("长" * 300 + ".jpeg")
    assert len(name) == 200
    assert name.endswith("长.jpeg")


def test_a_chinese_name_is_told_in_two_ways() -> None:
    header = disposition("照片 1.jpg", is_inline=False)
    assert header == (
        "attachment; filename=\"__ 1.jpg\"; filename*=UTF-8''%E7%85%A7%E7%89%87%201.jpg"
    )


def test_a_name_cannot_end_its_header() -> None:
    header = disposition('a"; x="\r\n', is_inline=True)
    assert header.startswith('inline; filename="a_; x=___";')
    assert "\n" not in header
