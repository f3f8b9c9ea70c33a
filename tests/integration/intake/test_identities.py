"""Who enters the customers' portal: proven addresses, employees, guests of the company's site."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.clock import utc_now
from libs.common.errors import InvalidInput, NotFound
from services.intake.domain.customers import Customer
from services.intake.queries.identities import identify_contact
from services.intake.use_cases.ensure_requester import ensure_requester
from services.intake.use_cases.register_customer import register_customer
from services.intake.use_cases.verify_contacts import introduce_customer, verify_contact
from tests.integration.intake.desk import Desk
from tests.integration.intake.test_customers import about, person, phone

TYPES = (
    "customer.registered",
    "customer.contact_added",
    "customer.edited",
    "customer.contact_verified",
)


def done(desk: Desk, work: Callable[..., Any], *args: Any, **fields: Any) -> Any:
    with desk.database.begin() as uow:
        result = work(uow, desk.room.book, *args, **fields)
        uow.commit()
        return result


def register(desk: Desk, **fields: Any) -> Customer:
    customer, _ = done(desk, register_customer, utc_now(), **({"name": "王五"} | fields))
    return customer


def introduce(desk: Desk, **fields: Any) -> tuple[UUID, UUID]:
    return done(desk, introduce_customer, utc_now(), **fields)


def ensure(desk: Desk, person_id: UUID, **fields: Any) -> UUID:
    who = {"name": "赵敏", "language": "zh"} | fields
    return done(desk, ensure_requester, utc_now(), person_id=person_id, **who)


def identify(desk: Desk, written: str) -> dict[str, Any] | None:
    with desk.database.begin(read_only=True) as uow:
        return identify_contact(uow.session, desk.room.book, written)


def told(desk: Desk, customer_id: UUID) -> list[str]:
    """The types of a customer's events, in the order of versions, which count up from one."""
    events = [(one["version"], kind) for kind in TYPES for one in about(desk, kind, customer_id)]
    assert [version for version, _ in sorted(events)] == list(range(1, len(events) + 1))
    return [kind.removeprefix("customer.") for _, kind in sorted(events)]


def contacts(desk: Desk, customer_id: UUID) -> set[tuple[str, bool]]:
    with desk.database.begin(read_only=True) as uow:
        customer = desk.room.book.find_customers(uow.session, [customer_id])[customer_id]
        return {(one.value, one.is_verified) for one in customer.contacts}


def both(work: Callable[[], Any]) -> list[Any]:
    """What two that begin at the same moment get."""
    results: list[Any] = []
    start = threading.Barrier(2)

    def run() -> None:
        start.wait()
        results.append(work())

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    return results


class TestIdentifying:
    def test_an_address_is_known_however_it_is_typed(self, desk: Desk) -> None:
        ann, number = person(), phone()
        customer = register(desk, name="安娜", email=ann, phone=number, language="en")
        email, mobile = customer.contacts
        for written in (ann, f"  {ann.upper()} "):
            found = identify(desk, written)
            assert found == {
                "customer_id": str(customer.customer_id),
                "contact_id": str(email.contact_id),
                "kind": "email",
                "value": ann,
                "language": "en",
                "name": "安娜",
            }
        found = identify(desk, f"{number[3:6]} {number[6:10]}-{number[10:]}") or {}
        assert (found["kind"], found["value"]) == ("phone", number)
        assert found["contact_id"] == str(mobile.contact_id)

    @pytest.mark.parametrize("written", ["", "x", "王五", "12", "a@b", "\0", "nobody@example.com"])
    def test_what_is_unknown_or_no_address_is_nobodys(self, desk: Desk, written: str) -> None:
        assert identify(desk, written) is None

    @pytest.mark.parametrize("known", ["email", "phone"])
    def test_an_address_that_a_form_wrote_beside_anothers_does_not_open_the_others_portal(
        self, desk: Desk, known: str
    ) -> None:
        theirs = {"email": person(), "phone": phone()}
        victim = register(desk, **{known: theirs[known]})
        desk.form(**theirs)
        (other,) = {"email", "phone"} - {known}
        assert identify(desk, theirs[other]) is None
        assert (identify(desk, theirs[known]) or {})["customer_id"] == str(victim.customer_id)

    def test_what_staff_have_added_opens_it(self, desk: Desk) -> None:
        number, ann = phone(), person()
        customer = register(desk, phone=number)
        register(desk, phone=number, email=ann)
        assert (identify(desk, ann) or {})["customer_id"] == str(customer.customer_id)

    def test_both_addresses_of_a_new_customers_form_open_it(self, desk: Desk) -> None:
        ann, number = person(), phone()
        desk.form(email=ann, phone=number)
        assert (identify(desk, ann) or {})["customer_id"] == (identify(desk, number) or {})[
            "customer_id"
        ]


