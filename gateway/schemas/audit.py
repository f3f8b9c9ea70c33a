"""The operation log."""

from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validates_schema

from gateway.audit.entry import ACTOR_KINDS, OUTCOMES, PHASES
from gateway.schemas.pieces import Body, CommaSeparated, Line, Text, View, limit, one_of


class AuditEntry(View):
    """What somebody did, or tried to.

    An action has an `intent`, written before, and an `outcome`, written after; both have its
    `action_id`. `action` is an operationId of this document, or the name of another fact.
    `detail` holds what changed: {before, after}, and a refusal's `code`.
    """

    entry_id = fields.UUID(required=True)
    action_id = fields.UUID(required=True)
    phase = one_of(*PHASES, required=True)
    occurred_at = fields.AwareDateTime(required=True)
    action = fields.String(required=True)
    permission = fields.String(required=True, allow_none=True)
    actor_kind = one_of(*ACTOR_KINDS, required=True)
    actor_id = fields.UUID(required=True, allow_none=True)
    actor_login = fields.String(required=True, allow_none=True)
    actor_name = fields.String(required=True, allow_none=True)
    role = fields.String(required=True, allow_none=True)
    credential_id = fields.UUID(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    user_agent = fields.String(required=True, allow_none=True)
    object_kind = fields.String(required=True, allow_none=True)
    object_id = fields.String(required=True, allow_none=True)
    status = fields.Integer(required=True, allow_none=True)
    outcome = one_of(*OUTCOMES, required=True, allow_none=True)
    request_id = fields.String(required=True, allow_none=True)
    detail = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    position = fields.Integer(required=True, allow_none=True)
    is_sealed = fields.Boolean(required=True)


class AuditAction(AuditEntry):
    """An entry with the others of its action."""

    related = fields.List(fields.Nested(AuditEntry), required=True)


class AuditPage(View):
    """The newest first; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(AuditEntry), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Choice(CommaSeparated):
    """Some out of a few, separated by commas."""

    def __init__(self, *values: str, **options: Any) -> None:
        super().__init__(**options)
        self._values = values

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[str]:
        names = super()._deserialize(value, *args, **kwargs)
        if not set(names) <= set(self._values):
            raise ValidationError(f"Must be of: {', '.join(self._values)}.")
        return names


class AuditFilters(Body):
    """Which entries. `actor`: an id, or part of a login or a name. `to` is not included."""

    since = fields.AwareDateTime(data_key="from")
    until = fields.AwareDateTime(data_key="to")
    actor = Line(longest=100)
    action = CommaSeparated()
    phase = Choice(*PHASES)
    outcome = Choice(*OUTCOMES)
    object_kind = Line(longest=64)
    object_id = Line(longest=200)
    address = Line(longest=64)
    request_id = Line(longest=128)

    @validates_schema
    def _check_span(self, wanted: dict[str, Any], **_: Any) -> None:
        if "since" in wanted and "until" in wanted and wanted["until"] <= wanted["since"]:
            raise ValidationError("Must be later than `from`.", "to")

    @post_load
    def _name(self, wanted: dict[str, Any], **_: Any) -> dict[str, Any]:
        """By the names that gateway.audit.search knows."""
        names = {"since": "from", "until": "to"}
        found = {names.get(name, name): value for name, value in wanted.items()}
        if actor := found.pop("actor", None):
            found |= _actor(actor)
        return found


class AuditQuery(AuditFilters):
    """A page of them."""

    limit = limit(50, most=200)
    cursor = Text()


class AuditExportQuery(AuditFilters):
    """All of them, as a file. XLSX ends at 1,048,575 rows; CSV does not."""

    format = one_of("csv", "xlsx", load_default="csv")


class Seal(View):
    """A sealed batch."""

    number = fields.Integer(required=True)
    last_position = fields.Integer(required=True)
    sealed_at = fields.AwareDateTime(required=True)
    key_id = fields.String(required=True)


class Verification(View):
    """What `make audit-verify` found when it was last run."""

    verified_at = fields.AwareDateTime(required=True)
    first_seal = fields.Integer(required=True, allow_none=True)
    last_seal = fields.Integer(required=True, allow_none=True)
    entries = fields.Integer(required=True)
    problems = fields.Integer(required=True)


class SealState(View):
    """How far the log is sealed. `unsealed` is counted to 1,000."""

    last_seal = fields.Nested(Seal, required=True, allow_none=True)
    unsealed = fields.Integer(required=True)
    oldest_unsealed_at = fields.AwareDateTime(required=True, allow_none=True)
    last_verification = fields.Nested(Verification, required=True, allow_none=True)


def _actor(text: str) -> dict[str, Any]:
    try:
        return {"actor_id": UUID(text)}
    except ValueError:
        return {"actor_text": text}
