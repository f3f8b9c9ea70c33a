"""Texts and names that are safe to store, send and show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain import texts


def test_nul_and_control_characters_vanish() -> None:
    assert texts.clean_text("a\0b\x07c\td\x85e") == "ab" + "c\tde"


def test_line_ends_are_one_kind_and_blank_lines_do_not_pile_up() -> None:
    assert texts.clean_text("a\r\nb\rc\n\n \n\n\nd  \n\n") == "a\nb\nc\n\nd"


@given(st.text())
def test_cleaned_text_can_be_stored(text: str) -> None:
    assert "\0" not in texts.clean_text(text + "\udc80")
    texts.clean_text(text + "\udc80").encode()


def test_a_long_line_ends_with_an_ellipsis() -> None:
    assert texts.clean_line("一" * 30, 10) == "一" * 9 + "…"


def test_a_subject_comes_from_the_first_words() -> None:
    assert texts.subject_from("\n\n打印机坏了\n请处理") == "打印机坏了"
    assert texts.subject_from(" \n ") == texts.NO_SUBJECT


def test_shortening_keeps_letters_whole() -> None:
    assert texts.shorten("中文", 4) == "中"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("订单 2023.pdf", "订单 2023.pdf"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\x\照片.jpg", "照片.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        ('a<b>:"c|?*.txt', "a_b___c___.txt"),
        ("..", "attachment"),
        ("", "attachment"),
        ("x\0y\n.txt", "xy .txt"),
        ("长" * 300 + ".jpeg", "长" * (texts.MAX_FILE_NAME - 5) + ".jpeg"),
    ],
)
def test_file_names_are_harmless(name: str, clean: str) -> None:
    assert texts.clean_file_name(name) == clean


@pytest.mark.parametrize(
    ("text", "language"),
    [("您好 hello", "zh"), ("Hello, my printer is broken, please help", "en"), ("ok", "zh")],
)
def test_the_language_is_guessed_with_care(text: str, language: str) -> None:
    assert texts.language_of(text) == language


@pytest.mark.parametrize(
    ("tag", "language"), [(None, "zh"), ("zh-CN", "zh"), ("en-US", "en"), ("fr", "en")]
)
def test_a_language_is_one_of_ours(tag: str | None, language: str) -> None:
    assert texts.supported_language(tag) == language
