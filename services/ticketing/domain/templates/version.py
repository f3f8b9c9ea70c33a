"""A published version of a template: what tickets begin with, and keep."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.ticketing.domain.categories import Category
from services.ticketing.domain.templates.confidentiality import Confidentiality
from services.ticketing.domain.templates.definition import Definition
from services.ticketing.domain.templates.requesters import Requesters


@dataclass(frozen=True)
class TemplateVersion:
    """Immutable: editing a template makes another one.

    `categories`: those that its tickets may have, with all below them; none named: every one.
    """

    template_version_id: UUID
    key: str
    version: int
    name_zh: str
    name_en: str
    kind: str
    definition: Definition
    confidential: Confidentiality | None = None
    requesters: Requesters | None = None
    categories: tuple[UUID, ...] = ()

    @property
    def asks_for_files(self) -> bool:
        """Whether some stage counts the ticket's files."""
        return any(one.attachments for one in self.definition.requirements.values())

    @property
    def lets_requesters_choose(self) -> bool:
        """Whether whoever asks chooses among its categories."""
        return self.requesters is not None and self.requesters.categories

    def offers(self, category: Category | None) -> bool:
        """Whether its tickets may have this category; none at all they may have always."""
        if category is None or not self.categories:
            return True
        return not set(self.categories).isdisjoint(category.path)

    def for_requesters(self) -> "TemplateVersion | None":
        """What whoever opens a ticket of their own fills in; None where only staff choose it."""
        if self.requesters is None:
            return None
        return replace(self, definition=self.requesters.form_of(self.definition))

    def as_shown(self) -> dict[str, Any]:
        """How tickets and timelines name it."""
        name = {"zh": self.name_zh, "en": self.name_en}
        return {"key": self.key, "version": self.version, "name": name}
