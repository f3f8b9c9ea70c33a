"""Header fields: encoded words as mailers really write them, addresses, dates."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.mail.headers import (
    Headers,
    decode_words,
    read_address,
    read_date,
)
from tests.unit.intake.mails import word


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk", "gb18030"])
def test_an_encoded_word_is_read(charset: str) -> None:
    assert decode_words(f"Re: {word('投诉商品破损', charset)}") == "Re: 投诉商品破损"


def test_a_letter_cut_in_two_between_words_is_joined() -> None:
    assert decode_words("=?utf-8?B?5oqV6K+J5Yaz?= =?utf-8?B?5a6a?=") == "投诉决定"
    assert decode_words("=?utf-8?B?5oqV6K8=?=\r\n =?utf-8?B?iQ==?=") == "投诉"


def test_quoted_printable_words_may_hold_blanks_and_underscores() -> None:
    assert decode_words("=?utf-8?Q?a_b c=E4=BD=A0?=") == "a b c你"


def test_missing_padding_and_a_letter_too_many_do_no_harm() -> None:
    assert decode_words("=?utf-8?B?5L2g5aW9?=") == "你好"
    assert decode_words("=?utf-8?B?5L2g5aW9IQ?=") == "你好!"
    assert decode_words("=?utf-8?B?5L2g5aW9I?=") == "你好"


def test_a_word_without_an_end_stays_as_it_is() -> None:
    assert decode_words("=?utf-8?B?5L2g") == "=?utf-8?B?5L2g"


def test_raw_bytes_in_gbk_are_read() -> None:
    value = "投诉".encode("gbk").decode("ascii", "surrogateescape")
    assert decode_words(value) == "投诉"


def test_blanks_between_words_vanish_and_others_stay() -> None:
    assert decode_words(f"{word('你')} {word('好')} x {word('吗')}") == "你好 x 吗"


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("zhang@example.com", "", "zhang@example.com"),
        ("<zhang@example.com>", "", "zhang@example.com"),
        (f"{word('张三', 'gbk')} <zhang@example.com>", "张三", "zhang@example.com"),
        (f'"{word("张三")}" <zhang@example.com>', "张三", "zhang@example.com"),
        ('"Zhang, San" <zhang@example.com>', "Zhang, San", "zhang@example.com"),
        ("zhang@example.com (张三)".replace("张三", word("张三")), "张三", "zhang@example.com"),
        (word("张三 <zhang@example.com>"), "张三", "zhang@example.com"),
        ("a@b.cn <zhang@example.com>, c@d.cn", "a@b.cn", "zhang@example.com"),
        ("undisclosed-recipients:;", "undisclosed-recipients:;", ""),
        ("", "", ""),
    ],
)
def test_the_first_mailbox_of_a_field(value: str, name: str, address: str) -> None:
    assert read_address(value) == (name, address)


def test_dates_come_in_utc_and_nonsense_is_none() -> None:
    assert read_date("Sun, 01 Oct 2023 10:00:00 +0800") == datetime(2023, 10, 1, 2, tzinfo=UTC)
    assert read_date("Sun, 01 Oct 2023 10:00:00") == datetime(2023, 10, 1, 10, tzinfo=UTC)
    for nonsense in ("", "yesterday", "Sun, 99 Oct 2023 10:00:00 +0800"):
        assert read_date(nonsense) is None


def test_message_ids_are_found_in_order() -> None:
    headers = Headers([("References", "<a@x>\r\n <b@x>"), ("In-Reply-To", "your <c@x> of today")])
    assert headers.message_ids("references", "in-reply-to") == ["<a@x>", "<b@x>", "<c@x>"]


def test_message_ids_are_found_in_encoded_words() -> None:
    folded = "=?utf-8?q?=3Cabcdef?=\r\n =?utf-8?q?ghi=40x=3E?="
    assert Headers([("In-Reply-To", folded)]).message_ids("in-reply-to") == ["<abcdefghi@x>"]


@given(st.text(max_size=300))
def test_reading_never_raises(value: str) -> None:
    decode_words(value)
    read_address(value)
    read_date(value)


@given(st.text(alphabet="=?utf-8BQ_ +/5L2g\udce4\udcbd", max_size=200))
def test_almost_encoded_words_never_raise(value: str) -> None:
    decode_words(value)
