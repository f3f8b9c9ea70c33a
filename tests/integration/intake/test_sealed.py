"""Contact data stands nowhere in intake's database, and what is sealed moves to a new key."""

import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from libs.common.bus.call import Call
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.crypto import BlindIndex, KeyRing
from libs.common.crypto.rotation import rotate_some
from services.intake.service.rpc import Service
from services.intake.storage.contact_book import ContactBook
from services.intake.storage.receipts import RawMessages
from services.intake.storage.sealed_columns import SEALED
from services.intake.storage.tables import RawMessageRow
from tests.integration.intake.desk import Desk
from tests.support.actors import actor
from tests.support.dump import places_of

KEY = "22" * 32


@pytest.fixture
def service(desk: Desk) -> Any:
    made: Any = Service()
    made.database, made.book = desk.database, desk.room.book
    return made


def call(command_id: str) -> Call:
    return Call(actor("agent"), utc_now(), time.time() + 30, "r-1", command_id)


def rings(config: Config) -> tuple[KeyRing, KeyRing]:
    """While the old key is still there, and after."""
    return KeyRing.parse(f"k2:{KEY},{config.field_keys}"), KeyRing.parse(f"k2:{KEY}")


def relayed(desk: Desk) -> None:
    """The broker has confirmed the events."""
    with desk.database.engine.begin() as connection:
        connection.execute(text("TRUNCATE outbox"))


def test_a_registered_customer_s_addresses_stand_nowhere(desk: Desk, service: Any) -> None:
    email, digits = f"{uuid4().hex}@example.com", f"138{uuid4().int % 10**8:08}"
    asked = call(str(uuid4()))
    answers = [
        service.register_customer(asked, name="韩梅梅", email=email, phone=digits) for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert places_of(desk.database, digits) == ["outbox"]
    relayed(desk)
    for words in (email, email.partition("@")[0], digits):
        assert places_of(desk.database, words) == []


def test_addresses_and_raw_messages_move_to_a_new_key(desk: Desk, config: Config) -> None:
    email = f"{uuid4().hex}@example.com"
    received = desk.form(email=email, description="空调不制冷")
    both, new = rings(config)
    while rotate_some(desk.database, both, SEALED):
        pass
    book = ContactBook(new, BlindIndex(config.index_key))
    with desk.database.begin(read_only=True) as uow:
        customer_id: UUID = received["customer_id"]
        customer = book.find_customers(uow.session, [customer_id])[customer_id]
        rows = uow.session.query(RawMessageRow).filter(RawMessageRow.body.is_not(None)).all()
        contents = [RawMessages(new, desk.blobs).open(row).content for row in rows]
    assert [contact.value for contact in customer.contacts] == [email]
    assert any(email.encode() in content for content in contents)
    # For the other tests, which know the first key only.
    back = KeyRing.parse(f"{config.field_keys},k2:{KEY}")
    while rotate_some(desk.database, back, SEALED):
        pass
