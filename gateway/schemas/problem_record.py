"""Problem records (问题单)."""

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.pieces import Body, Line, LongText, Text, View, limit, one_of
from gateway.schemas.ticket import Assignee, GroupName

_STATUSES = ("open", "known", "solved")
_LONGEST = 8_000


class ProblemRow(View):
    """One cause behind many tickets. Counts are of all its tickets, whoever may see them."""

    number = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    status = one_of(*_STATUSES, required=True)
    workaround = fields.String(required=True, allow_none=True)
    solution = fields.String(required=True, allow_none=True)
    owner = fields.Nested(Assignee, required=True, allow_none=True)
    group = fields.Nested(GroupName, required=True, allow_none=True)
    tickets = fields.Integer(required=True)
    unfinished_tickets = fields.Integer(required=True)
    version = fields.Integer(required=True)
    created_by = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    solved_at = fields.AwareDateTime(required=True, allow_none=True)


class ProblemPage(View):
    """Lately changed first."""

    items = fields.List(fields.Nested(ProblemRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ProblemAnswer(View):
    """One answer for all tickets, and how far it is."""

    answer_id = fields.UUID(required=True)
    text = fields.String(required=True)
    solves = fields.Boolean(required=True)
    status = one_of("running", "finished", "stopped", required=True)
    ordered_by = fields.String(required=True)
    total = fields.Integer(required=True)
    answered = fields.Integer(required=True)
    skipped = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class ProblemRecord(ProblemRow):
    """One of them; `answers` (the newest) come with GET only."""

    answers = fields.List(fields.Nested(ProblemAnswer))


class ProblemDay(View):
    """How many of its tickets came on a day."""

    day = fields.Date(required=True)
    tickets = fields.Integer(required=True)


class ProblemVolume(View):
    """The last 90 days at most; before and after the solution, over all time."""

    days = fields.List(fields.Nested(ProblemDay), required=True)
    before = fields.Integer(required=True)
    after = fields.Integer(required=True, allow_none=True)


class AnsweredTicket(View):
    """What became of one ticket; `code` says why it was skipped."""

    number = fields.String(required=True)
    subject = fields.String(required=True)
    status = one_of("waiting", "answered", "skipped", required=True)
    code = fields.String(required=True, allow_none=True)


class AnsweredTicketPage(View):
    """Some of them."""

    items = fields.List(fields.Nested(AnsweredTicket), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ProblemQuery(Body):
    """Which problems."""

    status = one_of(*_STATUSES)
    owner_id = fields.UUID()
    q = Text(validate=validate.Length(max=100))
    limit = limit(25)
    cursor = Text()


class ProblemTicketQuery(Body):
    """Which page."""

    limit = limit(25)
    cursor = Text()


class AnsweredTicketQuery(ProblemTicketQuery):
    """Which tickets of an answer."""

    status = one_of("waiting", "answered", "skipped")


class _Long(LongText):
    """As long as a problem's texts may be."""

    def _validate(self, value: str) -> None:
        super()._validate(value)
        if len(value) > _LONGEST:
            raise ValidationError(f"Longer than maximum length {_LONGEST}.")


class NewProblem(Body):
    """A new record; without `owner_id` it is the caller's."""

    title = Line(required=True, longest=200)
    description = _Long(required=True)
    status = one_of(*_STATUSES)
    workaround = _Long(allow_none=True)
    solution = _Long(allow_none=True)
    owner_id = fields.UUID(allow_none=True)
    group_id = fields.UUID(allow_none=True)


class ProblemChanges(Body):
    """What changes; at least one."""

    title = Line(longest=200)
    description = _Long()
    status = one_of(*_STATUSES)
    workaround = _Long(allow_none=True)
    solution = _Long(allow_none=True)
    owner_id = fields.UUID(allow_none=True)
    group_id = fields.UUID(allow_none=True)

    @validates_schema
    def refuse_nothing(self, changes: dict[str, object], **_: object) -> None:
        """An empty change would raise the version for nothing."""
        if not changes:
            raise ValidationError("Nothing to change.")


class ProblemTickets(Body):
    """Tickets that it is behind."""

    numbers = fields.List(Line(longest=40), required=True, validate=validate.Length(min=1, max=50))


class NewProblemAnswer(Body):
    """What all of them are told; `solves` says whether that settles the matter."""

    text = _Long(required=True)
    solves = fields.Boolean(load_default=True)
