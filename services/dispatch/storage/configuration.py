"""Reads and writes what people set: skills, agents, shifts, leaves, rules, settings.

Changes take turns: what one refers to, the next may not take away.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, Table, delete, func, insert, select, text, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from services.dispatch.storage.tables import (
    agent_skills,
    agents,
    leaves,
    rules,
    settings,
    shifts,
    skills,
)

Values = Mapping[str, Any]

_TURN = text("SELECT pg_advisory_xact_lock(hashtext('dispatch.configuration'))")


def take_turn(session: Session) -> None:
    """Wait until nobody else is changing the configuration; until the transaction ends."""
    session.execute(_TURN)


def find_row(session: Session, table: Table, key: UUID) -> Row[Any] | None:
    """The row with this id."""
    return session.execute(select(table).where(_key(table) == key)).one_or_none()


def add_row(session: Session, table: Table, values: Values) -> Row[Any]:
    """Insert; returns the row with what the database filled in."""
    return session.execute(insert(table).values(values).returning(*table.c)).one()


def count_rows(session: Session, table: Table) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(table)) or 0


def change_row(session: Session, table: Table, key: UUID, changes: Values) -> Row[Any]:
    """Update; returns the row, which has its next version."""
    statement = (
        update(table)
        .where(_key(table) == key)
        .values(**changes, version=table.c.version + 1)
        .returning(*table.c)
    )
    return session.execute(statement).one()


def remove_row(session: Session, table: Table, key: UUID) -> Row[Any] | None:
    """Delete; returns what it was."""
    return session.execute(
        delete(table).where(_key(table) == key).returning(*table.c)
    ).one_or_none()


def _key(table: Table) -> Column[Any]:
    key: Column[Any] = next(iter(table.primary_key.columns))
    return key


def find_skill(session: Session, key: str) -> Row[Any] | None:
    """The skill of this key."""
    return session.execute(select(skills).where(skills.c.key == key)).one_or_none()


def list_skills(session: Session, *, include_inactive: bool = True) -> list[Row[Any]]:
    """Skills by name."""
    wanted = true() if include_inactive else skills.c.is_active
    return list(session.execute(select(skills).where(wanted).order_by(skills.c.name, skills.c.key)))


def save_agent(session: Session, person_id: UUID, changes: Values) -> Row[Any]:
    """What is set for a person, whether or not anything was before."""
    added = upsert(agents).values(person_id=person_id, **changes)
    kept = added.on_conflict_do_update(
        index_elements=[agents.c.person_id], set_={**changes, "version": agents.c.version + 1}
    )
    return session.execute(kept.returning(*agents.c)).one()


def skills_of(session: Session, person_ids: Collection[UUID]) -> list[Row[Any]]:
    """(person_id, skill_id, key, name, level) of the skills that are in use, by name."""
    statement = (
        select(
            agent_skills.c.person_id,
            skills.c.skill_id,
            skills.c.key,
            skills.c.name,
            agent_skills.c.level,
        )
        .join(skills, skills.c.skill_id == agent_skills.c.skill_id)
        .where(agent_skills.c.person_id.in_(person_ids), skills.c.is_active)
        .order_by(skills.c.name, skills.c.key)
    )
    return list(session.execute(statement))


def replace_skills(session: Session, person_id: UUID, levels: Mapping[UUID, int]) -> None:
    """The person has these skills and no others."""
    session.execute(delete(agent_skills).where(agent_skills.c.person_id == person_id))
    rows = [
        {"person_id": person_id, "skill_id": skill_id, "level": level}
        for skill_id, level in levels.items()
    ]
    if rows:
        session.execute(insert(agent_skills), rows)


def leaves_of(session: Session, person_ids: Collection[UUID], now: datetime) -> list[Row[Any]]:
    """Leaves that have not ended, the next first."""
    statement = select(leaves).where(leaves.c.person_id.in_(person_ids), leaves.c.ends_at > now)
    return list(session.execute(statement.order_by(leaves.c.starts_at, leaves.c.leave_id)))


def find_overlapping_leave(
    session: Session, person_id: UUID, starts_at: datetime, ends_at: datetime
) -> Row[Any] | None:
    """A leave of the person that shares time with this one."""
    shares = (leaves.c.starts_at < ends_at) & (leaves.c.ends_at > starts_at)
    statement = select(leaves).where(leaves.c.person_id == person_id, shares)
    return session.execute(statement.order_by(leaves.c.starts_at).limit(1)).one_or_none()


def list_shifts(session: Session) -> list[Row[Any]]:
    """Shifts by name."""
    return list(session.execute(select(shifts).order_by(shifts.c.name, shifts.c.shift_id)))


def is_shift(session: Session, name: str, but: UUID | None) -> bool:
    """Whether another shift than `but` has this name."""
    named = select(shifts.c.shift_id).where(shifts.c.name == name)
    return any(shift_id != but for shift_id in session.scalars(named))


def people_on_shift(session: Session, shift_id: UUID) -> list[UUID]:
    """Who works by the shift."""
    return list(session.scalars(select(agents.c.person_id).where(agents.c.shift_id == shift_id)))


def list_rules(session: Session) -> list[Row[Any]]:
    """All rules, in the order in which they are tried."""
    return list(session.execute(select(rules).order_by(rules.c.position, rules.c.rule_id)))


def last_position(session: Session) -> int:
    """The position of the last rule; 0 without rules."""
    return session.scalar(select(func.max(rules.c.position))) or 0


def place_rules(session: Session, rule_ids: Iterable[UUID]) -> None:
    """Have the rules tried in this order."""
    session.execute(
        text(
            "UPDATE rules SET position = given.position "
            "FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS given (rule_id, position) "
            "WHERE rules.rule_id = given.rule_id AND rules.position <> given.position"
        ),
        {"ids": list(rule_ids)},
    )


def get_settings(session: Session) -> Row[Any]:
    """The one row."""
    return session.execute(select(settings)).one()


def change_settings(session: Session, changes: Values) -> Row[Any]:
    """The row with its next version."""
    changed = update(settings).values(**changes, version=settings.c.version + 1)
    return session.execute(changed.returning(*settings.c)).one()
