"""What a list of tickets can be narrowed by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    and_,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.errors import Forbidden, InvalidInput, field_error
from libs.common.instants import read_instant
from services.ticketing.domain.closing import CLOSE_KINDS
from services.ticketing.domain.numbers import TicketNumber
from services.ticketing.domain.rating import BEST_SCORE
from services.ticketing.domain.statuses import (
    CATEGORY_OF,
    CLOSED,
    SOLVED,
    UNFINISHED,
    is_own_key,
)
from services.ticketing.domain.vocabulary import KINDS, URGENCIES
from services.ticketing.queries.scoping import copied_to
from services.ticketing.storage.category_rows import ids_below
from services.ticketing.storage.rule_tables import ticket_workers
from services.ticketing.storage.tables import tickets

Clause = ColumnElement[bool]

BIN = "bin"

_SEARCH_LIMIT = 100
_LIST_LIMIT = 50
_UNITS = {"group": "group_id", "department": "department_id", "region": "region_id"}

_SOON = timedelta(hours=1)

# A constant, not a parameter: so the indexes have it.
_NEVER_DUE = literal_column("timestamptz '9999-01-01 00:00:00+00'", DateTime(timezone=True))
DUE_ORDER: ColumnElement[datetime] = func.coalesce(tickets.c.next_due_at, _NEVER_DUE)

_unfinished = tickets.c.status_category.in_(UNFINISHED)
# By status, not by category: lists are read along (status, updated_at).
_solved = tickets.c.status.in_([key for key, category in CATEGORY_OF.items() if category == SOLVED])
# The same as by category, of what the index of assignees tells without the rows.
_to_do = tickets.c.status.in_(
    [key for key, category in CATEGORY_OF.items() if category in UNFINISHED]
)
# 待跟进: by its status, or because the customer is not satisfied, whatever the status. As the
# indexes have it.
_followed_up = or_(tickets.c.is_dissatisfied, tickets.c.status == "follow_up")


def is_own(actor: Actor) -> Clause:
    """What is in somebody's hands. Nobody has none: compared with nothing, the pool would be it."""
    return tickets.c.assignee_id == actor.subject if actor.subject is not None else false()


def _asked_to_help(actor: Actor) -> tuple[Clause, ...]:
    """Who is only copied has nothing to do."""
    return (
        # As the index has it.
        tickets.c.watchers.overlap([actor.subject]),
        func.cardinality(tickets.c.watchers) > 0,
        tickets.c.collaborators.contains([actor.subject]),
        _unfinished,
    )


def _todo(actor: Actor) -> tuple[Clause, ...]:
    """待办: what is mine to finish, and where I have been asked to help."""
    mine = select(tickets.c.ticket_id).where(is_own(actor), _unfinished)
    asked = select(tickets.c.ticket_id).where(*_asked_to_help(actor))
    # One set, which is read first; joined by OR they would read the whole table.
    return (tickets.c.ticket_id.in_(mine.correlate(None).union(asked.correlate(None))),)


def _worked_on(actor: Actor) -> Select[Any]:
    return select(ticket_workers.c.ticket_id).where(ticket_workers.c.person_id == actor.subject)


def _done(actor: Actor) -> tuple[Clause, ...]:
    """已办: what somebody has worked on, or had until its end, and what is not theirs to do."""
    had = select(tickets.c.ticket_id).where(is_own(actor), ~_to_do)
    is_theirs = tickets.c.ticket_id.in_(_worked_on(actor).union(had.correlate(None)))
    is_to_do = and_(is_own(actor), _to_do)
    return (is_theirs, is_to_do.is_not(true()))


@dataclass(frozen=True)
class Part:
    """Some tickets of a view, by conditions which fix `known` of the scope (`known_scope`).

    `is_small`: an index leads to them alone, so that who may see them is asked of each.
    """

    conditions: list[Clause]
    known: dict[str, Any] = field(default_factory=dict)
    is_small: bool = False


def counted_parts(view: str, actor: Actor, watches: bool = True) -> list[Part]:
    """A view in disjoint parts, for whoever wants no order. What is somebody's own is counted by
    an index, without their other tickets.

    Not `watches`: no ticket names the actor as a watcher, so what asks for that has nothing.
    """
    mine, not_mine = (
        is_own(actor),
        tickets.c.assignee_id.is_distinct_from(actor.subject),
    )
    given = {"view": view}
    known = {"assignee": actor.subject} if actor.subject else {}
    if view == "todo":
        own = Part([_NOT_DELETED, mine, _unfinished], known)
        others = Part([_NOT_DELETED, not_mine, *_asked_to_help(actor)], is_small=True)
        return [own, *([others] if watches else [])]
    if view == "done":
        worked_on = tickets.c.ticket_id.in_(_worked_on(actor))
        return [
            Part([_NOT_DELETED, mine, ~_to_do], known),
            Part([_NOT_DELETED, not_mine, worked_on], is_small=True),
        ]
    if view == "cc" and not watches:
        return []
    is_small = view in ("cc", "supervised")
    return [Part(clauses(given, actor), known_scope(given, actor), is_small)]


