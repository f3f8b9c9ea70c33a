"""The rules of webhooks: what they hear, how it is signed, how long it is tried."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from libs.common.audit_answers import changed, made, removed
from libs.common.errors import InvalidInput
from services.notify.domain.webhooks import (
    is_hopeless,
    next_attempt,
    parse_types,
    pause_after,
    sign,
    stream_of,
    wants,
    write_secret,
)
from services.notify.service.answers import without_path

SLACK = "https://hooks.example.com/services/T0/B0/secret?key=1"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KNOWN = ("ticket.created", "ticket.solved", "clock.breached", "article.expiring")


@pytest.mark.parametrize(
    ("patterns", "event_type", "is_wanted"),
    [
        (["*"], "clock.breached", True),
        (["ticket.*"], "ticket.solved", True),
        (["ticket.*"], "clock.breached", False),
        (["ticket.created"], "ticket.solved", False),
        (["ticket.created", "clock.*"], "clock.breached", True),
        (["ticket.*"], "ticketing.created", False),
    ],
)
def test_patterns_choose_types(patterns: list[str], event_type: str, is_wanted: bool) -> None:
    assert wants(patterns, event_type) is is_wanted


@pytest.mark.parametrize(
    "patterns",
    [
        [],
        ["ticket"],
        ["*.created"],
        ["ticket.unheard"],
        ["parcel.*"],
        ["Ticket.*"],
        [7],
        ["*"] * 51,
    ],
)
def test_what_is_no_pattern_of_a_known_type_is_refused_by_field(patterns: list[object]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_types(patterns, KNOWN)
    assert list(refusal.value.details["errors"]) == ["types"]


def test_a_pattern_that_is_named_twice_counts_once() -> None:
    assert parse_types(["ticket.*", "*", "ticket.*"], KNOWN) == ["ticket.*", "*"]


def test_the_signature_is_that_of_standard_webhooks() -> None:
    # The vector of the specification's reference libraries (libraries/python/tests).
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signature = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [secret])
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_a_secret_is_replaced_there_are_two_signatures() -> None:
    old, new = write_secret(b"o" * 24), write_secret(b"n" * 24)
    first, second = sign("id", 1, b"{}", [new, old]).split()
    for signature, random in ((first, b"n" * 24), (second, b"o" * 24)):
        digest = hmac.new(random, b"id.1.{}", hashlib.sha256).digest()
        assert signature == f"v1,{base64.b64encode(digest).decode()}"


def test_a_secret_is_written_as_the_specification_has_it() -> None:
    assert write_secret(bytes(24)) == "whsec_" + "A" * 32


def test_pauses_grow_to_two_hours_and_end_after_three_days() -> None:
    now, pauses, attempts = NOON, [], 0
    while True:
        attempts += 1
        again = next_attempt(attempts, NOON, now)
        if again is None:
            break
        pauses.append((again - now).total_seconds())
        now = again
    assert pauses[:8] == [5, 30, 120, 600, 1800, 3600, 7200, 7200]
    assert now == NOON + timedelta(days=3)
    assert attempts == len(pauses) + 1
    assert 40 < attempts < 50


def test_a_receiver_may_ask_for_more_time_but_not_for_ever() -> None:
    assert next_attempt(1, NOON, NOON, 90.0) == NOON + timedelta(seconds=90)
    assert next_attempt(1, NOON, NOON, 1.0) == NOON + timedelta(seconds=5)
    assert next_attempt(1, NOON, NOON, 10**6) == NOON + timedelta(hours=1)


def test_a_webhook_that_fails_on_and_on_is_left_alone_for_longer_but_not_long() -> None:
    assert [pause_after(n).total_seconds() for n in (1, 2, 3, 4, 8, 500)] == [0, 0, 1, 2, 32, 60]


@pytest.mark.parametrize(
    ("failures", "hours", "is_over"), [(99, 48, False), (100, 23, False), (100, 24, True)]
)
def test_a_webhook_is_given_up_after_many_failures_over_a_day(
    failures: int, hours: int, is_over: bool
) -> None:
    assert is_hopeless(failures, NOON - timedelta(hours=hours), NOON) is is_over
    assert not is_hopeless(failures, None, NOON)


def test_what_belongs_to_one_thing_keeps_its_order() -> None:
    assert stream_of("ticket.created", "t1") == stream_of("ticket.solved", "t1")
    assert stream_of("ticket.created", "t1") != stream_of("clock.changed", "t1")


def test_of_an_address_the_log_keeps_only_where_it_leads():
    old, new = {"webhook_id": "w", "url": SLACK}, {"webhook_id": "w", "url": f"{SLACK}2"}
    for answer in (
        made("webhook_id", new),
        changed("webhook_id", old, new),
        removed("webhook_id", old),
    ):
        assert "secret" not in str(without_path(answer)["audit"])
    assert without_path(made("webhook_id", new))["url"] == f"{SLACK}2"
    assert made("webhook_id", old)["audit"]["object"] == "w"
