"""Rules and texts as processes keep them: read whole, and anew when their revision has moved."""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.actions import parse_recipients
from libs.common.conditions import parse_condition
from libs.common.errors import InvalidInput
from services.notify.domain.occasions import OCCASIONS
from services.notify.domain.rules import Rule
from services.notify.domain.texts import Source, TextKey

_log = logging.getLogger(__name__)

_REVISION = text("SELECT revision FROM rule_book")
_MOVE = text("UPDATE rule_book SET revision = revision + 1")
_RULES = text("SELECT * FROM rules WHERE is_active ORDER BY position, rule_id")
_TEXTS = text("SELECT * FROM templates")


@dataclass(frozen=True)
class RuleBook:
    """The active rules by occasion, in their order, and the texts that are not the shipped ones."""

    revision: int
    rules: Mapping[str, Sequence[Rule]] = field(default_factory=dict)
    texts: Mapping[TextKey, Source] = field(default_factory=dict)

    def tells(self, occasion: str, channel: str) -> bool:
        """Whether anybody may be told of it there."""
        return any(channel in rule.channels for rule in self.rules.get(occasion, ()))


class RuleShelf:
    """A process's copy of the rule book; one small query says whether it is still true."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._book = RuleBook(-1)

    def current(self, session: Session) -> RuleBook:
        """As it stands in the database now."""
        revision = session.scalar(_REVISION) or 0
        with self._lock:
            book = self._book
        if book.revision != revision:
            # The revision first: a change after it is told by a later one.
            book = load_book(session, revision)
            with self._lock:
                self._book = book
        return book


def load_book(session: Session, revision: int) -> RuleBook:
    """What cannot be read any more (a field that is gone) is left out, and logged."""
    found: dict[str, list[Rule]] = {}
    for row in session.execute(_RULES).mappings():
        try:
            rule = rule_of(row)
        except (InvalidInput, KeyError) as error:
            _log.error("rule %s is left out: %s", row["rule_id"], error)
            continue
        found.setdefault(rule.occasion, []).append(rule)
    texts = {
        (row["key"], row["channel"], row["language"]): source_of(row)
        for row in session.execute(_TEXTS).mappings()
    }
    return RuleBook(revision, found, texts)


def move_revision(session: Session) -> None:
    """Rules or texts have changed; also makes changes of them wait for one another."""
    session.execute(_MOVE)


def rule_of(row: Mapping[Any, Any]) -> Rule:
    """From the table's columns; raises InvalidInput or KeyError for what nobody knows any more."""
    return Rule(
        rule_id=row["rule_id"],
        name=row["name"],
        occasion=OCCASIONS[row["occasion"]].key,
        audience=row["audience"],
        recipients=parse_recipients(row["recipients"]),
        channels=tuple(row["channels"]),
        all_channels=row["all_channels"],
        condition=parse_condition(row["condition"]),
        template_key=row["template_key"],
        endpoint_ids=tuple(row["endpoint_ids"]),
        is_urgent=row["is_urgent"],
    )


def source_of(row: Mapping[Any, Any]) -> Source:
    """From the table's columns."""
    return Source(
        body=row["body"],
        subject=row["subject"],
        html=row["html"],
        provider_code=row["provider_code"],
        provider_params=tuple(row["provider_params"]),
        template_id=row["template_id"],
    )
