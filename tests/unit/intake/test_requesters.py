"""What of the directory's word on an employee becomes of a customer's contacts."""

from uuid import UUID

from services.intake.domain.customers import Contact
from services.intake.domain.recognition import Owner
from services.intake.domain.requesters import plan_contacts

MIN, OTHER = UUID(int=1), UUID(int=2)
MAIL, PHONE = ("email", "min@example.com"), ("phone", "+8613800138000")


def contact(number: int, key: tuple[str, str], from_directory: bool = True) -> Contact:
    return Contact(UUID(int=number), *key, is_verified=False, is_from_directory=from_directory)


def owner(number: int, customer_id: UUID) -> Owner:
    return Owner(UUID(int=number), customer_id)


def test_unknown_addresses_are_added() -> None:
    changes = plan_contacts((), [MAIL, PHONE], {})
    assert (changes.new, changes.adopted, changes.dropped) == ([MAIL, PHONE], [], [])


def test_anothers_address_is_left_alone() -> None:
    assert not plan_contacts((), [MAIL], {MAIL: owner(9, OTHER)})


def test_present_addresses_stay() -> None:
    present = [contact(9, MAIL)]
    assert not plan_contacts(present, [MAIL], {MAIL: owner(9, MIN)})


def test_what_the_directory_names_no_more_is_dropped() -> None:
    changes = plan_contacts(
        [contact(9, MAIL), contact(10, PHONE)], [PHONE], {PHONE: owner(10, MIN)}
    )
    assert (changes.new, changes.adopted, changes.dropped) == ([], [], [UUID(int=9)])


def test_what_came_otherwise_stays_until_the_directory_names_it() -> None:
    present = [contact(9, MAIL, from_directory=False)]
    assert not plan_contacts(present, [], {})
    changes = plan_contacts(present, [MAIL], {MAIL: owner(9, MIN)})
    assert (changes.new, changes.adopted, changes.dropped) == ([], [UUID(int=9)], [])
