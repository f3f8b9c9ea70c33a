"""The tables of this service, as SQLAlchemy sees them; the migrations make them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

metadata = MetaData()


def _id(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[UUID]:
    return Column(name, Uuid, primary_key=primary_key, nullable=nullable)


def _text(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=primary_key, nullable=nullable)


def _instant(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), primary_key=primary_key, nullable=nullable)


def _sealed(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=True)


tickets = Table(
    "tickets",
    metadata,
    _id("ticket_id", primary_key=True),
    _text("number"),
    Column("number_order", BigInteger),
    _text("subject"),
    _text("kind"),
    _text("urgency"),
    _text("channel"),
    _text("status"),
    _text("status_category"),
    _text("own_status", nullable=True),
    _id("customer_id"),
    _text("customer_name"),
    _id("contact_id", nullable=True),
    _id("channel_account_id", nullable=True),
    _id("conversation_id", nullable=True),
    _id("assignee_id", nullable=True),
    _text("assignee_name", nullable=True),
    _id("assignment_id", nullable=True),
    Column("assignment_epoch", Integer),
    _id("waited_in_group_id", nullable=True),
    _id("group_id", nullable=True),
    _text("group_name", nullable=True),
    _id("department_id", nullable=True),
    _id("region_id", nullable=True),
    _id("brand_id", nullable=True),
    Column("is_confidential", Boolean),
    Column("needs_identity_check", Boolean),
    _instant("identity_valid_until", nullable=True),
    Column("fields", JSONB),
    _sealed("sealed_fields"),
    Column("tags", ARRAY(Text)),
    _text("solution", nullable=True),
    _sealed("sealed_solution"),
    Column("seq", Integer),
    Column("last_entry_seq", Integer),
    Column("version", Integer),
    _instant("created_at"),
    _instant("updated_at"),
    _instant("last_entry_at"),
    _instant("last_customer_message_at", nullable=True),
    _instant("accepted_at", nullable=True),
    _instant("first_replied_at", nullable=True),
    _instant("solved_at", nullable=True),
    _instant("closed_at", nullable=True),
    _instant("next_due_at", nullable=True),
    Column("is_overdue", Boolean),
    Column("sla_revision", Integer),
    Column("solved_seq", Integer, nullable=True),
    Column("score", Integer, nullable=True),
    Column("is_dissatisfied", Boolean),
    _instant("dissatisfied_at", nullable=True),
    _instant("judged_at", nullable=True),
    Column("open_collaborations", Integer),
    Column("effort_minutes", Integer),
    _instant("status_changed_at", nullable=True),
    _instant("touched_at", nullable=True),
    _id("possibly_related_to", nullable=True),
    _id("follows_up", nullable=True),
    _id("followed_up_by", nullable=True),
    _id("template_version_id", nullable=True),
    _id("category_id", nullable=True),
    _text("urgency_word", nullable=True),
    _text("urgency_reason", nullable=True),
    Column("urgency_proposal", JSONB(none_as_null=True), nullable=True),
    _id("parent_id", nullable=True),
    Column("open_children", Integer),
    _id("merged_into", nullable=True),
    _instant("merged_at", nullable=True),
    Column("merged_before", JSONB(none_as_null=True), nullable=True),
    _id("split_from", nullable=True),
    _id("problem_id", nullable=True),
    _text("close_kind", nullable=True),
    _id("duplicate_of", nullable=True),
    Column("confirmation", JSONB(none_as_null=True), nullable=True),
    Column("urge_count", Integer),
    _instant("last_urged_at", nullable=True),
    Column("is_supervised", Boolean),
    Column("supervision", JSONB(none_as_null=True), nullable=True),
    _id("previous_assignee_id", nullable=True),
    _text("previous_assignee_name", nullable=True),
    _instant("deleted_at", nullable=True),
    Column("deletion", JSONB(none_as_null=True), nullable=True),
    Column("cc_shown", JSONB),
    # People, groups and departments that see it without having it.
    Column("cc", ARRAY(Uuid)),
    Column("collaborators", ARRAY(Uuid)),
    # Computed by the server from the columns above; the expressions stand in the migrations.
    Column("watchers", ARRAY(Uuid), Computed("")),
    Column("urgency_rank", Integer, Computed("")),
    Column("search_text", Text, Computed("")),
)

timeline_entries = Table(
    "timeline_entries",
    metadata,
    _id("entry_id", primary_key=True),
    _id("ticket_id"),
    Column("seq", Integer),
    _text("kind"),
    _text("direction", nullable=True),
    _text("author_kind"),
    _id("author_id", nullable=True),
    _text("author_name"),
    _text("text", nullable=True),
    _text("html", nullable=True),
    _sealed("sealed"),
    Column("attachments", JSONB),
    Column("event", JSONB(none_as_null=True), nullable=True),
    Column("is_auto_reply", Boolean),
    _id("message_id", nullable=True),
    Column("mentions", JSONB),
    _instant("created_at", primary_key=True),
)

received_messages = Table(
    "received_messages",
    metadata,
    _id("message_id", primary_key=True),
    _id("ticket_id"),
    _id("entry_id"),
)

# A row of what a ticket says; it follows the ticket by itself, a moment later.
ticket_search = Table(
    "ticket_search",
    metadata,
    _id("ticket_id", primary_key=True),
    Column("words", TSVECTOR),
)

attachments = Table(
    "attachments",
    metadata,
    _id("attachment_id", primary_key=True),
    _id("ticket_id", nullable=True),
    _id("entry_id", nullable=True),
    _text("blob_key"),
    _text("name"),
    _text("media_type"),
    Column("size", BigInteger),
    _text("sha256"),
    _id("staged_by", nullable=True),
    # Null until somebody has looked.
    _text("scan_state", nullable=True),
    _text("threat", nullable=True),
    _text("thumbnail_state", nullable=True),
    _text("thumbnail_key", nullable=True),
    Column("thumbnail_bytes", Integer, nullable=True),
    _instant("created_at"),
)

statuses = Table(
    "statuses",
    metadata,
    _text("key", primary_key=True),
    _text("category"),
    _text("label_zh"),
    _text("label_en"),
    _text("customer_text_zh"),
    _text("customer_text_en"),
    Column("position", Integer),
    # Itself for a shipped one.
    _text("base"),
    _text("color", nullable=True),
    Column("is_archived", Boolean),
    # A shipped one of which customers are told something else than it was shipped with.
    Column("is_reworded", Boolean),
    Column("version", Integer),
    _instant("updated_at"),
)

number_serials = Table(
    "number_serials",
    metadata,
    Column("business_date", Date, primary_key=True),
    Column("last", Integer),
)

ticket_links = Table(
    "ticket_links",
    metadata,
    _id("link_id", primary_key=True),
    _id("from_id"),
    _id("to_id"),
    _text("kind"),
    _instant("created_at"),
    _id("created_by", nullable=True),
    _text("created_by_name"),
)

ticket_settings = Table(
    "ticket_settings",
    metadata,
    Column("is_only", Boolean, primary_key=True),
    Column("settings", JSONB),
    Column("version", Integer),
)

categories = Table(
    "ticket_categories",
    metadata,
    _id("category_id", primary_key=True),
    _id("parent_id", nullable=True),
    _text("name_zh"),
    _text("name_en", nullable=True),
    # From the top of the tree down to the category itself; they follow from the rows above it.
    Column("path", ARRAY(Uuid)),
    Column("names_zh", ARRAY(Text)),
    Column("names_en", ARRAY(Text)),
    Column("position", Integer),
    Column("is_active", Boolean),
    Column("defaults", JSONB),
    Column("version", Integer),
)

known_tags = Table(
    "known_tags",
    metadata,
    _id("tag_id", primary_key=True),
    _text("name"),
    _text("color", nullable=True),
    Column("is_active", Boolean),
    Column("version", Integer),
    _instant("created_at"),
    _instant("updated_at"),
)
