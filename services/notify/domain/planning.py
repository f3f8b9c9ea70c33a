"""From rules that hold to orders: whom, on which channels, when. No look-ups, no I/O."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.notify.domain.deliveries import SWITCHED_OFF, Order, RecipientKind, Status
from services.notify.domain.happenings import Happening
from services.notify.domain.occasions import OCCASIONS
from services.notify.domain.preferences import NO_WISHES, Preference
from services.notify.domain.rules import IN_APP, Rule, is_urgent

# How long a receipt waits for the time that it is to promise; a policy may not exist (R98).
PROMISE_PATIENCE = timedelta(seconds=10)

_HEADER = (
    "subject",
    "kind",
    "urgency",
    "status",
    "channel",
    "created_at",
    "occurred_at",
    "due_at",
)
_ROBOT_LANGUAGE = "zh"


@dataclass(frozen=True)
class Person:
    """A member of staff, as the copies know them."""

    person_id: UUID
    name: str = ""
    language: str = ""
    preference: Preference = NO_WISHES


@dataclass(frozen=True)
class Customer:
    """A customer's wishes, and what conditions ask about them."""

    customer_id: UUID
    tier: str | None = None
    language: str | None = None
    preference: Preference = NO_WISHES


@dataclass(frozen=True)
class Names:
    """How the people and groups of tickets are called."""

    people: Mapping[UUID, str]
    groups: Mapping[UUID, str]


def order_for_customer(
    rule: Rule, happening: Happening, customer: Customer, content: Mapping[str, Any], now: datetime
) -> Iterator[Order]:
    """One order that goes down the channels, or one for each if the rule wants all."""
    wish = customer.preference
    channels = wish.order(OCCASIONS[rule.occasion].group, rule.channels)
    due_at = _due_at(rule, happening, wish, now)
    same = _same(rule, happening, content) | {
        "recipient_kind": RecipientKind.CUSTOMER,
        "recipient_id": customer.customer_id,
        "customer_id": customer.customer_id,
        "contact_id": happening.header.get("contact_id"),
        "language": happening.language or wish.language,
    }
    if not channels:
        if rule.channels:
            order = Order(channel=rule.channels[0], due_at=now, **same)
            yield replace(order, status=Status.SKIPPED, error=SWITCHED_OFF)
        return
    chains = [[one] for one in channels] if rule.all_channels else [channels]
    for first, *others in chains:
        yield Order(channel=first, others=tuple(others), due_at=due_at, **same)


def order_for_person(
    rule: Rule, happening: Happening, person: Person, content: Mapping[str, Any], now: datetime
) -> Iterator[Order]:
    """One order a channel; a notice in the console is none."""
    wish = person.preference
    channels = wish.order(OCCASIONS[rule.occasion].group, rule.channels)
    for channel in channels:
        if channel != IN_APP:
            yield Order(
                channel=channel,
                recipient_kind=RecipientKind.PERSON,
                recipient_id=person.person_id,
                language=happening.language or wish.language or person.language,
                due_at=_due_at(rule, happening, wish, now),
                **_same(rule, happening, content),
            )


def order_for_robots(
    rule: Rule,
    happening: Happening,
    kinds: Mapping[UUID, str],
    content: Mapping[str, Any],
    now: datetime,
) -> Iterator[Order]:
    """One order for each robot of the rule that is in use; `kinds` are their channels."""
    for endpoint_id in rule.endpoint_ids:
        if endpoint_id in kinds:
            yield Order(
                channel=kinds[endpoint_id],
                recipient_kind=RecipientKind.ENDPOINT,
                recipient_id=endpoint_id,
                language=happening.language or _ROBOT_LANGUAGE,
                due_at=now,
                **_same(rule, happening, content),
            )


def content_of(happening: Happening, names: Names) -> dict[str, Any]:
    """What texts are given, as JSON keeps it; labels and local times are made when it is read."""
    header = happening.header
    told = {name: _plain(header.get(name)) for name in _HEADER}
    told["assignee"] = names.people.get(header.get("assignee_id"), "")  # type: ignore[arg-type]
    told["group"] = names.groups.get(header.get("group_id"), "")  # type: ignore[arg-type]
    return told | {name: _plain(value) for name, value in happening.extra.items()}


def once_each(orders: Iterable[Order]) -> list[Order]:
    """The first of several orders for one recipient, channel and occasion: two rules may agree."""
    found: dict[tuple[UUID, str, str], Order] = {}
    for order in orders:
        found.setdefault((order.recipient_id, order.channel, order.occasion_key), order)
    return list(found.values())


def staff_of(
    happening: Happening, resolved: Sequence[UUID], named: Sequence[UUID], rule: Rule
) -> list[UUID]:
    """Whom a rule means: its own recipients, or those of the occasion; not who did it."""
    actor_id = (happening.header.get("actor") or {}).get("id")
    wanted = resolved if rule.recipients else [*(happening.recipients or ()), *named]
    return [one for one in dict.fromkeys(wanted) if one != actor_id]


def _same(rule: Rule, happening: Happening, content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "occasion": happening.occasion,
        "occasion_key": happening.occasion_key,
        "ticket_id": happening.header.get("ticket_id"),
        "ticket_number": happening.header.get("number"),
        "rule_id": rule.rule_id,
        "template_key": rule.template_key,
        "is_urgent": is_urgent(rule, happening),
        "content": content,
    }


def _due_at(rule: Rule, happening: Happening, wish: Preference, now: datetime) -> datetime:
    """At once, or when the recipient's quiet hours are over."""
    if wish.quiet is None or is_urgent(rule, happening):
        return now
    return wish.quiet.end_of(now) or now


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
