"""质检: score sheets, sampling rules, reviews."""

from marshmallow import fields, validate

from gateway.schemas.condition import Condition
from gateway.schemas.pieces import Body, CommaSeparated, Line, Remark, Text, View, limit, one_of
from gateway.schemas.ticket import Assignee, GroupName

STATES = ("waiting", "scored", "appealed", "upheld", "changed", "confirmed")
REVIEWERS = ("person", "group")


class NewSheetItem(Body):
    """One thing that is looked at.

    `max` is for `points`; `is_fatal`: without points the whole review is 0; with fewer points than
    `comment_below` a comment is required. `item_id` as it was read keeps the item the same.
    """

    item_id = Line(longest=64)
    name = Line(required=True, longest=100)
    guide = Remark(allow_none=True)
    kind = one_of("yes_no", "points", required=True)
    max = fields.Integer(strict=True)
    weight = fields.Integer(strict=True, load_default=1)
    is_fatal = fields.Boolean(load_default=False)
    comment_below = fields.Integer(strict=True, allow_none=True)


class NewSheetSection(Body):
    """Items that belong together."""

    name = Line(required=True, longest=100)
    items = fields.List(
        fields.Nested(NewSheetItem), required=True, validate=validate.Length(max=100)
    )


class NewScoreSheet(Body):
    """A whole sheet. `appeal_days`: how long results may be disputed before they stand."""

    name = Line(required=True, longest=100)
    description = Remark(allow_none=True)
    pass_mark = fields.Integer(strict=True, required=True)
    appeal_days = fields.Integer(strict=True, load_default=7)
    sections = fields.List(
        fields.Nested(NewSheetSection), required=True, validate=validate.Length(max=20)
    )


class SheetItem(View):
    """As above; `max` of yes_no is 1."""

    item_id = fields.String(required=True)
    name = fields.String(required=True)
    guide = fields.String(required=True, allow_none=True)
    kind = one_of("yes_no", "points", required=True)
    max = fields.Integer(required=True)
    weight = fields.Integer(required=True)
    is_fatal = fields.Boolean(required=True)
    comment_below = fields.Integer(required=True, allow_none=True)


class SheetSection(View):
    """Items that belong together."""

    name = fields.String(required=True)
    items = fields.List(fields.Nested(SheetItem), required=True)


class SheetForm(View):
    """A version of a sheet; total and `pass_mark` are of 100."""

    sheet_id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    name = fields.String(required=True)
    pass_mark = fields.Integer(required=True)
    appeal_days = fields.Integer(required=True)
    sections = fields.List(fields.Nested(SheetSection), required=True)


