"""Collaborations (协作): asked, answered, judged."""

from marshmallow import fields, validate

from gateway.schemas.entry import Attachment
from gateway.schemas.pieces import (
    CATEGORIES,
    URGENCIES,
    Body,
    CommaSeparated,
    LongText,
    Remark,
    Text,
    View,
    attachment_ids,
    limit,
    one_of,
)
from gateway.schemas.ticket import Assignee

_TARGETS = ("department", "group", "person")
_STATES = ("asked", "taken", "answered", "declined", "accepted", "cancelled")


class CollaborationTarget(View):
    """Who is asked."""

    kind = one_of(*_TARGETS, required=True)
    id = fields.UUID(required=True)
    name = fields.String(required=True)


class Collaboration(View):
    """One part: what is asked of whom by when, and what came of it.

    `may_answer`: the caller belongs to those asked, and it waits for them.
    """

    collaboration_id = fields.UUID(required=True)
    target = fields.Nested(CollaborationTarget, required=True)
    requester = fields.Nested(Assignee, required=True)
    taker = fields.Nested(Assignee, required=True, allow_none=True)
    state = one_of(*_STATES, required=True)
    round = fields.Integer(required=True)
    is_overdue = fields.Boolean(required=True)
    duty = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    again = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What is still missing, where it was asked for again."},
    )
    answer = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    judgement = fields.String(required=True, allow_none=True)
    materials = fields.List(fields.Nested(Attachment), required=True)
    answer_files = fields.List(fields.Nested(Attachment), required=True)
    score = fields.Integer(required=True, allow_none=True)
    asked_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    taken_at = fields.AwareDateTime(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    rated_at = fields.AwareDateTime(required=True, allow_none=True)
    may_answer = fields.Boolean(required=True)
    is_withheld = fields.Boolean(metadata={"description": "Confidential, and not shown."})


class CollaborationList(View):
    """Those of one ticket, oldest first."""

    items = fields.List(fields.Nested(Collaboration), required=True)


class CollaborationTicket(View):
    """The ticket that it is about, as much as those asked need to know."""

    number = fields.String(required=True)
    subject = fields.String(required=True)
    urgency = one_of(*URGENCIES, required=True)
    status = fields.String(required=True)
    status_category = one_of(*CATEGORIES, required=True)
    own_status = fields.String(allow_none=True)


class CollaborationRow(Collaboration):
    """One in a list over several tickets."""

    ticket = fields.Nested(CollaborationTicket, required=True)


class CollaborationPage(View):
    """Some, the newest first; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(CollaborationRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CollaborationCounts(View):
    """What waits for the caller, how much of it is late, and what was answered to them."""

    waiting = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    answered = fields.Integer(required=True)


class TargetName(View):
    """A department or a group."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class CollaborationTargets(View):
    """Whom somebody may ask, beside colleagues; departments with those above them."""

    departments = fields.List(fields.Nested(TargetName), required=True)
    groups = fields.List(fields.Nested(TargetName), required=True)


class CollaborationQuery(Body):
    """`for_me`: asked of the caller or a unit of theirs; `by_me`: asked by the caller."""

    side = one_of("for_me", "by_me", load_default="for_me")
    state = CommaSeparated(metadata={"description": f"Some of: {', '.join(_STATES)}."})
    limit = limit(25)
    cursor = Text()


class NewPart(Body):
    """What is asked of one of them (职责), and by when."""

    target_kind = one_of(*_TARGETS, required=True)
    target_id = fields.UUID(required=True)
    duty = Text(required=True, validate=validate.Length(min=1, max=500))
    due_at = fields.AwareDateTime(allow_none=True)


class NewCollaboration(Body):
    """One or several asked at once, with the same material."""

    parts = fields.List(
        fields.Nested(NewPart), required=True, validate=validate.Length(min=1, max=10)
    )
    note = Remark(allow_none=True)
    attachment_ids = attachment_ids()


class CollaborationAnswer(Body):
    """What came of it."""

    text = LongText(required=True)
    attachment_ids = attachment_ids()


class CollaborationRefusal(Body):
    """Why it cannot be done."""

    reason = Remark(required=True)


class CollaborationRound(Body):
    """What is still missing, and by when."""

    text = Remark(required=True)
    due_at = fields.AwareDateTime(allow_none=True)


class CollaborationCancellation(Body):
    """Why it is no longer needed, if there is something to say."""

    reason = Remark(allow_none=True)


class CollaborationRating(Body):
    """How good the help was, 1 to 5."""

    score = fields.Integer(strict=True, required=True, validate=validate.Range(min=1, max=5))
    words = Remark(allow_none=True)
