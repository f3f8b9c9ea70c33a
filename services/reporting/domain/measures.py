"""What is summed: each measure counts, or adds up, acts of one sort."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.reporting.domain import acts


@dataclass(frozen=True)
class Measure:
    """Acts of the sort `what` for which all of `given` holds; `adds`: the column to add up.

    `given` are (column, comparison, value) with the comparisons is, known, at_least, at_most.
    """

    what: str
    given: tuple[tuple[str, str, object], ...] = ()
    adds: str | None = None


def _is(column: str) -> tuple[tuple[str, str, object], ...]:
    return ((column, "is", True),)


def _known(column: str) -> tuple[tuple[str, str, object], ...]:
    return ((column, "known", None),)


MEASURES: Mapping[str, Measure] = {
    "created": Measure(acts.CREATED),
    "complaints": Measure(acts.CREATED, (("kind", "is", acts.COMPLAINT),)),
    "settled": Measure(acts.CREATED, _is("is_settled")),
    "replied": Measure(acts.REPLIED),
    "reply_seconds": Measure(acts.REPLIED, adds="seconds"),
    "replied_business": Measure(acts.REPLIED, _known("business_seconds")),
    "reply_business_seconds": Measure(acts.REPLIED, adds="business_seconds"),
    "solved": Measure(acts.SOLVED),
    "resolution_seconds": Measure(acts.SOLVED, adds="seconds"),
    "solved_business": Measure(acts.SOLVED, _known("business_seconds")),
    "resolution_business_seconds": Measure(acts.SOLVED, adds="business_seconds"),
    "handling_seconds": Measure(acts.SOLVED, adds="handling_seconds"),
    "first_solved": Measure(acts.SOLVED, _is("is_first")),
    "single_contact": Measure(acts.SOLVED, _is("is_single_contact")),
    "reopened_later": Measure(acts.SOLVED, _is("is_reopened")),
    "overdue_solved": Measure(acts.SOLVED, _is("was_overdue")),
    "reopened": Measure(acts.REOPENED),
    "transferred": Measure(acts.TRANSFERRED),
    "breached": Measure(acts.BREACHED),
    "surveyed": Measure(acts.SURVEYED),
    "survey_answered": Measure(acts.SURVEYED, _is("is_answered")),
    "scored": Measure(acts.RATED, _known("score")),
    "score_sum": Measure(acts.RATED, adds="score"),
    "good": Measure(acts.RATED, (("score", "at_least", 4),)),
    "bad": Measure(acts.RATED, (("score", "at_most", 2),)),
    "nps_given": Measure(acts.RATED, _known("nps")),
    "promoters": Measure(acts.RATED, (("nps", "at_least", 9),)),
    "detractors": Measure(acts.RATED, (("nps", "at_most", 6),)),
    "suggested": Measure(acts.SUGGESTED),
    "checked": Measure(acts.CHECKED),
    "check_points": Measure(acts.CHECKED, adds="points"),
    "check_passed": Measure(acts.CHECKED, _is("is_passed")),
    "supervised": Measure(acts.SUPERVISED),
    "supervision_missed": Measure(acts.SUPERVISION_MISSED),
    "signed_off": Measure(acts.SIGNED_OFF),
    "signed_off_in_time": Measure(acts.SIGNED_OFF, _is("is_passed")),
    "asked_to_help": Measure(acts.ASKED),
    "help_missed": Measure(acts.HELP_MISSED),
    "helped": Measure(acts.HELPED),
    "helped_in_time": Measure(acts.HELPED, _is("is_passed")),
}

# Durations whose percentiles are asked for: the sort of act, and the column.
SPREADS: Mapping[str, tuple[str, str]] = {
    "reply": (acts.REPLIED, "seconds"),
    "reply_business": (acts.REPLIED, "business_seconds"),
    "resolution": (acts.SOLVED, "seconds"),
    "resolution_business": (acts.SOLVED, "business_seconds"),
    "handling": (acts.SOLVED, "handling_seconds"),
}
