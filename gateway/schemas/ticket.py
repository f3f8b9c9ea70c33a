"""Tickets as they are answered."""

from marshmallow import fields

from gateway.schemas.entry import TimelinePage
from gateway.schemas.pieces import CATEGORIES, KINDS, URGENCIES, View, Withheld, one_of

_ACTIONS = (
    *("take", "assign", "transfer", "return", "accept", "reply", "note", "solve", "reopen"),
    *("edit", "judge", "collaborate", "cc", "urge", "supervise", "delete"),
    *("link", "attach", "merge", "unmerge", "split", "check_identity"),
)


class Assignee(View):
    """Who works on it."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)


class GroupName(View):
    """The group that the ticket is in."""

    group_id = fields.UUID(required=True)
    name = fields.String(required=True)


class Requester(View):
    """The customer, as far as the ticket knows."""

    customer_id = fields.UUID(required=True)
    name = fields.String(required=True)


class TicketLink(View):
    """Another ticket."""

    number = fields.String(required=True)


class Allowed(View):
    """What the caller may do with the ticket now."""

    moves = fields.List(fields.String(), required=True)
    moves_with_children = fields.List(
        fields.String(),
        metadata={"description": "More moves, if its open children are closed with it."},
    )
    actions = fields.List(one_of(*_ACTIONS), required=True)


class TemplateName(View):
    """The version of a template that a ticket keeps; its fields: GET its version."""

    key = fields.String(required=True)
    version = fields.Integer(required=True)
    name = fields.Nested(lambda: Wording(), required=True)


class FieldFault(View):
    """What is wrong or missing: `told` are the figures that the code's words need."""

    path = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)
    told = fields.Dict(keys=fields.String())


class Lacking(View):
    """What stages ask for and the ticket does not have."""

    solve = fields.List(fields.Nested(FieldFault), required=True)
    close = fields.List(fields.Nested(FieldFault), required=True)


class Supervision(View):
    """督办: who watches over it, until when, and how often people are reminded."""

    leader = fields.Nested(Assignee, required=True)
    started_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    every_hours = fields.Integer(required=True)
    reminders = fields.Integer(required=True)


class CopyView(View):
    """Who follows the ticket (抄送)."""

    kind = one_of("person", "group", "department", required=True)
    id = fields.UUID(required=True)
    name = fields.String(required=True)


class Confirmation(View):
    """What the customer said of the solution. `words` come with GET only."""

    is_confirmed = fields.Boolean(required=True)
    how = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True, metadata={"description": "Who wrote it down."})
    words = fields.String(allow_none=True)


class CategoryNames(View):
    """Names of a category from the top of the tree down to it."""

    zh = fields.List(fields.String(), required=True)
    en = fields.List(fields.String(), required=True)


class CategoryName(View):
    """The category that a ticket is in."""

    category_id = fields.UUID(required=True)
    names = fields.Nested(CategoryNames, required=True)


class UrgencyProposal(View):
    """An urgency that the customer's words hint at, until somebody has decided."""

    urgency = one_of(*URGENCIES, required=True)
    words = fields.List(fields.String(), required=True)
    at = fields.AwareDateTime(required=True)


class TicketRow(View):
    """A ticket in a list."""

    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    subject = fields.String(required=True)
    kind = one_of(*KINDS, required=True, allow_none=True)
    category = fields.Nested(CategoryName, required=True, allow_none=True)
    channel = fields.String(required=True)
    status = fields.String(required=True)
    status_category = one_of(*CATEGORIES, required=True)
    own_status = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The company's own status, which stands on `status`."},
    )
    urgency = one_of(*URGENCIES, required=True)
    urgency_word = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The word of a scale (P1) by which it was chosen."},
    )
    assignee = fields.Nested(Assignee, required=True, allow_none=True)
    group = fields.Nested(GroupName, required=True, allow_none=True)
    department_id = fields.UUID(required=True, allow_none=True)
    region_id = fields.UUID(required=True, allow_none=True)
    customer = fields.Nested(Requester, required=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    last_customer_message_at = fields.AwareDateTime(required=True, allow_none=True)
    next_due_at = fields.AwareDateTime(required=True, allow_none=True)
    is_overdue = fields.Boolean(required=True)
    score = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The customer's newest, 1 to 5 (very satisfied)."},
    )
    is_dissatisfied = fields.Boolean(
        required=True,
        metadata={"description": "待跟进: is not closed until they are satisfied."},
    )
    close_kind = one_of("normal", "duplicate", "invalid", "withdrawn", allow_none=True)
    urge_count = fields.Integer(metadata={"description": "催单: how often the customer asked."})
    last_urged_at = fields.AwareDateTime(allow_none=True)
    supervision = fields.Nested(Supervision, allow_none=True)
    is_confidential = fields.Boolean()
    deleted_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer(required=True)


