"""What is counted of a ticket: acts, each on its day, and stays over midnights."""

from dataclasses import dataclass
from datetime import date, datetime

CREATED, REPLIED, SOLVED, REOPENED = "created", "replied", "solved", "reopened"
TRANSFERRED, BREACHED = "transferred", "breached"
SURVEYED, RATED, SUGGESTED = "surveyed", "rated", "suggested"
CHECKED = "checked"
# 督办: begun, past its deadline, signed off. 协作: asked, late, answered where there is a deadline.
SUPERVISED, SUPERVISION_MISSED, SIGNED_OFF = "supervised", "supervision_missed", "signed_off"
ASKED, HELP_MISSED, HELPED = "asked_to_help", "help_missed", "helped"
COMPLAINT = "complaint"


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """Something that happened to a ticket and is counted on the `day` on which it happened.

    `nth` numbers a ticket's acts of one sort from 1. Group, department, agent and urgency are those
    of the moment; kind, channel, category, region and tier the ticket's. `category_path`: ids from
    the top of the tree down. `seconds` are calendar time and
    `business_seconds` the policy's hours: of `replied` until the first reply, of `solved` until the
    solution without the time that the ticket stood solved before; `handling_seconds`: in work.
    """

    what: str
    nth: int
    at: datetime
    day: date
    kind: str
    channel: str
    tier: str | None
    region_id: str | None
    category_path: tuple[str, ...] = ()
    group_id: str | None
    department_id: str | None = None
    agent_id: str | None
    urgency: str
    seconds: int | None = None
    business_seconds: int | None = None
    handling_seconds: int | None = None
    score: int | None = None
    nps: int | None = None
    is_first: bool = False  # solved: the ticket's first solving
    is_single_contact: bool = False  # solved: see "first-contact resolution"
    is_reopened: bool = False  # solved: and taken up again later
    was_overdue: bool = False  # solved: a promise had been broken by then
    is_settled: bool = False  # created, of complaints: the ticket stands solved now
    is_answered: bool = False  # surveyed
    points: int | None = None  # checked: of 100
    is_passed: bool = False  # checked; signed_off, helped: by the deadline


@dataclass(frozen=True, kw_only=True, slots=True)
class Stay:
    """Unfinished without a change over at least one midnight.

    Counted as unresolved at the end of each day from `start_day` on and before `end_day` (None: it
    has not ended).
    """

    nth: int
    started_at: datetime
    start_day: date
    end_day: date | None
    status: str
    kind: str
    channel: str
    tier: str | None
    region_id: str | None
    category_path: tuple[str, ...] = ()
    group_id: str | None
    department_id: str | None = None
    agent_id: str | None
    urgency: str


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is counted of one ticket."""

    acts: tuple[Act, ...] = ()
    stays: tuple[Stay, ...] = ()
