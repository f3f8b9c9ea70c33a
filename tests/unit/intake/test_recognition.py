"""Who a sender is."""

from itertools import count
from uuid import UUID

from services.intake.domain.inbound import Sender
from services.intake.domain.recognition import Owner, recognise

ANN, BOB = UUID(int=1), UUID(int=2)
MAIL, PHONE = ("email", "ann@example.com"), ("phone", "+8613800138000")


def ids() -> "count[int]":
    return count(100)


def sender(email: str | None = None, phone: str | None = None) -> Sender:
    return Sender("安", email=email, phone=phone)


def test_a_known_address_names_its_customer() -> None:
    found = recognise([sender(MAIL[1])], {MAIL: Owner(UUID(int=9), ANN)}, UUID)
    assert found.identities == [(ANN, UUID(int=9))]
    assert not found.new_customers
    assert not found.new_contacts


def test_a_new_sender_is_registered_once_for_all_messages() -> None:
    numbers = ids()
    found = recognise([sender(MAIL[1])] * 3, {}, lambda: UUID(int=next(numbers)))
    assert len(found.new_customers) == 1
    assert len(set(found.identities)) == 1
    assert list(found.new_contacts) == [MAIL]
    assert not found.enriched


def test_a_second_address_is_added_to_the_known_customer() -> None:
    found = recognise(
        [sender(MAIL[1], PHONE[1])], {PHONE: Owner(UUID(int=9), ANN)}, lambda: UUID(int=100)
    )
    assert found.identities == [(ANN, UUID(int=100))]
    assert found.enriched == {ANN}
    assert found.new_contacts[MAIL].customer_id == ANN


def test_of_two_owners_the_mail_address_decides() -> None:
    known = {MAIL: Owner(UUID(int=8), ANN), PHONE: Owner(UUID(int=9), BOB)}
    found = recognise([sender(MAIL[1], PHONE[1])], known, UUID)
    assert found.identities == [(ANN, UUID(int=8))]
    assert not found.new_contacts


def test_messages_of_a_batch_know_each_others_senders() -> None:
    numbers = ids()
    senders = [sender(MAIL[1]), sender(MAIL[1], PHONE[1]), sender(None, PHONE[1])]
    found = recognise(senders, {}, lambda: UUID(int=next(numbers)))
    assert len({customer for customer, _ in found.identities}) == 1
    assert set(found.new_contacts) == {MAIL, PHONE}


def test_a_sender_without_an_address_is_nobody_we_know() -> None:
    numbers = ids()
    found = recognise([sender(), sender()], {}, lambda: UUID(int=next(numbers)))
    assert len(found.new_customers) == 2
    assert [contact for _, contact in found.identities] == [None, None]