class ScoreSheet(SheetForm):
    """A sheet as it is being edited; `number` is that of its newest version, 0 without one."""

    description = fields.String(required=True, allow_none=True)
    state = one_of("draft", "active", "archived", required=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class ScoreSheetPage(View):
    """All of them."""

    items = fields.List(fields.Nested(ScoreSheet), required=True)


class NewQualityRule(Body):
    """A whole rule: `percent`, or `per_agent` with its `period`."""

    name = Line(required=True, longest=100)
    is_active = fields.Boolean(load_default=True)
    event = one_of("solved", "closed", required=True)
    condition = Condition(load_default=dict)
    percent = fields.Integer(strict=True, allow_none=True)
    per_agent = fields.Integer(strict=True, allow_none=True)
    period = one_of("day", "week", "month", allow_none=True)
    reviewer_kind = one_of(*REVIEWERS, load_default="person")
    reviewer_id = fields.UUID(required=True)
    sheet_id = fields.UUID(required=True)


class RuleReviewer(View):
    """Who reviews: a person, or whoever of a group comes first."""

    kind = one_of(*REVIEWERS, required=True)
    id = fields.UUID(required=True)
    name = fields.String(required=True)


class SheetName(View):
    """A sheet by name; of a review with its version."""

    sheet_id = fields.UUID(required=True)
    number = fields.Integer()
    name = fields.String(required=True)


class QualityRule(View):
    """A rule; `problem` says why it rests."""

    rule_id = fields.UUID(required=True)
    name = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    event = one_of("solved", "closed", required=True)
    condition = fields.Dict(keys=fields.String(), required=True)
    percent = fields.Integer(required=True, allow_none=True)
    per_agent = fields.Integer(required=True, allow_none=True)
    period = one_of("day", "week", "month", required=True, allow_none=True)
    reviewer = fields.Nested(RuleReviewer, required=True)
    sheet = fields.Nested(SheetName, required=True)
    problem = fields.String(required=True, allow_none=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class QualityRulePage(View):
    """All of them."""

    items = fields.List(fields.Nested(QualityRule), required=True)


class ReviewTicket(View):
    """Which ticket."""

    number = fields.String(required=True)
    subject = fields.String(required=True)


class ReviewRule(View):
    """Which rule drew it; the name is empty once the rule is gone."""

    rule_id = fields.UUID(required=True)
    name = fields.String(required=True)


class ReviewRow(View):
    """A review. `total` is of 100; `first_total` what it was before an appeal.

    `due_at`: until then the handler may appeal, or confirm; afterwards it is confirmed by itself.
    """

    review_id = fields.UUID(required=True)
    ticket = fields.Nested(ReviewTicket, required=True)
    source = one_of("rule", "sample", "manual", required=True)
    rule = fields.Nested(ReviewRule, required=True, allow_none=True)
    sheet = fields.Nested(SheetName, required=True)
    handler = fields.Nested(Assignee, required=True)
    group = fields.Nested(GroupName, required=True, allow_none=True)
    reviewer = fields.Nested(Assignee, required=True, allow_none=True)
    reviewer_group = fields.Nested(GroupName, required=True, allow_none=True)
    state = one_of(*STATES, required=True)
    total = fields.Integer(required=True, allow_none=True)
    first_total = fields.Integer(required=True, allow_none=True)
    is_passed = fields.Boolean(required=True, allow_none=True)
    is_fatal = fields.Boolean(required=True)
    drawn_at = fields.AwareDateTime(required=True)
    scored_at = fields.AwareDateTime(required=True, allow_none=True)
    appealed_at = fields.AwareDateTime(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    confirmed_at = fields.AwareDateTime(required=True, allow_none=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Integer(required=True)


class ReviewPage(View):
    """Last drawn first."""

    items = fields.List(fields.Nested(ReviewRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ItemScore(View):
    """What was given for an item."""

    points = fields.Integer(required=True)
    comment = fields.String(required=True, allow_none=True)


class StepActor(View):
    """Who did it."""

    kind = fields.String(required=True)
    id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True)


class ReviewStep(View):
    """What happened: drawn, reassigned, scored, appealed, upheld, changed, confirmed."""

    kind = fields.String(required=True)
    actor = fields.Nested(StepActor, required=True)
    at = fields.AwareDateTime(required=True)
    total = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class Review(ReviewRow):
    """One with all that belongs to it; `allowed` names what the caller may do now."""

    scores = fields.Dict(keys=fields.String(), values=fields.Nested(ItemScore), required=True)
    comment = fields.String(required=True, allow_none=True)
    entry_ids = fields.List(fields.UUID(), required=True)
    steps = fields.List(fields.Nested(ReviewStep), required=True)
    allowed = fields.List(fields.String(), required=True)
    form = fields.Nested(SheetForm, required=True)


class ReviewQuery(Body):
    """Which reviews; `since` and `until` by when they were drawn, `least` and `most` by total."""

    state = CommaSeparated()
    handler_id = fields.UUID()
    reviewer_id = fields.UUID()
    group_id = fields.UUID()
    rule_id = fields.UUID()
    sheet_id = fields.UUID()
    number = Line(longest=40)
    since = fields.AwareDateTime()
    until = fields.AwareDateTime()
    least = fields.Integer()
    most = fields.Integer()
    limit = limit(25)
    cursor = Text()


class ReviewExportQuery(ReviewQuery):
    """The same filters, and the kind of file."""

    format = one_of("csv", "xlsx", load_default="csv")

    class Meta:
        exclude = ("limit", "cursor")


class CalibrationQuery(Body):
    """Of which period."""

    since = fields.AwareDateTime()
    until = fields.AwareDateTime()
    sheet_id = fields.UUID()


class ReviewerFigures(View):
    """How one reviewer judges; `average` before appeals, `changed`: by an appeal."""

    reviewer = fields.Nested(Assignee, required=True)
    reviews = fields.Integer(required=True)
    average = fields.Float(required=True)
    passed = fields.Integer(required=True)
    appealed = fields.Integer(required=True)
    changed = fields.Integer(required=True)


class Calibration(View):
    """The strictest first."""

    items = fields.List(fields.Nested(ReviewerFigures), required=True)


class _WithReviewer(Body):
    """Who is to review; the caller where nobody is named."""

    reviewer_kind = one_of(*REVIEWERS, load_default="person")
    reviewer_id = fields.UUID(allow_none=True)


class NewReview(_WithReviewer):
    """Check this ticket."""

    number = Line(required=True, longest=40)
    sheet_id = fields.UUID(required=True)


class NewSample(_WithReviewer):
    """Check some of the tickets that ended in the last `days` and fit the condition."""

    condition = Condition(load_default=dict)
    days = fields.Integer(strict=True, load_default=30)
    count = fields.Integer(strict=True, required=True)
    sheet_id = fields.UUID(required=True)


class DrawnReview(View):
    """Where it is."""

    review_id = fields.UUID(required=True)


class DrawnSample(View):
    """How many were drawn, and of which tickets."""

    drawn = fields.Integer(required=True)
    numbers = fields.List(fields.String(), required=True)


class NewItemScore(Body):
    """What is given for an item."""

    points = fields.Integer(strict=True, required=True)
    comment = Text(allow_none=True, validate=validate.Length(max=2_000))


def _scores(**options: object) -> fields.Dict:
    return fields.Dict(
        keys=Line(longest=64),
        values=fields.Nested(NewItemScore),
        validate=validate.Length(max=100),
        **options,  # type: ignore[arg-type]
    )


class NewScore(Body):
    """A judgement by items; `entry_ids` are entries of the timeline that it refers to."""

    scores = _scores(required=True)
    comment = Text(allow_none=True, validate=validate.Length(max=2_000))
    entry_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=20))


class NewAppeal(Body):
    """Why the handler disputes it."""

    reason = Remark(required=True)


class AppealDecision(Body):
    """Without `scores` the result stands."""

    reason = Remark(required=True)
    scores = _scores(allow_none=True)


class NewReviewer(Body):
    """Who reviews instead."""

    reviewer_kind = one_of(*REVIEWERS, load_default="person")
    reviewer_id = fields.UUID(required=True)
    reason = Remark(allow_none=True)