class TestVerifying:
    def test_a_proven_address_is_told_once(self, desk: Desk) -> None:
        customer = register(desk, email=person(), phone=phone())
        contact = customer.contacts[1]
        for _ in range(2):
            assert done(desk, verify_contact, contact.contact_id) == customer.customer_id
        assert told(desk, customer.customer_id) == ["registered", "contact_verified"]
        (fact,) = about(desk, "customer.contact_verified", customer.customer_id)
        assert [one["is_verified"] for one in fact["contacts"]] == [False, True]

    def test_two_proofs_at_once_are_one(self, desk: Desk) -> None:
        customer = register(desk, email=person())
        contact_id = customer.contacts[0].contact_id
        both(lambda: done(desk, verify_contact, contact_id))
        assert told(desk, customer.customer_id) == ["registered", "contact_verified"]

    def test_an_unknown_contact_is_not_found(self, desk: Desk) -> None:
        with pytest.raises(NotFound):
            done(desk, verify_contact, uuid4())


class TestIntroducing:
    def test_a_new_guest_is_registered_with_verified_addresses(self, desk: Desk) -> None:
        ann, number = person(), phone()
        customer_id, contact_id = introduce(desk, email=ann, phone=number, name="安娜")
        assert contacts(desk, customer_id) == {(ann, True), (number, True)}
        assert told(desk, customer_id) == ["registered", "contact_verified"]
        found = identify(desk, ann) or {}
        assert (found["contact_id"], found["name"]) == (str(contact_id), "安娜")

    def test_a_known_guest_keeps_the_name_and_is_told_of_once(self, desk: Desk) -> None:
        ann = person()
        customer = register(desk, name="王五", email=ann)
        wanted = {"email": ann, "name": "别名", "language": "en"}
        first = introduce(desk, **wanted)
        assert introduce(desk, **wanted) == first
        assert first == (customer.customer_id, customer.contacts[0].contact_id)
        assert (identify(desk, ann) or {})["name"] == "王五"
        assert told(desk, customer.customer_id) == ["registered", "contact_verified"]

    def test_anothers_number_stays_with_its_owner(self, desk: Desk) -> None:
        ann, number = person(), phone()
        other = register(desk, phone=number)
        customer_id, _ = introduce(desk, email=ann, phone=number)
        assert customer_id == other.customer_id
        bob = person()
        register(desk, email=bob)
        bobs, _ = introduce(desk, email=bob, phone=number)
        assert bobs != other.customer_id
        assert contacts(desk, bobs) == {(bob, True)}
        assert (number, True) in contacts(desk, other.customer_id)

    def test_a_guest_without_a_name_is_called_by_the_masked_address(self, desk: Desk) -> None:
        number = phone()
        introduce(desk, phone=number)
        assert (identify(desk, number) or {})["name"] == f"138****{number[-4:]}"

    def test_two_introductions_at_once_make_one_customer(self, desk: Desk) -> None:
        for _ in range(5):
            ann, number = person(), phone()
            found = set(both(partial(introduce, desk, email=ann, phone=number)))
            (only,) = found
            assert told(desk, only[0]) == ["registered", "contact_verified"]

    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ({}, "email"),
            ({"name": "x"}, "phone"),
            ({"email": "x"}, "email"),
            ({"phone": "1"}, "phone"),
        ],
    )
    def test_without_an_address_nobody_is_introduced(
        self, desk: Desk, fields: dict[str, str], name: str
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            introduce(desk, **fields)
        assert name in refused.value.details["errors"]


class TestEmployees:
    def test_an_employee_is_one_customer_however_often_asked_for(self, desk: Desk) -> None:
        min_id, ann, number = uuid4(), person(), phone()
        made = {ensure(desk, min_id, email=ann, phone=number) for _ in range(3)}
        (customer_id,) = made
        assert contacts(desk, customer_id) == {(ann, False), (number, False)}
        assert told(desk, customer_id) == ["registered"]

    def test_changes_of_the_directory_are_followed(self, desk: Desk) -> None:
        min_id, ann, number = uuid4(), person(), phone()
        customer_id = ensure(desk, min_id, email=ann, phone=number)
        new = person()
        assert ensure(desk, min_id, name="赵小敏", language="en", email=new) == customer_id
        assert contacts(desk, customer_id) == {(new, False)}
        assert told(desk, customer_id) == ["registered", "edited"]
        (fact,) = about(desk, "customer.edited", customer_id)
        assert (fact["display_name"], fact["language"]) == ("赵小敏", "en")
        assert identify(desk, ann) is None

    def test_an_address_of_somebody_else_is_left_out(self, desk: Desk) -> None:
        ann, number = person(), phone()
        stranger = register(desk, email=ann)
        customer_id = ensure(desk, uuid4(), email=ann, phone=number)
        assert customer_id != stranger.customer_id
        assert contacts(desk, customer_id) == {(number, False)}
        assert contacts(desk, stranger.customer_id) == {(ann, False)}

    def test_an_address_that_the_former_owner_gave_up_goes_to_the_next(self, desk: Desk) -> None:
        ann, old, new = person(), uuid4(), uuid4()
        first = ensure(desk, old, email=ann)
        assert contacts(desk, ensure(desk, new, email=ann)) == set()
        ensure(desk, old, email=None)
        assert contacts(desk, first) == set()
        assert contacts(desk, ensure(desk, new, email=ann)) == {(ann, False)}

    def test_what_the_employee_added_stays(self, desk: Desk) -> None:
        min_id, ann, own = uuid4(), person(), phone()
        customer_id = ensure(desk, min_id, email=ann)
        assert register(desk, email=ann, phone=own).customer_id == customer_id
        ensure(desk, min_id, email=None)
        assert contacts(desk, customer_id) == {(own, False)}
        # Once the directory names it, it is the directory's to take away.
        ensure(desk, min_id, phone=own)
        ensure(desk, min_id)
        assert contacts(desk, customer_id) == set()

    def test_what_is_no_address_is_left_out(self, desk: Desk) -> None:
        customer_id = ensure(desk, uuid4(), email="minmin", phone="8021")
        assert contacts(desk, customer_id) == set()

    def test_an_employee_without_a_name_is_refused(self, desk: Desk) -> None:
        with pytest.raises(InvalidInput) as refused:
            ensure(desk, uuid4(), name=" ")
        assert "name" in refused.value.details["errors"]

    def test_two_at_once_make_one_customer(self, desk: Desk) -> None:
        for fields in ({}, {"email": person()}, {"phone": phone(), "email": person()}):
            min_id = uuid4()
            made = set(both(partial(ensure, desk, min_id, **fields)))
            (customer_id,) = made
            assert told(desk, customer_id) == ["registered"]

    def test_two_changes_at_once_are_told_in_order(self, desk: Desk) -> None:
        min_id, ann = uuid4(), person()
        customer_id = ensure(desk, min_id)
        both(partial(ensure, desk, min_id, name="新名字", email=ann))
        assert told(desk, customer_id) == ["registered", "edited"]
        assert contacts(desk, customer_id) == {(ann, False)}

    def test_a_mail_from_the_employee_comes_from_the_same_customer(self, desk: Desk) -> None:
        ann = person()
        customer_id = ensure(desk, uuid4(), email=ann)
        assert desk.form(email=ann)["customer_id"] == customer_id


def test_an_introduced_guest_is_not_the_customer_who_was_claimed(desk: Desk) -> None:
    number, guest = phone(), person()
    victim = register(desk, phone=number)
    desk.form(email=guest, phone=number)
    customer_id, _ = introduce(desk, email=guest)
    assert customer_id != victim.customer_id
    assert contacts(desk, customer_id) == {(guest, True)}
    assert contacts(desk, victim.customer_id) == {(number, False)}
    assert told(desk, victim.customer_id) == ["registered", "contact_added", "edited"]
    assert (identify(desk, guest) or {})["customer_id"] == str(customer_id)


def test_who_shows_both_addresses_gets_what_was_claimed_as_the_own(desk: Desk) -> None:
    number, mail = phone(), person()
    customer = register(desk, phone=number)
    desk.form(email=mail, phone=number)
    customer_id, _ = introduce(desk, email=mail, phone=number)
    assert customer_id == customer.customer_id
    assert contacts(desk, customer_id) == {(number, True), (mail, True)}
