"""Statements that differ between actors in nothing but ids: built once for all of the same shape.

To build a statement of many parts of a scope takes longer than to answer it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.scope import listed_ids

_LISTS = ("groups", "departments", "regions", "watches")
_DIALECT = postgresql.dialect(paramstyle="pyformat")


@dataclass(frozen=True)
class Shape:
    """An actor without the ids: what the statements of two such actors have in common."""

    kind: str
    level: Any
    has_pools: bool
    has_subject: bool
    has_requester: bool
    lengths: tuple[int, ...]
    permissions: frozenset[str]

    def stand_in(self) -> Actor:
        """Somebody of this shape, whose ids are 1, 2, 3 … in the order of `_ids`."""
        ids = (UUID(int=place) for place in range(1, 3 + sum(self.lengths)))
        subject = next(ids) if self.has_subject else None
        scopes: dict[str, Any] = {"tickets": self.level, "pools": self.has_pools}
        if self.has_requester:
            scopes["requester"] = next(ids)
        for name, length in zip(_LISTS, self.lengths, strict=True):
            scopes[name] = [next(ids) for _ in range(length)]
        return Actor(subject, "", self.kind, scopes=scopes, permissions=self.permissions)


def shape_of(actor: Actor) -> Shape:
    """The shape of an actor."""
    scopes = actor.scopes
    return Shape(
        kind=actor.kind,
        level=scopes.get("tickets"),
        has_pools=scopes.get("pools") is True,
        has_subject=actor.subject is not None,
        has_requester=bool(listed_ids([scopes.get("requester")])),
        lengths=tuple(len(listed_ids(scopes.get(name))) for name in _LISTS),
        permissions=actor.permissions,
    )


def _ids(actor: Actor) -> Mapping[UUID, UUID]:
    """By the id of the stand-in that of the actor."""
    own = [actor.subject] if actor.subject is not None else []
    listed = [listed_ids([actor.scopes.get("requester")])]
    listed += [listed_ids(actor.scopes.get(name)) for name in _LISTS]
    ids = [*own, *(one for some in listed for one in some)]
    return {UUID(int=place): one for place, one in enumerate(ids, start=1)}


class ShapedStatement:
    """A statement that was built for a stand-in, to be asked for any actor of that shape.

    It must hold nothing else that differs from one time of asking to the next.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self._params = dict(compiled.params)

    def params_of(self, actor: Actor) -> dict[str, Any]:
        """What `sql` is to be given for this actor."""
        ids = _ids(actor)
        return {name: _filled(value, ids) for name, value in self._params.items()}

    def ask(self, session: Session, actor: Actor, **given: Any) -> Row[Any]:
        """The one row of the answer; `given` fills in what else it asks by name."""
        params = {**self.params_of(actor), **given}
        return session.connection().exec_driver_sql(self.sql, params).one()


def _filled(value: Any, ids: Mapping[UUID, UUID]) -> Any:
    if isinstance(value, UUID):
        return ids.get(value, value)
    if isinstance(value, list | tuple):
        return [_filled(one, ids) for one in value]
    return value
