"""What the category and the word of urgency that people name mean for a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.errors import field_error
from services.ticketing.domain import checks
from services.ticketing.domain.categories import Category
from services.ticketing.domain.placing import Place, Team
from services.ticketing.domain.templates import TemplateVersion
from services.ticketing.domain.vocabulary import DEFAULT_URGENCY, URGENCIES
from services.ticketing.storage.category_rows import read_tree
from services.ticketing.storage.directory import find_team
from services.ticketing.storage.tag_rows import unknown_tags
from services.ticketing.storage.template_versions import find_current
from services.ticketing.storage.ticket_settings import read_settings
from services.ticketing.storage.urgency_words import read_words


@dataclass(frozen=True)
class Beginning:
    """What a ticket of a category begins with where nothing more explicit is said."""

    category: Category | None = None
    kind: str | None = None
    urgency: str | None = None
    template: TemplateVersion | None = None
    team: Team | None = None
    tags: list[str] = field(default_factory=list)

    def urgency_for(self, said: str | None) -> dict[str, Any]:
        """{urgency}: said, else the category's own with the reason, else the usual one."""
        if said is None and self.urgency and self.category:
            reason = " › ".join(self.category.names_zh)
            return {"urgency": self.urgency, "urgency_reason": reason}
        return {"urgency": checks.one_of("urgency", said or DEFAULT_URGENCY, URGENCIES)}

    def place_in(self, region_id: UUID | None) -> Place:
        """Where its team's tickets lie; where a region alone leads without one."""
        place = Place(region_id=region_id)
        return place.in_team(self.team) if self.team else place


def beginning_in(session: Session, category_id: UUID | None) -> Beginning:
    """By the defaults of the category; what has gone since they were written counts no more."""
    if category_id is None:
        return Beginning()
    tree = read_tree(session)
    category, defaults = tree.offer(category_id), tree.defaults(category_id)
    group_id, key = defaults.get("group_id"), defaults.get("template_key")
    template = find_current(session, key) if key else None
    return Beginning(
        category,
        defaults.get("kind"),
        defaults.get("urgency"),
        template if template and template.offers(category) else None,
        find_team(session, UUID(group_id)) if group_id else None,
        list(defaults.get("tags", ())),
    )


def urgency_by_word(session: Session, word: str | None) -> dict[str, Any]:
    """{urgency, urgency_word} of a word of a scale; empty without one."""
    if word is None:
        return {}
    found = read_words(session).find(word)
    return {"urgency": found.urgency, "urgency_word": found.key}


def looked_up(session: Session, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes of a ticket with what they name in place of its key; raises InvalidInput."""
    found = dict(changes)
    if "category_id" in found:
        wanted = found.pop("category_id")
        found["category"] = _offered(session, wanted) if wanted else None
    if "urgency_word" in found:
        found |= urgency_by_word(session, found["urgency_word"])
    return found


def refuse_unknown_tags(session: Session, tags: object, had: list[str]) -> None:
    """Where tags are not free, those that the ticket does not have must be known and in use."""
    new = [tag for tag in tags if tag not in had] if isinstance(tags, list | tuple) else []
    if new and not read_settings(session).allows_free_tags:
        unknown = unknown_tags(session, [str(tag).strip() for tag in new])
        if unknown:
            raise field_error("tags", f"not among the known tags: {unknown[0]}", "tag.unknown")


def _offered(session: Session, wanted: object) -> Category:
    try:
        category_id = wanted if isinstance(wanted, UUID) else UUID(str(wanted))
    except ValueError:
        raise field_error("category_id", "must be a UUID") from None
    return read_tree(session).offer(category_id)
