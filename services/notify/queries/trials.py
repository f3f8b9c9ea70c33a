"""What the rules would do, and what a text would say; nothing is written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.conditions import explain, facts_of
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from libs.common.ids import uuid7
from libs.common.scope import allows
from services.notify.clients.templates import Asked
from services.notify.domain.deliveries import Order, RecipientKind
from services.notify.domain.happenings import CUSTOMER, STAFF, Audience, Happening
from services.notify.domain.occasions import OCCASIONS
from services.notify.domain.planning import Customer, Names, content_of
from services.notify.domain.reading import Fields
from services.notify.domain.texts import LANGUAGES, TEMPLATE_CHANNELS
from services.notify.domain.wording import variables_of
from services.notify.storage.readers import find_customers, find_group_names, find_staff
from services.notify.storage.ticket_copies import find_ticket, scope_of
from services.notify.use_cases.desk import Desk
from services.notify.use_cases.edit_texts import faults_of, source_of
from services.notify.use_cases.tell import Plan, plan_telling

Json = dict[str, Any]

_DELIVERED = {"dingtalk": "dingtalk_robot", "wecom": "wecom_app"}
_SHOWN = {
    "text": "您好，今天收到的杯子碎了。",
    "note": "老客户，请尽快联系",
    "reason": "客户来电",
    "target": "first_reply",
    "phase": "before",
    "policy": "默认",
    "finding": "repeated_complaint",
    "alert": "new_place",
    "person": "李雷",
    "address": "203.0.113.7",
    "survey_url": "https://desk.example/survey/…",
    "score": "1",
    "comment": "等得太久",
    "actor": "王芳",
    "article": "如何更换滤芯",
    "told": "replied",
}
_SAMPLE = {
    "number": "G20261122001",
    "subject": "收到的商品破损",
    "kind": "complaint",
    "urgency": "urgent",
    "status": "in_progress",
    "channel": "mail",
    "customer_name": "韩梅梅",
}


def try_rules(
    uow: UnitOfWork,
    desk: Desk,
    actor: Actor,
    now: datetime,
    *,
    occasion: str,
    number: str | None,
    sample: Mapping[str, Any] | None,
) -> Json:
    """Which rules hold for a ticket or a sample, and why, and whom they would have told.

    Raises NotFound for a ticket that the actor may not see.
    """
    header = _header(uow, desk, actor, now, number, sample)
    happening = Happening(
        occasion=occasion,
        occasion_key=f"trial:{uuid7()}",
        header=header,
        recipients=[header["assignee_id"]] if header.get("assignee_id") else [],
    )
    plan = plan_telling(uow, desk, now, [happening])
    people = {one.recipient_id for one in plan.notices} | {
        one.recipient_id for one in plan.orders if one.recipient_kind is RecipientKind.PERSON
    }
    names = find_staff(uow.session, people, ()).names()
    return {
        "rules": _judged(uow, desk, happening, now, (sample or {}).get("tier")),
        "recipients": _told(plan, names),
    }


def preview(
    uow: UnitOfWork, desk: Desk, actor: Actor, now: datetime, values: Mapping[str, Any]
) -> Json:
    """What a text would say of a ticket or a sample, or what is wrong with it; as above."""
    known = ("occasion", "channel", "language", "subject", "body", "html", "number", "audience")
    given = Fields(values, known)
    occasion = OCCASIONS.get(given.word("occasion", OCCASIONS))
    channel = given.word("channel", TEMPLATE_CHANNELS)
    language = given.word("language", LANGUAGES)
    source = source_of(given)
    given.refusals.demand()
    assert occasion is not None
    if faults := faults_of(source, occasion):
        return {"errors": [one.as_json() for one in faults], "rendered": None}
    audience: Audience = given.raw("audience") or occasion.audiences[0]
    header = _header(uow, desk, actor, now, given.text("number"), None)
    asked = Asked(
        occasion.key,
        CUSTOMER if audience == CUSTOMER else STAFF,
        _DELIVERED.get(channel, channel),
        language,
    )
    try:
        wording = desk.templates.render_source(
            source, asked, _values(uow, desk, now, header, language), language
        )
    except ValueError as error:
        return {"errors": [{"field": "body", "line": 1, "message": str(error)}], "rendered": None}
    told = {"subject": wording.subject, "text": wording.text, "html": wording.html}
    return {"errors": [], "rendered": told}


def _values(
    uow: UnitOfWork, desk: Desk, now: datetime, header: Mapping[str, Any], language: str
) -> Json:
    people = find_staff(uow.session, _ids(header, "assignee_id"), ()).names()
    groups = find_group_names(uow.session, _ids(header, "group_id"))
    happening = Happening("receipt", "", header, {**_SHOWN, "ends_at": now.isoformat()})
    content = content_of(happening, Names(people, groups))
    number = str(header.get("number") or "")
    return variables_of(
        {"due_at": now.isoformat(), **{k: v for k, v in content.items() if v is not None}},
        language,
        desk.zone,
        number=number,
        customer=str(header.get("customer_name") or _SAMPLE["customer_name"]),
        company=desk.company,
        ticket_url=desk.ticket_url(number, RecipientKind.CUSTOMER),
        promised_at=now.isoformat(),
    )


def _header(
    uow: UnitOfWork,
    desk: Desk,
    actor: Actor,
    now: datetime,
    number: str | None,
    sample: Mapping[str, Any] | None,
) -> Json:
    if number is not None:
        found = find_ticket(uow.session, desk.keys, number)
        if found is None or not allows(actor, scope_of(found)):
            raise NotFound("ticket.unknown", "there is no such ticket")
        return found | {"occurred_at": now}
    given = {name: value for name, value in (sample or {}).items() if value is not None}
    given["custom_fields"] = given.pop("fields", {})
    for name in ("customer_id", "assignee_id", "group_id", "region_id"):
        if name in given:
            given[name] = UUID(str(given[name]))
    return {**_SAMPLE, "created_at": now, "occurred_at": now, **given}


def _ids(header: Mapping[str, Any], name: str) -> list[UUID]:
    return [header[name]] if header.get(name) else []


def _judged(
    uow: UnitOfWork, desk: Desk, happening: Happening, now: datetime, tier: str | None
) -> list[Json]:
    ids = _ids(happening.header, "customer_id")
    customers = find_customers(uow.session, ids)
    customer = customers.get(ids[0], Customer(ids[0])) if ids else None
    facts = facts_of(
        happening.header,
        tier=tier or (customer.tier if customer else None),
        language=customer.language if customer else None,
        zone=desk.zone,
        now=now,
    )
    rules = desk.shelf.current(uow.session).rules.get(happening.occasion, ())
    return [
        {
            "rule_id": str(rule.rule_id),
            "name": rule.name,
            "audience": rule.audience,
            "holds": bool(rule.condition.holds(facts)),
            "findings": explain(rule.condition, facts),
        }
        for rule in rules
    ]


def _told(plan: Plan, names: Mapping[UUID, str]) -> list[Json]:
    notices = [_line("person", one.recipient_id, names, "in_app", []) for one in plan.notices]
    return notices + [_order_line(one, names) for one in plan.orders]


def _order_line(order: Order, names: Mapping[UUID, str]) -> Json:
    line = _line(order.recipient_kind, order.recipient_id, names, order.channel, order.others)
    return line | {"at": order.due_at.isoformat(), "error": order.error}


def _line(kind: str, one: UUID, names: Mapping[UUID, str], channel: str, others: Any) -> Json:
    return {
        "kind": str(kind),
        "recipient_id": str(one),
        "name": names.get(one),
        "channel": channel,
        "other_channels": list(others),
        "at": None,
        "error": None,
    }
