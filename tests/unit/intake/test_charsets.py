"""Chinese text survives charsets that are missing, unknown or lies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.mail.charsets import codec_of, decode

TEXT = "您好,我的订单还没有收到,请问什么时候发货?"
TRADITIONAL = "您好，請問我的訂單何時出貨？謝謝。"


@pytest.mark.parametrize(
    ("charset", "declared"),
    [
        ("utf-8", "utf-8"),
        ("gb18030", "gb2312"),
        ("gbk", "GBK"),
        ("gbk", "x-gbk"),
        ("gb2312", '"GB2312"'),
        ("utf-16", "utf-16"),
        ("hz", "hz-gb-2312"),
    ],
)
def test_a_true_charset_is_used(charset: str, declared: str) -> None:
    assert decode(TEXT.encode(charset), declared) == TEXT


def test_gb2312_may_hold_letters_that_only_gb18030_has() -> None:
    assert decode("喆镕㐀".encode("gb18030"), "gb2312") == "喆镕㐀"


def test_big5_is_read() -> None:
    assert decode(TRADITIONAL.encode("big5"), "big5") == TRADITIONAL


@pytest.mark.parametrize("declared", [None, "", "utf-8", "us-ascii", "iso-8859-1", "unknown-8bit"])
def test_gbk_is_found_out_when_the_charset_is_missing_or_wrong(declared: str | None) -> None:
    assert decode(TEXT.encode("gbk"), declared) == TEXT


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "big5", "iso-8859-1", "us-ascii", "x-what"])
def test_utf8_is_found_out_whatever_was_declared(declared: str) -> None:
    assert decode(TEXT.encode(), declared) == TEXT


def test_accents_stay_latin() -> None:
    assert decode("Un café à Besançon, s'il vous plaît".encode("latin-1"), "iso-8859-1") == (
        "Un café à Besançon, s'il vous plaît"
    )


@pytest.mark.parametrize("name", ["hex", "rot13", "idna", "punycode", "unicode_escape", "x\0y", ""])
def test_codecs_that_are_no_charsets_are_not_used(name: str) -> None:
    assert codec_of(name) is None


def test_bytes_that_no_charset_explains_are_marked() -> None:
    assert "\ufffd" in decode(b"abc \xff\xff\xff", "utf-8")


@given(st.binary(max_size=200), st.text(max_size=20) | st.none())
def test_decoding_never_raises(content: bytes, declared: str | None) -> None:
    assert isinstance(decode(content, declared), str)
