"""Where a delivery goes and how long it lives."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.notify.domain.addresses import AddressCard, Contact
from services.notify.domain.life import GiveUp, Go, Skip, Wait, ends_unknown, next_attempt
from services.notify.domain.reaching import (
    Colleague,
    Due,
    step_to_colleague,
    step_to_customer,
    step_to_robot,
)
from tests.unit.notify.facts import NOON

PHONE = Contact(uuid4(), "phone", "+8613800138000")
FIRST = Contact(uuid4(), "email", "han@example.com")
SECOND = Contact(uuid4(), "email", "mei@example.org")


def card(*contacts: Contact) -> AddressCard:
    return AddressCard(uuid4(), 1, "韩梅梅", "zh-CN", contacts)


def step(
    known: AddressCard | None,
    contact_id: UUID | None = None,
    age: float = 0,
    attempts: int = 0,
    channel: str = "mail",
) -> Go | Wait | Skip | GiveUp:
    now = NOON + timedelta(seconds=age)
    return step_to_customer(known, Due(channel, attempts, NOON, contact_id), now)


def address(chosen: object) -> str:
    assert isinstance(chosen, Go)
    return chosen.address


def test_the_tickets_own_address_comes_first() -> None:
    assert address(step(card(FIRST, SECOND), SECOND.contact_id)) == "mei@example.org"


@pytest.mark.parametrize(
    ("known_as", "written"),
    [
        ("z***@example.com", ""),
        ("***@example.com", ""),
        ("138****8000", ""),
        ("+852****4567", ""),
        ("王五 138****8000", "王五 138****8000"),
        ("韩***", "韩***"),
        ("", ""),
    ],
)
def test_a_masked_address_is_nobodys_name(known_as: str, written: str) -> None:
    chosen = step(AddressCard(uuid4(), 1, known_as, "zh", (FIRST,)))
    assert isinstance(chosen, Go)
    assert chosen.name == written


def test_an_address_that_was_only_claimed_gets_answers_to_its_own_ticket_alone() -> None:
    claimed = Contact(uuid4(), "email", "mallory@example.net", is_claimed=True)
    both = card(PHONE, claimed, SECOND)
    assert both.address("mail", PHONE.contact_id) == SECOND.value
    assert both.address("mail", claimed.contact_id) == claimed.value
    assert card(PHONE, claimed).address("mail", PHONE.contact_id) is None


def test_a_ticket_by_phone_is_answered_at_the_first_mail_address() -> None:
    assert address(step(card(PHONE, FIRST, SECOND), PHONE.contact_id)) == "han@example.com"
    assert address(step(card(PHONE, FIRST, SECOND))) == "han@example.com"


def test_a_customer_without_mail_is_not_written_to() -> None:
    assert step(card(PHONE), PHONE.contact_id) == Skip("no e-mail address")


def test_an_address_that_has_not_come_yet_is_waited_for() -> None:
    assert isinstance(step(None), Wait)
    assert isinstance(step(card(FIRST), uuid4()), Wait)


def test_waiting_for_an_address_grows_from_a_second_to_ten_minutes() -> None:
    looks = [step(None, age=age) for age in (0, 1, 60, 7200)]
    pauses = [
        (look.until - NOON).total_seconds() - age
        for look, age in zip(looks, (0, 1, 60, 7200), strict=True)
        if isinstance(look, Wait)
    ]
    assert pauses == [1, 1, 60, 600]


def test_an_address_that_never_comes_is_given_up_after_a_day() -> None:
    assert isinstance(step(None, age=24 * 3600 - 1), Wait)
    assert isinstance(step(None, age=24 * 3600), GiveUp)


def test_a_contact_that_never_comes_is_replaced_by_the_customers_other_address() -> None:
    assert address(step(card(FIRST), uuid4(), age=600)) == "han@example.com"


@pytest.mark.parametrize(
    "wrong", ["甲@example.com", "a b@example.com", "a@b@c", "x\r\n@example.com"]
)
def test_an_address_that_no_header_can_hold_is_given_up(wrong: str) -> None:
    assert isinstance(step(card(Contact(uuid4(), "email", wrong))), GiveUp)


def test_what_was_tried_for_three_days_is_given_up_even_if_it_never_was_settled() -> None:
    three_days = 3 * 24 * 3600
    assert isinstance(step(card(FIRST), age=three_days, attempts=1), GiveUp)
    assert isinstance(step(card(FIRST), age=three_days), Go)


def test_pauses_between_attempts_double_from_five_seconds_to_half_an_hour() -> None:
    def pause(attempts: int) -> float:
        again = next_attempt(attempts, NOON, NOON)
        assert again is not None
        return (again - NOON).total_seconds()

    assert [pause(attempts) for attempts in (1, 2, 3, 9, 10, 1000)] == [5, 10, 20, 1280, 1800, 1800]


def test_after_three_days_there_is_no_further_attempt() -> None:
    assert next_attempt(5, NOON, NOON + timedelta(days=3)) is None
    assert next_attempt(5, NOON, NOON + timedelta(days=3, seconds=-1)) is not None


def test_a_text_goes_to_a_number_and_a_customer_without_one_is_skipped() -> None:
    assert address(step(card(FIRST, PHONE), channel="sms")) == "+8613800138000"
    assert step(card(FIRST), channel="sms") == Skip("no phone number")


def test_a_colleague_is_reached_where_the_directory_knows_them() -> None:
    li = Colleague("李雷", "zh", {"mail": "li@example.com", "sms": None})
    assert step_to_colleague(li, Due("mail", 0, NOON), NOON) == Go("li@example.com", "李雷", "zh")
    assert step_to_colleague(li, Due("sms", 0, NOON), NOON) == Skip("no phone number")
    assert step_to_colleague(li, Due("wecom_app", 0, NOON), NOON) == Skip("no WeCom account")
    assert isinstance(step_to_colleague(None, Due("mail", 0, NOON), NOON), Skip)


def test_a_robot_that_is_gone_is_skipped() -> None:
    assert isinstance(step_to_robot(True, Due("wecom_robot", 0, NOON), NOON), Go)
    assert isinstance(step_to_robot(False, Due("wecom_robot", 0, NOON), NOON), Skip)


@pytest.mark.parametrize(
    ("is_repeatable", "is_urgent", "is_leased", "ends"),
    [
        (False, False, True, True),
        (True, False, True, False),
        (False, True, True, False),
        (False, False, False, False),
    ],
)
def test_what_may_have_been_sent_is_left_unless_it_can_be_repeated_or_is_urgent(
    is_repeatable: bool, is_urgent: bool, is_leased: bool, ends: bool
) -> None:
    found = ends_unknown(
        is_repeatable=is_repeatable, attempts=1, is_leased=is_leased, is_urgent=is_urgent
    )
    assert found is ends


def test_a_provider_that_asks_for_time_gets_it() -> None:
    assert next_attempt(1, NOON, NOON, retry_after=90) == NOON + timedelta(seconds=90)
    assert next_attempt(1, NOON, NOON, retry_after=1) == NOON + timedelta(seconds=5)