class TicketPage(View):
    """Some tickets; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(TicketRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class IdentityNeed(View):
    """Whether the customer's identity has to be checked, and until when a check holds."""

    is_needed = fields.Boolean(required=True)
    valid_until = fields.AwareDateTime(required=True, allow_none=True)


class Ticket(TicketRow, Withheld):
    """A whole ticket. `timeline` (its newest page) comes with GET only."""

    fields_ = fields.Dict(
        keys=fields.String(), required=True, data_key="fields", attribute="fields"
    )
    tags = fields.List(fields.String(), required=True)
    urgency_reason = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why people or rules have set it last."},
    )
    urgency_proposal = fields.Nested(UrgencyProposal, required=True, allow_none=True)
    group_id = fields.UUID(required=True, allow_none=True)
    accepted_at = fields.AwareDateTime(required=True, allow_none=True)
    first_replied_at = fields.AwareDateTime(required=True, allow_none=True)
    solved_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    dissatisfied_at = fields.AwareDateTime(required=True, allow_none=True)
    solution = fields.String(required=True, allow_none=True)
    open_collaborations = fields.Integer(
        required=True, metadata={"description": "Parts of collaborations that others still owe."}
    )
    effort_minutes = fields.Integer(required=True)
    possibly_related_to = fields.Nested(TicketLink, required=True, allow_none=True)
    follows_up = fields.Nested(TicketLink, required=True, allow_none=True)
    merged_into = fields.Nested(
        TicketLink,
        required=True,
        allow_none=True,
        metadata={"description": "Where it goes on, unless the caller may not see that ticket."},
    )
    is_merged = fields.Boolean(required=True)
    open_children = fields.Integer(
        required=True, metadata={"description": "Children that it has to wait for."}
    )
    duplicate_of = fields.Nested(TicketLink, allow_none=True)
    confirmation = fields.Nested(Confirmation, allow_none=True)
    cc = fields.List(fields.Nested(CopyView))
    previous_assignee = fields.Nested(Assignee, allow_none=True)
    allowed = fields.Nested(Allowed, required=True)
    template = fields.Nested(TemplateName, required=True, allow_none=True)
    field_faults = fields.List(
        fields.Nested(FieldFault),
        required=True,
        metadata={"description": "Values that came as they came and do not fit the template."},
    )
    lacking = fields.Nested(Lacking, required=True)
    identity_check = fields.Nested(IdentityNeed)
    timeline = fields.Nested(TimelinePage)


class CountValue(View):
    """Counted to 1,000; beyond that `is_exact` is false."""

    value = fields.Integer(required=True)
    is_exact = fields.Boolean(required=True)


class TicketCounts(View):
    """How many tickets each view holds."""

    mine = fields.Nested(CountValue, required=True)
    unassigned = fields.Nested(CountValue, required=True)
    open = fields.Nested(CountValue, required=True)
    overdue = fields.Nested(CountValue, required=True)
    follow_up = fields.Nested(CountValue, required=True)
    solved = fields.Nested(CountValue, required=True)
    all = fields.Nested(CountValue, required=True)
    todo = fields.Nested(CountValue, required=True)
    done = fields.Nested(CountValue, required=True)
    cc = fields.Nested(CountValue, required=True)
    supervised = fields.Nested(CountValue, required=True)
    bin = fields.Nested(CountValue)


class Wording(View):
    """The same in the languages of the product."""

    zh = fields.String(required=True)
    en = fields.String(required=True)
