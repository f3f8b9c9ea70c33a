"""The tables of this service, as SQLAlchemy sees them; the migrations make them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()


def _id(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[UUID]:
    return Column(name, Uuid, primary_key=primary_key, nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _instant(name: str, *, primary_key: bool = False, nullable: bool = True) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), primary_key=primary_key, nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=nullable)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


settings = Table(
    "settings",
    metadata,
    Column("key", Boolean, primary_key=True),
    _number("default_capacity"),
    _number("critical_excess"),
    _number("heartbeat_seconds"),
    _number("sticky_days"),
    _number("grab_quota"),
    Column("weights", JSONB),
    _flag("pending_counts"),
    Column("rules_revision", BigInteger),
    _number("version"),
)

skills = Table(
    "skills",
    metadata,
    _id("skill_id", primary_key=True),
    _text("key"),
    _text("name"),
    _flag("is_active"),
    _number("version"),
)

shifts = Table(
    "shifts",
    metadata,
    _id("shift_id", primary_key=True),
    _text("name"),
    _text("zone"),
    Column("weekly", JSONB),
    _number("version"),
)

agents = Table(
    "agents",
    metadata,
    _id("person_id", primary_key=True),
    _number("capacity", nullable=True),
    _number("seniority"),
    Column("languages", ARRAY(Text)),
    _id("shift_id", nullable=True),
    _number("grab_quota", nullable=True),
    _flag("is_automatic"),
    _text("note"),
    _number("version"),
)

agent_skills = Table(
    "agent_skills",
    metadata,
    _id("person_id", primary_key=True),
    _id("skill_id", primary_key=True),
    _number("level"),
)

leaves = Table(
    "leaves",
    metadata,
    _id("leave_id", primary_key=True),
    _id("person_id"),
    _instant("starts_at", nullable=False),
    _instant("ends_at", nullable=False),
    _text("reason"),
)

presence = Table(
    "presence",
    metadata,
    _id("person_id", primary_key=True),
    _text("state"),
    _instant("since", nullable=False),
    _instant("heartbeat_at"),
)

loads = Table(
    "loads",
    metadata,
    _id("person_id", primary_key=True),
    _number("load"),
    _number("active"),
    _number("grabbed"),
    _instant("last_assigned_at"),
)

rules = Table(
    "rules",
    metadata,
    _id("rule_id", primary_key=True),
    _number("position"),
    _text("name"),
    _flag("is_active"),
    Column("condition", JSONB),
    _id("group_id"),
    _text("mode"),
    _text("strategy"),
    _flag("is_sticky"),
    _flag("matches_language"),
    Column("required_skills", JSONB),
    Column("preferred_skills", JSONB),
    Column("overflow_group_ids", ARRAY(Uuid)),
    _number("grab_seconds", nullable=True),
    _number("version"),
)

tickets = Table(
    "tickets",
    metadata,
    _id("ticket_id", primary_key=True),
    _text("number"),
    _number("seq"),
    _number("epoch"),
    _text("status"),
    _text("status_category"),
    _text("urgency"),
    _text("kind"),
    _text("channel"),
    _id("assignee_id", nullable=True),
    _id("group_id", nullable=True),
    _id("department_id", nullable=True),
    _id("region_id", nullable=True),
    _id("customer_id"),
    _text("subject"),
    Column("tags", ARRAY(Text)),
    Column("custom_fields", JSONB),
    _instant("created_at", nullable=False),
    _instant("occurred_at", nullable=False),
    _instant("accepted_at"),
    _number("score", nullable=True),
    Column("is_dissatisfied", Boolean),
    _number("urge_count"),
    Column("category_path", ARRAY(Uuid)),
)

dues = Table(
    "dues",
    metadata,
    _id("ticket_id", primary_key=True),
    _number("revision"),
    _instant("next_due_at"),
    _number("unaccepted_epoch", nullable=True),
)

assignments = Table(
    "assignments",
    metadata,
    _id("assignment_id", primary_key=True),
    _id("ticket_id"),
    _id("customer_id"),
    _id("person_id"),
    _id("group_id", nullable=True),
    _number("epoch"),
    _text("state"),
    _text("mode"),
    _number("weight"),
    _id("decision_id", nullable=True),
    _text("note", nullable=True),
    _instant("waiting_since"),
    _instant("proposed_at"),
    _instant("sent_at"),
    _instant("confirmed_at"),
    _instant("accepted_at"),
    _instant("withdrawn_at"),
    _instant("ended_at"),
    _text("end_cause", nullable=True),
)

waiting = Table(
    "waiting",
    metadata,
    _id("ticket_id", primary_key=True),
    _id("group_id", nullable=True),
    _id("rule_id", nullable=True),
    _text("mode"),
    _number("urgency_rank"),
    _instant("since", nullable=False),
    _text("trigger"),
    _instant("not_before"),
    _id("offer_id", nullable=True),
    _instant("offer_ends_at"),
    Column("offered_to", ARRAY(Uuid)),
    Column("excluded", JSONB),
    Column("tried", JSONB),
    Column("rules_revision", BigInteger),
    _flag("is_explained"),
)

wakes = Table(
    "wakes",
    metadata,
    Column("wake_id", BigInteger, primary_key=True),
    _id("group_id"),
)

decisions = Table(
    "decisions",
    metadata,
    _id("decision_id", primary_key=True),
    _id("ticket_id"),
    _instant("decided_at", primary_key=True, nullable=False),
    _text("outcome"),
    _text("mode", nullable=True),
    Column("explanation", JSONB),
)
