"""Which articles somebody may find, and which of them are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.errors import Forbidden, field_error
from services.kb.domain.article import STATES
from services.kb.domain.categories import below
from services.kb.domain.content import AUDIENCES, KINDS, LANGUAGES
from services.kb.storage.categories import all_categories

_CHOICES = {"kind": KINDS, "language": LANGUAGES, "audience": AUDIENCES, "state": STATES}
_NAMES = (*_CHOICES, "category_id", "tag", "own")
PUBLISHED = "published"


@dataclass
class Narrowing:
    """Conditions on `search_rows`, and their parameters."""

    conditions: list[str] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)

    def add(self, condition: str, **parameters: Any) -> None:
        self.conditions.append(condition)
        self.parameters |= parameters

    @property
    def sql(self) -> str:
        return " AND ".join(self.conditions)


def for_staff(session: Session, actor: Actor, filters: Mapping[str, Any]) -> Narrowing:
    """What readers among the staff find: what is published; whoever writes, other states too.

    Raises InvalidInput for what is no filter, Forbidden for states that others may not see.
    """
    unknown = [name for name in filters if name not in _NAMES]
    if unknown:
        raise field_error(unknown[0], "is no filter", "filter.invalid")
    state = filters.get("state") or PUBLISHED
    if state != PUBLISHED and not may_see_drafts(actor):
        raise Forbidden("permission.missing", "this needs the permission article.write")
    made = _narrow(session, {**filters, "state": state})
    if filters.get("own"):
        made.add(
            "EXISTS (SELECT 1 FROM versions WHERE versions.version_id = search_rows.version_id "
            "AND :person = ANY(versions.editors))",
            person=actor.subject,
        )
    return made


def for_visitors(session: Session, filters: Mapping[str, Any]) -> Narrowing:
    """What everybody finds, whatever is asked for: published, for the public."""
    allowed = {name: filters.get(name) for name in ("kind", "language", "category_id", "tag")}
    return _narrow(session, {**allowed, "state": PUBLISHED, "audience": "public"})


def may_see_drafts(actor: Actor) -> bool:
    """Whether somebody sees what is not published."""
    return actor.may("article.write") or actor.may("article.review")


def _narrow(session: Session, filters: Mapping[str, Any]) -> Narrowing:
    made = Narrowing()
    for name, choices in _CHOICES.items():
        value = filters.get(name)
        if value is not None and value not in choices:
            raise field_error(name, f"must be one of {', '.join(choices)}", "filter.invalid")
        if value is not None:
            made.add(f"{name} = :{name}", **{name: value})
    if filters.get("tag") is not None:
        made.add("tags @> ARRAY[CAST(:tag AS text)]", tag=filters["tag"])
    if filters.get("category_id") is not None:
        wanted = _categories(session, filters["category_id"])
        made.add("category_id = ANY(:categories)", categories=list(wanted))
    return made


def _categories(session: Session, given: Any) -> set[UUID]:
    try:
        category_id = UUID(given)
    except (ValueError, TypeError, AttributeError):
        raise field_error("category_id", "must be a UUID", "filter.invalid") from None
    parents = {row["category_id"]: row["parent_id"] for row in all_categories(session)}
    return below(parents, category_id)
