"""Notes what is read, and what is looked for in vain: of that, articles should be written."""

import re
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.text import fold
from services.kb.storage.reading_counts import add_hit, add_missed

_LONGEST = 80  # characters
# Whoever looks for a phone number, an order or an address means somebody.
_PERSONAL = re.compile(r"\d{5,}|\S+@\S+")


def note_view(uow: UnitOfWork, article_id: UUID, reader: str, now: datetime, zone: tzinfo) -> None:
    """One view. `reader`: customer or staff."""
    add_hit(uow.session, article_id, now.astimezone(zone).date(), reader)


def note_search(
    uow: UnitOfWork, q: str, page: dict[str, Any], reader: str, now: datetime, zone: tzinfo
) -> None:
    """A search without any result, without what names somebody."""
    if not q.strip() or page["items"]:
        return
    phrase = " ".join(_PERSONAL.sub("#", fold(q)).split())[:_LONGEST]
    if phrase.strip("# "):
        add_missed(uow.session, now.astimezone(zone).date(), reader, phrase)
