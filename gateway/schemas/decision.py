"""Why a ticket went to whom it went, and whom it could go to."""

from marshmallow import fields, validate

from gateway.schemas.condition import Finding, Trial
from gateway.schemas.dispatch_rule import MODES, NewDispatchRule
from gateway.schemas.pieces import Body, Text, View, limit, one_of
from gateway.schemas.presence import STATES
from gateway.schemas.ticket import Assignee

OUTCOMES = ("assigned", "waiting", "unmatched", "manual", "grabbed", "withdrawn")


class RuleTried(View):
    """A rule, whether it held, and why."""

    rule_id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True)
    holds = fields.Boolean(required=True)
    why = fields.List(fields.Nested(Finding), required=True)


class ScoreParts(View):
    """What a candidate's score is made of: shares from 0 to 1, seniority from 0 to 5."""

    load_share = fields.Float(required=True)
    skill = fields.Float(required=True)
    seniority = fields.Integer(required=True)
    sticky = fields.Boolean(required=True)
    last_assigned = fields.AwareDateTime(required=True, allow_none=True)


class CandidateScored(View):
    """Somebody who could have got the ticket."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    score = fields.Float(required=True)
    parts = fields.Nested(ScoreParts, required=True)


class CandidateSkipped(View):
    """Somebody of the group who could not, and why."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    reason = fields.String(required=True)


class Explanation(View):
    """How a decision came about. Long lists are cut; `skipped_counts` counts all by reason."""

    trigger = fields.String(required=True)
    rules = fields.List(fields.Nested(RuleTried), required=True)
    group_id = fields.UUID(required=True, allow_none=True)
    group_name = fields.String(required=True, allow_none=True)
    strategy = fields.String(required=True, allow_none=True)
    candidates = fields.List(fields.Nested(CandidateScored), required=True)
    skipped = fields.List(fields.Nested(CandidateSkipped), required=True)
    skipped_counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    chosen = fields.Nested(Assignee, required=True, allow_none=True)
    overflow_from = fields.UUID(required=True, allow_none=True)


class Decision(View):
    """A decision about a ticket."""

    decision_id = fields.UUID(required=True)
    decided_at = fields.AwareDateTime(required=True)
    outcome = one_of(*OUTCOMES, required=True)
    mode = fields.String(required=True, allow_none=True)
    explanation = fields.Nested(Explanation, required=True)


class DecisionPage(View):
    """The newest first."""

    items = fields.List(fields.Nested(Decision), required=True)


class DecisionQuery(Body):
    """How many."""

    limit = limit(20)


class MissingSkill(View):
    """A skill that the ticket wants and somebody lacks, or has too little of."""

    skill_id = fields.UUID(required=True)
    key = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    level = fields.Integer(required=True)


class Candidate(View):
    """Somebody to whom the ticket could be given by hand; `warnings` do not forbid it."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    state = one_of(*STATES, required=True)
    is_available = fields.Boolean(required=True)
    load_ = fields.Integer(required=True, data_key="load", attribute="load")
    capacity = fields.Integer(required=True)
    is_full = fields.Boolean(required=True)
    missing_skills = fields.List(fields.Nested(MissingSkill), required=True)
    warnings = fields.List(fields.String(), required=True)


class CandidatePage(View):
    """The least loaded first, those of whom something warns behind them."""

    items = fields.List(fields.Nested(Candidate), required=True)


class CandidateQuery(Body):
    """Of which group (without one the ticket's), and part of the name."""

    group_id = fields.UUID()
    q = Text(validate=validate.Length(max=100))


class RuleUnderTrial(NewDispatchRule):
    """A rule as it might be; one that is there already may say so."""

    rule_id = fields.UUID()


class RuleTrial(Trial):
    """Rules to try instead of those in force; without them those."""

    rules = fields.List(fields.Nested(RuleUnderTrial), validate=validate.Length(max=200))


class RuleName(View):
    """The rule that would decide; the id is a passing one where the rule is not saved."""

    rule_id = fields.UUID(required=True)
    name = fields.String(required=True)


class RuleTrialResult(View):
    """What would be decided now, and who would get the ticket. Nothing is changed."""

    rule = fields.Nested(RuleName, required=True, allow_none=True)
    mode = one_of(*MODES, required=True, allow_none=True)
    group_id = fields.UUID(required=True, allow_none=True)
    explanation = fields.Nested(Explanation, required=True)
    would_be = fields.Nested(Assignee, required=True, allow_none=True)
