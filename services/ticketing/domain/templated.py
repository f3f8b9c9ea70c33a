"""A ticket with a template: its stages ask for fields, files and a summary; it may be changed."""

from collections.abc import Mapping
from typing import Any

from services.ticketing.domain import checks, forms
from services.ticketing.domain.act import Act
from services.ticketing.domain.moves import MoveRules
from services.ticketing.domain.rating import RatedTicket
from services.ticketing.domain.received_forms import LeftOut, tell
from services.ticketing.domain.templates import Fault, TemplateVersion, refuse
from services.ticketing.domain.templates.changing import Mapped, Plan, plan_change
from services.ticketing.domain.timeline import Attachment, Entry


class TemplatedTicket(RatedTicket):
    """A ticket without a template is asked for nothing."""

    @property
    def move_rules(self) -> MoveRules | None:
        """What its template allows of the moves by hand; None: all of them."""
        return self.template.definition.statuses if self.template else None

    def lacking(self, stage: str, fields: Mapping[str, Any] | None = None) -> dict[str, Fault]:
        """What the stage asks for and the ticket, with these fields, has not, by path."""
        if self.template is None:
            return {}
        values = self.fields if fields is None else fields
        definition = self.template.definition
        return dict(definition.missing(stage, values, forms.facts_of(self), self.media_types))

    def plan_template(
        self, new: TemplateVersion, kind: str, mapped: Mapped, given: Mapping[str, Any]
    ) -> Plan:
        """What another template would make of the ticket; `given` are values said with it.

        Raises InvalidInput naming what of them cannot stand.
        """
        facts = forms.facts_of(self, {"kind": kind})
        plan = plan_change(self.template, new, self.fields, mapped, facts)
        said, faults = forms.read_form(new, forms.storable_object(given), plan.values)
        refuse(faults)
        values = forms.merged(plan.values, said)
        missing = new.definition.missing("create", values, facts, self.media_types)
        lost = None if new.offers(self.category) else self.category
        told = {"values": values, "missing": missing, "lost_category": lost}
        return Plan(**{**vars(plan), **told})

    def change_template(
        self, new: TemplateVersion, kind: str, plan: Plan, reason: str | None, act: Act
    ) -> Entry | None:
        """Keep another version from now on; what it has no place for stays in the timeline.

        A category that it does not offer is among that.

        Raises InvalidInput naming what the new form asks for and nobody has said.
        """
        self._require_worker(act)
        self._refuse_closed()
        refuse(plan.missing, "ticket.incomplete")
        checks.refuse_many("fields", plan.values)
        if self.template_version_id == new.template_version_id and self.kind == kind:
            return None
        old, before = self.template, self.kind
        self.template, self.template_version_id = new, new.template_version_id
        self.kind, self.fields = kind, dict(plan.values)
        self._heed_template()
        if plan.lost_category:
            self.category = self.category_id = None
        self.version += 1
        entry = self._enter_event(
            act,
            "ticket.template_changed",
            # Their values are people's words: they stand in the text, which can be sealed.
            _told_losses(plan),
            from_template=old and old.as_shown(),
            to_template=new.as_shown(),
            from_kind=before,
            to_kind=kind,
            kept=[move.to_key for move in plan.kept],
            recomputed=[move.to_key for move in plan.recomputed],
            lost=[{"key": one.key, "label": dict(one.label)} for one in plan.lost],
            lost_category=plan.lost_category and plan.lost_category.shown(),
            reason=reason,
        )
        self._record(
            act,
            "ticket.template_changed",
            from_template=old and _told(old),
            to_template=_told(new),
            from_kind=before,
            kept=[move.to_key for move in plan.kept],
            lost=[one.key for one in plan.lost],
            lost_category_id=plan.lost_category and plan.lost_category.category_id,
            reason=reason,
        )
        return entry

    def _enter_left_out(self, left: tuple[LeftOut, ...], act: Act) -> None:
        """What a message said and the form could not hold, as it was given, with the reasons."""
        if left:
            reasons = [one.as_json() for one in left]
            # Their values are people's words: they stand in the text, which can be sealed.
            self._enter_event(act, "ticket.values_left_out", tell(left), left_out=reasons)

    def _filled(self, given: Mapping[str, Any] | None, act: Act) -> dict[str, Any]:
        """The fields as they would be with those given."""
        if not given:
            return self.fields
        may_add = act.actor.kind != "staff"
        return forms.filled(self, given, forms.facts_of(self), may_add=may_add)

    def _take_fields(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Take them over; what the entry says about it, in the form of an edit."""
        if fields == self.fields:
            return {}
        change = {"field": "fields", "from": self.fields, "to": fields}
        self.fields = fields
        return {"changes": [change]}

    def _enter_writing(
        self, act: Act, kind: str, text: str, attachments: tuple[Attachment, ...]
    ) -> Entry:
        self.media_types += tuple(file.media_type for file in attachments)
        return super()._enter_writing(act, kind, text, attachments)


def _told(template: TemplateVersion) -> dict[str, Any]:
    return {"key": template.key, "version": template.version}


def _told_losses(plan: Plan) -> str | None:
    return "\n".join(f"{one.label['zh']}: {one.told}" for one in plan.lost) or None
