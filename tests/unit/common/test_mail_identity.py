"""Our Message-IDs come back through all mailers, and nobody else can write one."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.mail_identity import make_message_id, read_message_id

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
TICKET, DELIVERY = UUID(int=7), UUID(int=8)
OURS = make_message_id(TICKET, DELIVERY, "tidedesk.example", KEY)


@settings(deadline=None)  # a loaded machine is slow, not wrong
@given(st.uuids(), st.uuids(), st.binary(min_size=32, max_size=64))
def test_an_id_says_which_ticket_and_delivery_it_belongs_to(
    ticket: UUID, delivery: UUID, key: bytes
) -> None:
    message_id = make_message_id(ticket, delivery, "mail.example.com", key)
    assert read_message_id(message_id, [key]) == (ticket, delivery)


def test_a_retry_repeats_the_id() -> None:
    assert make_message_id(TICKET, DELIVERY, "tidedesk.example", KEY) == OURS


def test_the_local_part_is_short_and_plain() -> None:
    local, _, domain = OURS.strip("<>").partition("@")
    assert domain == "tidedesk.example"
    assert len(local) == 64
    assert local.isalnum()


@pytest.mark.parametrize(
    "written",
    [
        OURS.upper(),
        OURS.strip("<>"),
        f"  {OURS}\r\n",
        f"<first@example.com>\r\n {OURS}\r\n <later@example.com>",
        f"<first@example.com>,{OURS}",
        OURS.replace("tidedesk.example", "renamed.example"),
        f"客户 <abc@qq.com>{OURS}",
    ],
)
def test_what_mailers_make_of_it_is_still_read(written: str) -> None:
    assert read_message_id(written, [KEY]) == (TICKET, DELIVERY)


def test_the_newest_of_several_references_counts() -> None:
    newer = make_message_id(UUID(int=9), DELIVERY, "tidedesk.example", KEY)
    assert read_message_id(f"{OURS} {newer}", [KEY]) == (UUID(int=9), DELIVERY)


def test_a_forged_newer_reference_does_not_hide_ours() -> None:
    forged = make_message_id(UUID(int=9), DELIVERY, "tidedesk.example", OTHER_KEY)
    assert read_message_id(f"{OURS} {forged}", [KEY]) == (TICKET, DELIVERY)


def test_a_retired_key_still_verifies() -> None:
    assert read_message_id(OURS, [OTHER_KEY, KEY]) == (TICKET, DELIVERY)
    assert read_message_id(OURS, [OTHER_KEY]) is None
    assert read_message_id(OURS, []) is None


@settings(deadline=None)  # a loaded machine is slow, not wrong
@given(st.integers(0, 63), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_every_changed_letter_is_noticed(place: int, letter: str) -> None:
    local = OURS[1:65]
    changed = local[:place] + letter + local[place + 1 :]
    expected = (TICKET, DELIVERY) if changed == local else None
    assert read_message_id(f"<{changed}@tidedesk.example>", [KEY]) == expected


@settings(deadline=None)  # a loaded machine is slow, not wrong
@given(st.text() | st.binary() | st.none() | st.from_regex(r"[A-Za-z2-7]{60,70}@x"))
def test_garbage_is_nobodys(garbage: object) -> None:
    assert read_message_id(garbage, [KEY]) is None


def test_a_huge_header_is_read_from_its_end() -> None:
    assert read_message_id("a2" * 1_000_000 + " " + OURS, [KEY]) == (TICKET, DELIVERY)