VIEWS: Mapping[str, Callable[[Actor], tuple[Clause, ...]]] = {
    "mine": lambda actor: (is_own(actor), _unfinished),
    "unassigned": lambda _: (tickets.c.assignee_id.is_(None), _unfinished),
    "open": lambda _: (_unfinished,),
    "overdue": lambda _: (tickets.c.is_overdue, _unfinished),
    "follow_up": lambda _: (_followed_up, tickets.c.status_category != CLOSED),
    "solved": lambda _: (_solved,),
    "all": lambda _: (true(),),
    "todo": _todo,
    "done": _done,
    "cc": lambda actor: (copied_to(actor),),
    "supervised": lambda _: (tickets.c.is_supervised,),
    BIN: lambda _: (tickets.c.deleted_at.is_not(None), tickets.c.status == "deleted"),
}
_NOT_DELETED = tickets.c.deleted_at.is_(None)


def may_see_bin(actor: Actor) -> bool:
    """Whoever may put tickets there."""
    return actor.may("ticket.delete")


def clauses(filters: Mapping[str, Any], actor: Actor) -> list[Clause]:
    """Conditions for the given filters; raises InvalidInput naming each that is wrong."""
    unknown = {name: ["is no filter"] for name in filters if name not in _FILTERS}
    if unknown:
        raise InvalidInput("filter.unknown", "unknown filters", {"errors": unknown})
    found: list[Clause] = [] if filters.get("view") == BIN else [_NOT_DELETED]
    for name, value in filters.items():
        if value is not None and value != "":
            found.extend(_FILTERS[name](value, actor))
    return found


