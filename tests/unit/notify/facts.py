"""Facts about tickets and customers, as the handlers get them from the bus."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from libs.common.ids import uuid7

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def ticket_facts(**fields: Any) -> dict[str, Any]:
    """The header that every ticket event has, as of a customer's mail."""
    assignee = fields.get("assignee_id")
    return {
        "ticket_id": uuid7(),
        "number": "G20261121001",
        "seq": 1,
        "version": 1,
        "status": "unassigned",
        "status_category": "new",
        "urgency": "normal",
        "kind": "complaint",
        "channel": "mail",
        "customer_id": uuid4(),
        "contact_id": uuid4(),
        "assignee_id": None,
        "group_id": None,
        "subject": "收到的商品破损",
        "customer_name": "韩梅梅",
        "created_at": NOON,
        "occurred_at": NOON,
        "actor": {"kind": "system", "id": None, "name": "系统"},
        "scope": {"assignee": assignee, "cc": [], "collaborators": [], "confidential": False},
    } | fields


def created(**fields: Any) -> dict[str, Any]:
    """Of ticket.created."""
    own = {
        "message_id": uuid4(),
        "text": "您好,今天收到的杯子碎了。",
        "possibly_related_ticket_id": None,
        "is_auto_reply": False,
    }
    return ticket_facts(**own | fields)


def replied(**fields: Any) -> dict[str, Any]:
    """Of ticket.replied."""
    own = {"entry_id": uuid7(), "text": "已为您补发。", "html": None, "attachments": [], "seq": 2}
    return ticket_facts(**own | fields)


def solved(**fields: Any) -> dict[str, Any]:
    """Of ticket.solved."""
    own = {"entry_id": uuid7(), "text": "已补发并致歉。", "notify_customer": True, "seq": 3}
    return ticket_facts(**own | fields)


def customer_facts(**fields: Any) -> dict[str, Any]:
    """Of customer.registered, with one e-mail address."""
    return {
        "customer_id": uuid4(),
        "version": 1,
        "display_name": "韩梅梅",
        "salutation": None,
        "language": "zh-CN",
        "tier": None,
        "region_id": None,
        "contacts": [contact_facts()],
    } | fields


def contact_facts(**fields: Any) -> dict[str, Any]:
    """An address of a customer."""
    return {
        "contact_id": uuid4(),
        "kind": "email",
        "value": "han@example.com",
        "is_verified": False,
    } | fields


def alert_facts(**fields: Any) -> dict[str, Any]:
    """Of security.alerted, to nobody yet."""
    return {
        "alert_id": uuid4(),
        "kind": "brute_force",
        "severity": "critical",
        "person_id": uuid4(),
        "raised_at": NOON,
        "recipients": [],
        "person_name": "李雷",
        "address": "203.0.113.7",
        "facts": {},
    } | fields


def step_facts(**fields: Any) -> dict[str, Any]:
    """Of step.reached, a reminder before the first reply is due."""
    return {
        "clock_id": uuid4(),
        "ticket_id": uuid7(),
        "number": "G20261121001",
        "revision": 3,
        "next_due_at": NOON,
        "is_overdue": False,
        "occurred_at": NOON,
        "target": "first_reply",
        "cycle": 1,
        "due_at": NOON,
        "policy_id": uuid4(),
        "policy_name": "默认",
        "assignee_id": None,
        "group_id": None,
        "assignment_epoch": 1,
        "urgency": "normal",
        "step": "remind",
        "phase": "before",
        "recipients": [],
        "actions": [],
    } | fields


def finding_facts(**fields: Any) -> dict[str, Any]:
    """Of abnormality.found."""
    return {
        "abnormality_id": uuid4(),
        "kind": "repeated_complaint",
        "ticket_id": uuid7(),
        "number": "G20261121001",
        "customer_id": uuid4(),
        "assignee_id": None,
        "group_id": None,
        "found_at": NOON,
        "facts": {"count": 2, "days": 30},
        "recipients": [],
        "actions": [],
    } | fields


def returned_facts(**fields: Any) -> dict[str, Any]:
    """Of ticket.returned, by dispatch, because nobody confirmed."""
    own = {
        "previous_assignee_id": uuid4(),
        "epoch": 2,
        "cause": "accept_timeout",
        "reason": None,
        "seq": 4,
    }
    return ticket_facts(**own | fields)


def offer_facts(**fields: Any) -> dict[str, Any]:
    """Of offer.opened; of offer.closed with a `cause`."""
    own = {
        "offer_id": uuid4(),
        "ticket_id": uuid7(),
        "number": "G20261121001",
        "group_id": uuid4(),
        "recipients": [],
    }
    ending = {"taken_by": None, "taken_by_name": None}
    beginning = {"urgency": "normal", "ends_at": NOON}
    return own | (ending if "cause" in fields else beginning) | fields


def article_facts(**fields: Any) -> dict[str, Any]:
    """Of an article's event, by a colleague of its author."""
    own = {
        "article_id": uuid7(),
        "revision": 1,
        "kind": "faq",
        "language": "zh",
        "audience": "public",
        "state": "review",
        "title": "如何换货",
        "occurred_at": NOON,
        "actor": {"kind": "staff", "id": uuid4(), "name": "韩梅梅"},
    }
    return own | fields


def clock_facts(
    ticket: dict[str, Any], due_at: datetime | None, revision: int = 1
) -> dict[str, Any]:
    """Of clock.changed: the first reply's clock, or none."""
    clock = {
        "clock_id": uuid4(),
        "target": "first_reply",
        "cycle": 1,
        "state": "running",
        "is_breached": False,
        "started_at": NOON,
        "due_at": due_at,
        "policy_id": None,
    }
    return {
        "ticket_id": ticket["ticket_id"],
        "number": ticket["number"],
        "revision": revision,
        "next_due_at": due_at,
        "is_overdue": False,
        "occurred_at": NOON,
        "clocks": [clock] if due_at else [],
    }
