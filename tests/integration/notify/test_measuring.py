"""What operators are told of deliveries that should have been sent."""

from prometheus_client import REGISTRY
from sqlalchemy import text

from libs.common.ids import uuid7
from services.notify.use_cases.measure import measure_deliveries
from tests.integration.notify.desk import Desk, ticket_of

_WEBHOOK = text(
    "INSERT INTO webhooks (webhook_id, name, url, types, secret_encrypted, resume_at, created_at) "
    "VALUES (:webhook_id, 'measured', 'https://example.com', '{*}', '', now(), now())"
)
_DELIVERY = text(
    "INSERT INTO webhook_deliveries (delivery_id, occurred_at, webhook_id, event_id, type, "
    " subject, stream, position, body, status, queued_at, next_at) "
    "VALUES (:delivery_id, now(), :webhook_id, :event_id, 'ticket.edited', 's', 's', :position, "
    " '{}', 'waiting', now(), now() - make_interval(mins => :minutes))"
)


def measured(desk: Desk, name: str, channel: str = "mail") -> float:
    measure_deliveries(desk.database)
    found = REGISTRY.get_sample_value(f"tidedesk_deliveries_{name}", {"channel": channel})
    return found or 0.0


def due_since(desk: Desk, interval: str) -> None:
    statement = text("UPDATE deliveries SET next_at = now() - CAST(:interval AS interval)")
    with desk.database.engine.begin() as connection:
        connection.execute(statement, {"interval": interval})


def test_what_is_late_is_measured_by_channel_until_it_is_sent(desk: Desk) -> None:
    desk.acknowledge(ticket_of(desk.known_customer()))
    due_since(desk, "2 minutes")
    assert measured(desk, "waiting") == 1
    assert 120 <= measured(desk, "late_seconds") < 150
    due_since(desk, "-2 minutes")
    assert (measured(desk, "waiting"), measured(desk, "late_seconds")) == (0, 0)


def test_of_webhooks_the_first_of_each_stream_counts(desk: Desk) -> None:
    """Those behind it wait for it, and it waits for its next try."""
    webhook_id = uuid7()
    with desk.database.engine.begin() as connection:
        connection.execute(_WEBHOOK, {"webhook_id": webhook_id})
        for position, minutes in ((1, -1), (2, 5)):
            given = {"webhook_id": webhook_id, "position": position, "minutes": minutes}
            ids = {"delivery_id": uuid7(), "event_id": uuid7()}
            connection.execute(_DELIVERY, given | ids)
    assert measured(desk, "waiting", "webhook") == 0
    with desk.database.engine.begin() as connection:
        connection.execute(text("UPDATE webhook_deliveries SET next_at = now() - interval '1 min'"))
    assert measured(desk, "waiting", "webhook") == 1
    assert measured(desk, "late_seconds", "webhook") >= 60
    with desk.database.engine.begin() as connection:
        connection.execute(text("UPDATE webhooks SET is_active = false"))
    assert measured(desk, "waiting", "webhook") == 0