def known_scope(filters: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """What these filters, which `clauses` has accepted, fix of the scope of every row."""
    known = {
        name: None if filters[name] == "none" else _uuid(name, filters[name])
        for name in _UNITS
        if filters.get(name)
    }
    if filters.get("customer_id"):
        known["requester"] = _uuid("customer_id", filters["customer_id"])
    if filters.get("view") == "unassigned" or filters.get("assignee") == "none":
        known["assignee"] = None
    elif filters.get("view") == "mine" or filters.get("assignee") == "me":
        known |= {"assignee": actor.subject} if actor.subject else {}
    elif filters.get("assignee"):
        known["assignee"] = _uuid("assignee", filters["assignee"])
    return known


def _view(value: Any, actor: Actor) -> tuple[Clause, ...]:
    if not isinstance(value, str) or value not in VIEWS:
        raise field_error("view", f"must be one of {', '.join(VIEWS)}", "filter.invalid")
    if value == BIN and not may_see_bin(actor):
        raise Forbidden("permission.missing", "needs ticket.delete")
    return VIEWS[value](actor)


def _status(value: Any, _actor: Actor) -> tuple[Clause]:
    """One or several statuses; a shipped one finds also what has an own one that stands on it."""
    words = value.split(",") if isinstance(value, str) else value
    own = {word for word in words if is_own_key(word)} if isinstance(words, list) else set()
    if not 0 < len(own) <= _LIST_LIMIT:
        return _SHIPPED(value, _actor)
    bases = [word for word in words if word not in own]
    shipped = _SHIPPED(bases, _actor) if bases else ()
    return (or_(tickets.c.own_status.in_(sorted(own)), *shipped),)


def _words(name: str, column: Any, choices: Sequence[str] | None) -> Callable[..., tuple[Clause]]:
    """One or several words, as a list or separated by commas."""

    def narrow(value: Any, _actor: Actor) -> tuple[Clause]:
        words = value.split(",") if isinstance(value, str) else value
        if not isinstance(words, list) or not 0 < len(words) <= _LIST_LIMIT:
            raise field_error(name, "must be words separated by commas", "filter.invalid")
        wrong = [word for word in words if not _is_word(word, choices)]
        if wrong:
            raise field_error(name, f"unknown: {wrong[0]!s:.50}", "filter.invalid")
        return (column.in_(sorted(set(words))),)

    return narrow


def _is_word(word: Any, choices: Sequence[str] | None) -> bool:
    return isinstance(word, str) and (word in choices if choices else word.isidentifier())


def _assignee(value: Any, actor: Actor) -> tuple[Clause]:
    if value == "none":
        return (tickets.c.assignee_id.is_(None),)
    if value == "me":
        return (is_own(actor),)
    return (tickets.c.assignee_id == _uuid("assignee", value),)


def _unit(name: str) -> Callable[..., tuple[Clause]]:
    """One group, department or region, or the tickets that are in none."""
    column = tickets.c[_UNITS[name]]

    def narrow(value: Any, _actor: Actor) -> tuple[Clause]:
        return (column.is_(None) if value == "none" else column == _uuid(name, value),)

    return narrow


def _customer(value: Any, _actor: Actor) -> tuple[Clause]:
    return (tickets.c.customer_id == _uuid("customer_id", value),)


def _category(value: Any, _actor: Actor) -> tuple[Clause]:
    """A category with all below it, or the tickets that are in none."""
    if value == "none":
        return (tickets.c.category_id.is_(None),)
    return (tickets.c.category_id.in_(ids_below([_uuid("category", value)])),)


def _tag(value: Any, _actor: Actor) -> tuple[Clause, ...]:
    if not isinstance(value, str) or "\0" in value:
        raise field_error("tag", "must be text", "filter.invalid")
    # As the index has it.
    return (tickets.c.tags.contains([value]), func.cardinality(tickets.c.tags) > 0)


def _due(value: Any, actor: Actor) -> tuple[Clause, ...]:
    """`overdue`, or `soon`: due within the next hour."""
    if value == "overdue":
        return VIEWS["overdue"](actor)
    if value != "soon":
        raise field_error("due", "must be one of overdue, soon", "filter.invalid")
    now = utc_now()
    return (DUE_ORDER.between(now, now + _SOON), tickets.c.is_overdue.is_(False), _unfinished)


def _score(value: Any, _actor: Actor) -> tuple[Clause]:
    """One or several of the newest scores; `none`: never rated."""
    words = value.split(",") if isinstance(value, str) else value
    if words == ["none"]:
        return (tickets.c.score.is_(None),)
    known = [str(score) for score in range(1, BEST_SCORE + 1)]
    scores = [str(word) for word in words] if isinstance(words, list) else []
    if not scores or any(score not in known for score in scores):
        message = f"must be none, or scores from 1 to {BEST_SCORE} separated by commas"
        raise field_error("score", message, "filter.invalid")
    return (tickets.c.score.in_(sorted({int(score) for score in scores})),)


def _dissatisfied(value: Any, _actor: Actor) -> tuple[Clause]:
    if not isinstance(value, bool):
        raise field_error("is_dissatisfied", "must be true or false", "filter.invalid")
    return (tickets.c.is_dissatisfied.is_(value),)


def _urged(value: Any, _actor: Actor) -> tuple[Clause]:
    if not isinstance(value, bool):
        raise field_error("is_urged", "must be true or false", "filter.invalid")
    return (tickets.c.urge_count > 0 if value else tickets.c.urge_count == 0,)


def _search(value: Any, _actor: Actor) -> tuple[Clause]:
    """Part of number, subject or customer's name; a whole number finds exactly that ticket."""
    words = str(value).replace("\x00", "").strip()
    if not words or len(words) > _SEARCH_LIMIT:
        raise field_error("q", f"must have 1 to {_SEARCH_LIMIT} characters", "filter.invalid")
    if number := TicketNumber.parse(words):
        return (tickets.c.number == str(number),)
    doubled = "".join(char * 2 for char in words.lower())
    return (tickets.c.search_text.contains(doubled, autoescape=True),)


def _created(name: str) -> Callable[..., tuple[Clause]]:
    def narrow(value: Any, _actor: Actor) -> tuple[Clause]:
        instant = read_instant(name, value, "filter.invalid")
        column = tickets.c.created_at
        return (column >= instant if name == "created_from" else column < instant,)

    return narrow


def _uuid(name: str, value: Any) -> UUID:
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise field_error(name, "must be a UUID", "filter.invalid") from None


_SHIPPED = _words("status", tickets.c.status, list(CATEGORY_OF))
_FILTERS: Mapping[str, Callable[[Any, Actor], Sequence[Clause]]] = {
    "view": _view,
    "status": _status,
    "assignee": _assignee,
    **{name: _unit(name) for name in _UNITS},
    "channel": _words("channel", tickets.c.channel, None),
    "urgency": _words("urgency", tickets.c.urgency, URGENCIES),
    "kind": _words("kind", tickets.c.kind, KINDS),
    "category": _category,
    "tag": _tag,
    "customer_id": _customer,
    "due": _due,
    "score": _score,
    "is_dissatisfied": _dissatisfied,
    "is_urged": _urged,
    "close_kind": _words("close_kind", tickets.c.close_kind, CLOSE_KINDS),
    "q": _search,
    "created_from": _created("created_from"),
    "created_to": _created("created_to"),
}
