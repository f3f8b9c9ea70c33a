"""Customers are found, or registered once, however many write at the same moment."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.clock import utc_now
from libs.common.errors import InvalidInput, NotFound, Stale
from libs.common.testing.eventually import eventually
from services.intake.queries import customers as asking
from services.intake.use_cases.edit_customer import edit_customer
from services.intake.use_cases.register_customer import register_customer
from tests.integration.intake.desk import Desk
from tests.unit.intake.mails import plain


def person() -> str:
    return f"{uuid4().hex}@example.com"


def phone() -> str:
    return f"+86138{uuid4().int % 10**8:08}"


def find(desk: Desk, **words: Any) -> list[dict[str, Any]]:
    with desk.database.begin(read_only=True) as uow:
        wanted = {"email": None, "phone": None, "q": None} | words
        return asking.find_customers(uow.session, desk.room.book, **wanted)


def register(desk: Desk, **fields: Any) -> tuple[Any, bool]:
    with desk.database.begin() as uow:
        found = register_customer(uow, desk.room.book, utc_now(), **fields)
        uow.commit()
        return found


def at_the_same_moment(*work: Callable[[], Any]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def about(desk: Desk, event_type: str, customer_id: UUID) -> list[dict[str, Any]]:
    events = desk.events(event_type)
    return [event.data for event in events if event.data["customer_id"] == customer_id]


def test_a_new_sender_is_registered_and_told_of(desk: Desk) -> None:
    ann = person()
    received = desk.mail(
        plain(sender=f"安娜 {ann}".replace(ann, f"<{ann}>"), Message_ID=f"<{ann}>")
    )
    (told,) = about(desk, "customer.registered", received["customer_id"])
    assert (told["version"], told["display_name"], told["language"]) == (1, "安娜", "zh")
    (contact,) = told["contacts"]
    assert (contact["kind"], contact["value"], contact["is_verified"]) == ("email", ann, False)
    assert received["contact_id"] == contact["contact_id"]


def test_who_writes_again_is_the_same_customer(desk: Desk) -> None:
    ann = person()
    first = desk.form(email=ann)
    second = desk.form(email=ann.upper())
    assert first["customer_id"] == second["customer_id"]
    assert first["ticket_id"] != second["ticket_id"]
    assert len(about(desk, "customer.registered", first["customer_id"])) == 1


def test_a_further_number_is_added_and_told_of_with_everything(desk: Desk) -> None:
    ann, number = person(), phone()
    first = desk.form(email=ann)
    second = desk.form(email=ann, phone=number)
    assert second["customer_id"] == first["customer_id"]
    (told,) = about(desk, "customer.contact_added", first["customer_id"])
    assert told["version"] == 2
    assert [(one["kind"], one["value"]) for one in told["contacts"]] == [
        ("email", ann),
        ("phone", number),
    ]


def test_contact_data_is_not_readable_in_the_database(desk: Desk) -> None:
    ann = person()
    desk.form(email=ann)
    dump = desk.scalar("SELECT string_agg(contacts::text, '') FROM contacts")
    assert ann not in dump
    assert ann.encode().hex() not in dump


def test_replicas_that_meet_the_same_new_sender_register_one_customer(desk: Desk) -> None:
    ann, number = person(), phone()
    receipts = [desk.send_form(email=ann, phone=number).json["receipt_id"] for _ in range(60)]
    at_the_same_moment(*[desk.file] * 3)
    desk.file()
    customers = {desk.received(one)["customer_id"] for one in receipts}
    assert len(customers) == 1
    assert len(about(desk, "customer.registered", customers.pop())) == 1


def test_the_second_of_two_transactions_waits_and_finds_the_first_ones_customer(
    desk: Desk,
) -> None:
    ann = person()
    found: list[tuple[Any, bool]] = []
    with desk.database.begin() as first:
        customer, is_new = register_customer(first, desk.room.book, utc_now(), name="甲", email=ann)
        assert is_new
        second = threading.Thread(target=lambda: found.append(register(desk, name="乙", email=ann)))
        second.start()
        waiting = (
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        eventually(lambda: desk.scalar(waiting))
        first.commit()
    second.join()
    assert found[0][0].customer_id == customer.customer_id
    assert not found[0][1]


def test_opposite_orders_of_two_contacts_do_not_deadlock(desk: Desk) -> None:
    for _ in range(10):
        ann, bob, one, two = person(), person(), phone(), phone()
        at_the_same_moment(
            partial(register, desk, name="甲", email=ann, phone=one),
            partial(register, desk, name="乙", email=bob, phone=one),
            partial(register, desk, name="丙", email=ann, phone=two),
        )
        assert len(find(desk, email=ann)) == len(find(desk, email=bob)) == 1


def test_registering_by_hand_finds_or_makes(desk: Desk) -> None:
    ann = person()
    traits = {"salutation": "女士", "tier": "gold", "region_id": str(UUID(int=7))}
    customer, is_new = register(desk, name="王女士", email=ann, traits=traits)
    again, is_new_again = register(desk, name="别的名字", email=ann.upper())
    assert (is_new, is_new_again) == (True, False)
    assert again.customer_id == customer.customer_id
    assert (again.display_name, again.salutation) == ("王女士", "女士")
    assert (again.tier, again.region_id) == ("gold", UUID(int=7))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "甲"}, "phone"),
        ({"name": "甲", "email": "x"}, "email"),
        ({"name": "甲", "phone": "1"}, "phone"),
        ({"name": " ", "email": "a@example.com"}, "name"),
    ],
)
def test_wrong_customers_are_refused_by_name(desk: Desk, fields: dict[str, str], name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        register(desk, **fields)
    assert name in refused.value.details["errors"]


def test_customers_are_found_by_address_number_and_name(desk: Desk) -> None:
    ann, number = person(), phone()
    register(desk, name=f"欧阳{number[-6:]}", email=ann, phone=number)
    local = f"{number[3:6]} {number[6:10]} {number[10:]}"
    for words in (
        {"email": ann.title()},
        {"phone": local},
        {"q": ann},
        {"q": local},
        {"q": f"阳{number[-6:]}"},
    ):
        (found,) = find(desk, **words)
        assert found["name"] == f"欧阳{number[-6:]}"
        masked = [f"{ann[0]}***@example.com", f"138****{number[-4:]}"]
        assert [one["value"] for one in found["contacts"]] == masked


def test_signs_in_a_name_mean_themselves(desk: Desk) -> None:
    register(desk, name="百分之%百_", email=person())
    assert [one["name"] for one in find(desk, q="%百_")] == ["百分之%百_"]
    assert find(desk, q="%没有%") == []


def test_nobody_is_called_by_an_address(desk: Desk) -> None:
    """Names are shown to everybody, in tickets too."""
    ann, number = person(), phone()
    received = desk.mail(plain(sender=f'"{ann}" <{ann}>', Message_ID=f"<{ann}>"))
    assert received["customer_name"] == f"{ann[0]}***@example.com"
    assert desk.form(name=f"王五{number}")["customer_name"] == f"王五138****{number[-4:]}"


def test_messages_tell_the_customers_region(desk: Desk) -> None:
    ann = person()
    assert desk.form(email=ann)["region_id"] is None
    customer, _ = register(desk, name="x", email=ann)
    edit(desk, customer.customer_id, region_id=str(UUID(int=7)))
    assert desk.form(email=ann)["region_id"] == UUID(int=7)


def edit(desk: Desk, customer_id: UUID, version: int | None = None, **changes: Any) -> Any:
    with desk.database.begin() as uow:
        found = edit_customer(
            uow, desk.room.book, customer_id=customer_id, version=version, changes=changes
        )
        uow.commit()
        return found


def test_what_staff_change_is_told_with_everything(desk: Desk) -> None:
    ann = person()
    customer, _ = register(desk, name="王五", email=ann)
    changes = {"name": "王六", "salutation": "先生", "language": "en", "tier": "gold"}
    before, after = edit(desk, customer.customer_id, 1, **changes)
    assert (before.display_name, after.display_name, after.version) == ("王五", "王六", 2)
    (told,) = about(desk, "customer.edited", customer.customer_id)
    assert (told["version"], told["salutation"], told["tier"]) == (2, "先生", "gold")
    assert [one["value"] for one in told["contacts"]] == [ann]
    edit(desk, customer.customer_id, 2, **changes)
    assert len(about(desk, "customer.edited", customer.customer_id)) == 1


def test_a_change_that_saw_an_older_state_is_refused(desk: Desk) -> None:
    customer, _ = register(desk, name="王五", email=person())
    edit(desk, customer.customer_id, 1, tier="gold")
    with pytest.raises(Stale):
        edit(desk, customer.customer_id, 1, tier="silver")
    _, after = edit(desk, customer.customer_id, tier=None)
    assert (after.tier, after.version) == (None, 3)
    with pytest.raises(NotFound):
        edit(desk, uuid4(), tier="gold")


def test_nobody_lists_all_customers(desk: Desk) -> None:
    for words in ({}, {"q": " "}, {"q": "\0"}):
        with pytest.raises(InvalidInput):
            find(desk, **words)


def test_customers_come_in_the_order_of_their_ids(desk: Desk) -> None:
    made = [register(desk, name=f"第{n}", email=person())[0].customer_id for n in range(3)]
    wanted = [made[2], uuid4(), made[0]]
    with desk.database.begin(read_only=True) as uow:
        found = asking.get_customers(uow.session, desk.room.book, wanted)
        with pytest.raises(NotFound):
            asking.get_customer(uow.session, desk.room.book, uuid4())
    assert [one["name"] for one in found] == ["第2", "第0"]


def test_a_sender_without_an_address_gets_a_customer_without_contacts(desk: Desk) -> None:
    received = desk.mail(b"Subject: x\r\n\r\n" + uuid4().hex.encode())
    (told,) = about(desk, "customer.registered", received["customer_id"])
    assert told["contacts"] == []
    assert received["contact_id"] is None
