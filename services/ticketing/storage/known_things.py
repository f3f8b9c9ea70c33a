"""What conditions and actions may refer to: the copied organisation, categories, words."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.directory import known_things
from services.ticketing.storage.category_rows import read_tree
from services.ticketing.storage.status_rows import own_statuses
from services.ticketing.storage.ticket_settings import read_settings

# Of all versions: tickets keep theirs.
_CONFIDENTIAL = text(
    "SELECT DISTINCT jsonb_array_elements_text(content -> 'confidential' -> 'fields') "
    "FROM ticket_template_versions WHERE content -> 'confidential' -> 'fields' IS NOT NULL"
)
# What no template offers any more, neither in its newest version nor in what is being written.
_REMOVED = text(
    "SELECT DISTINCT f ->> 'key' FROM ticket_template_versions v "
    "CROSS JOIN jsonb_array_elements(v.content -> 'fields') AS f "
    "EXCEPT SELECT f ->> 'key' FROM ticket_templates t JOIN ticket_template_versions v "
    "ON v.template_id = t.template_id AND v.version = t.published_version "
    "CROSS JOIN jsonb_array_elements(v.content -> 'fields') AS f"
)
_TAGS = text("SELECT name, is_active FROM known_tags")


class KnownThings(known_things.KnownThings):
    """Knows categories and statuses, too, and what of fields, tags and categories is no more."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._confidential: set[str] | None = None
        self._removed: set[str] | None = None
        self._tags: dict[str, bool] | None = None
        self._archived: set[str] | None = None

    def is_confidential(self, key: str) -> bool:
        """Whether some template keeps the field of this key confidential."""
        if self._confidential is None:
            self._confidential = set(self._session.scalars(_CONFIDENTIAL))
        return key in self._confidential

    def is_removed_field(self, key: str) -> bool:
        """Whether templates have had a field of this key, and none has it now."""
        if self._removed is None:
            self._removed = set(self._session.scalars(_REMOVED))
        return key in self._removed

    def is_removed_tag(self, name: Any) -> bool:
        """Whether tickets cannot get this tag: it is put away, or only known ones are allowed."""
        if self._tags is None:
            self._tags = {row.name: row.is_active for row in self._session.execute(_TAGS)}
        if name in self._tags:
            return not self._tags[name]
        return not read_settings(self._session).allows_free_tags

    def is_archived_category(self, category_id: Any) -> bool:
        """Whether it takes no new tickets, by itself or by what lies above it."""
        if self._archived is None:
            tree = read_tree(self._session)
            self._archived = {str(one) for one in tree.nodes if not tree.is_in_use(one)}
        return category_id in self._archived

    def _read(self, source: str) -> set[str] | None:
        if source == "categories":
            return {str(one) for one in read_tree(self._session).nodes}
        if source == "statuses":
            known = own_statuses(self._session).values()
            return {one.key for one in known if not one.is_archived}
        return super()._read(source)
