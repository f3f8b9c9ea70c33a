"""Contact data stands nowhere in notify's database, and what is sealed moves to a new key."""

from collections.abc import Sequence

from sqlalchemy import text

from libs.common.bus.handling import Handler, Handling
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.contracts.envelope import Event, dump_event
from libs.common.contracts.intake import CustomerRegistered
from libs.common.crypto import KeyRing
from libs.common.crypto.rotation import rotate_some
from libs.common.database.failures import count_failures
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.notify.storage import codes
from services.notify.storage.addresses import find_cards
from services.notify.storage.deliveries import lock_due
from services.notify.storage.sealed_columns import SEALED
from services.notify.use_cases.keep_addresses import keep_addresses
from tests.integration.notify.desk import CODE, Desk, ticket_of
from tests.support.dump import places_of
from tests.unit.notify.facts import contact_facts, customer_facts

ADDRESS = "zhang.wei.7@example.com"


def test_a_customer_event_that_fails_is_kept_sealed_and_handled_later(desk: Desk) -> None:
    customer = customer_facts(contacts=[contact_facts(value=ADDRESS)])
    body = dump_event(
        CustomerRegistered, uuid7(), str(customer["customer_id"]), utc_now(), customer
    )
    is_down = True

    def keep(uow: UnitOfWork, events: Sequence[Event]) -> None:
        keep_addresses(uow, desk.ordering.keys, desk.now, [event.data for event in events])
        if is_down:
            raise LookupError(f"{ADDRESS} is more than this release can bear")

    handling = Handling(desk.database)
    handling.add("customer.registered", Handler("keep_addresses", keep))
    handling.apply([body])
    with desk.database.engine.connect() as connection:
        assert count_failures(connection) == (1, 0)
    for words in (ADDRESS, "zhang.wei.7"):
        assert places_of(desk.database, words) == []
    is_down = False
    with desk.database.engine.begin() as connection:
        connection.execute(text("UPDATE inbox_failures SET next_at = now()"))
    assert handling.retry_due_failures() == 1
    with desk.database.begin(read_only=True) as uow:
        cards = find_cards(uow.session, desk.ordering.keys, [customer["customer_id"]])
    assert [one.value for one in cards[customer["customer_id"]].contacts] == [ADDRESS]
    assert places_of(desk.database, ADDRESS) == []


def test_addresses_mails_and_codes_move_to_a_new_key(desk: Desk, config: Config) -> None:
    customer = desk.known_customer(contacts=[contact_facts(value=ADDRESS)])
    desk.acknowledge(ticket_of(customer))
    desk.send_code(**CODE)
    key = f"k2:{'22' * 32}"
    both, new = KeyRing.parse(f"{key},{config.field_keys}"), KeyRing.parse(key)
    while rotate_some(desk.database, both, SEALED):
        pass
    with desk.database.begin() as uow:
        cards = find_cards(uow.session, new, [customer["customer_id"]])
        [delivery] = lock_due(uow.session, ["mail"], desk.now, 5)
        [code] = codes.lock_due(uow.session, [CODE["channel"]], desk.now, 5)
        assert delivery.content(new)["subject"]
        assert (code.address(new), code.code(new)) == (CODE["address"], CODE["code"])
    assert [one.value for one in cards[customer["customer_id"]].contacts] == [ADDRESS]
