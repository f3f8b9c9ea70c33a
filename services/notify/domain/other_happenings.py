"""What sla, dispatch, the gateway, kb and notify itself tell of: staff's matters all."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from libs.common.actions import Recipient, parse_recipients
from libs.common.errors import InvalidInput
from services.notify.domain.happenings import STAFF, Happening
from services.notify.domain.ticket_happenings import shortened

Facts = Mapping[str, Any]

_PHASES = {"before": "warned", "due": "breached", "after": "breached"}
_CLOCK = ("target", "phase", "step", "policy_name", "urgency")
_ALERT = ("kind", "severity", "person_name", "address")
_STAFF = (STAFF,)


def happening_of_step(step: Facts, ticket: Facts | None) -> Happening:
    """A reminder or an escalation, once per clock and step. `ticket`: its header, if known."""
    is_escalation = step["phase"] == "after" and (step.get("actions") or "#" in step["step"])
    facts = {name: step.get(name) for name in _CLOCK} | {"due_at": step["due_at"].isoformat()}
    return Happening(
        "escalated" if is_escalation else _PHASES.get(step["phase"], "breached"),
        f"step:{step['clock_id']}:{step['step']}",
        _header(step, ticket) | {"due_at": step["due_at"]},
        {
            "target": step["target"],
            "phase": step["phase"],
            "policy": step.get("policy_name") or "",
        },
        named=read_recipients(step["recipients"]),
        facts=facts,
        audiences=_STAFF,
    )


def happening_of_finding(finding: Facts, ticket: Facts | None) -> Happening:
    """Something abnormal, once."""
    return Happening(
        "abnormality",
        f"abnormality:{finding['abnormality_id']}",
        _header(finding, ticket),
        {"finding": finding["kind"]},
        named=read_recipients(finding["recipients"]),
        facts={"kind": finding["kind"], **finding["facts"]},
        audiences=_STAFF,
    )


def happening_of_offer(offer: Facts, ticket: Facts | None) -> Happening:
    """Whoever is among the recipients may be the first."""
    ends_at = offer.get("ends_at")
    shown = ends_at and ends_at.isoformat()
    return Happening(
        "offer",
        f"offer:{offer['offer_id']}",
        _header(offer, ticket),
        {"ends_at": shown},
        recipients=offer["recipients"],
        facts={"urgency": offer["urgency"], "ends_at": shown},
        audiences=_STAFF,
    )


def happening_of_alert(alert: Facts) -> Happening:
    """Alerts have no actor, so whoever caused one is told as well."""
    return Happening(
        "security",
        f"alert:{alert['alert_id']}",
        {"occurred_at": alert.get("raised_at")},
        {
            "alert": alert["kind"],
            "person": alert.get("person_name"),
            "address": alert.get("address"),
        },
        recipients=alert["recipients"],
        facts={name: alert.get(name) for name in _ALERT},
        audiences=_STAFF,
    )


def happening_of_review(article: Facts, *, is_declined: bool) -> Happening:
    """A draft waits for a reviewer, or came back to who wrote it."""
    author_id = article.get("author_id") if is_declined else None
    occasion = "review_declined" if is_declined else "review_requested"
    return Happening(
        occasion,
        f"{occasion}:{article['article_id']}:{article['revision']}",
        {"actor": article["actor"], "occurred_at": article["occurred_at"]},
        {
            "article": article["title"],
            "comment": shortened(article.get("comment")),
            "actor": article["actor"]["name"],
        },
        recipients=[author_id] if author_id else [],
        facts={"article_id": str(article["article_id"])},
        audiences=_STAFF,
    )


def happening_of_expiry(article: Facts) -> Happening:
    """Whoever wrote the article may look it through again before nobody can read it any more."""
    until, author_id = article["valid_until"], article.get("author_id")
    return Happening(
        "article_expiring",
        f"article_expiring:{article['article_id']}:{until.isoformat()}",
        {"occurred_at": article["occurred_at"], "due_at": until},
        {"article": article["title"]},
        recipients=[author_id] if author_id else [],
        facts={"article_id": str(article["article_id"]), "valid_until": until.isoformat()},
        audiences=_STAFF,
    )


_QUALITY = {
    "quality.review_scored": "scored",
    "quality.review_appealed": "appealed",
    "quality.appeal_decided": "decided",
}


def happening_of_check(type: str, check: Facts, ticket: Facts | None) -> Happening:
    """A result, or what became of an appeal, for who handled the ticket; an appeal for who judged.

    Once for each version of the review.
    """
    step = _QUALITY[type]
    whom = check["reviewer_id"] if step == "appealed" else check["handler_id"]
    said = {"step": step, "actor": check["actor"]["name"], "total": check["total"]}
    return Happening(
        "quality",
        f"quality:{check['review_id']}:{check['version']}",
        _header(check, ticket) | {"actor": check["actor"], "occurred_at": check["occurred_at"]},
        said,
        recipients=[whom],
        facts={**said, "review_id": str(check["review_id"])},
        audiences=_STAFF,
    )


def happening_of_failure(delivery_id: UUID, occasion: str, reason: str, ticket: Facts) -> Happening:
    """The customer was not told: whoever has the ticket may want to call."""
    assignee_id = ticket.get("assignee_id")
    return Happening(
        "failed",
        f"failed:{delivery_id}",
        ticket,
        {"told": occasion, "reason": shortened(reason)},
        recipients=[assignee_id] if assignee_id else [],
        facts={"occasion": occasion},
        audiences=_STAFF,
    )


def read_recipients(raws: Iterable[Any]) -> tuple[Recipient, ...]:
    """Those that this release knows; the others spoil nothing."""
    read: list[Recipient] = []
    for raw in raws:
        try:
            read.extend(parse_recipients([raw]))
        except InvalidInput:
            continue
    return tuple(read)


def _header(told: Facts, ticket: Facts | None) -> dict[str, Any]:
    """What the event itself says of the ticket outweighs the copy."""
    own = ("ticket_id", "number", "customer_id", "assignee_id", "group_id", "urgency")
    known = {name: told[name] for name in own if told.get(name) is not None}
    # Of an assignee that the event denies the copy may not have heard yet.
    denied = {name: None for name in ("assignee_id", "group_id") if name in told}
    return {**(ticket or {}), **denied, **known, "actor": None}
