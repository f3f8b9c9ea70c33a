"""Figures by a plain count over complete lists of events: slow, and meant to be plainly right.

Written from docs/definitions.md alone; each figure looks at whole lives again. Nothing is shared
with reporting but the words for metrics and dimensions.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from libs.common.contracts.envelope import Event

UNFINISHED = ("new", "open", "pending", "on_hold")
DAY = timedelta(days=1)


@dataclass
class Counted:
    """One thing that counts in a metric: its day, its keys by dimension, its value."""

    day: date
    keys: dict[str, str]
    value: Any
    ticket_id: str


@dataclass
class Ticket:
    """All that was told of one ticket; `life` by seq, with times that never go back."""

    life: list[dict[str, Any]] = field(default_factory=list)
    clocks: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    uses: list[dict[str, Any]] = field(default_factory=list)
    checks: dict[str, dict[str, Any]] = field(default_factory=dict)
    tier: str | None = None

    @property
    def last(self) -> dict[str, Any]:
        return self.life[-1]


class Recount:
    """Counts what a report would show."""

    def __init__(self, events: Iterable[Event], zone: tzinfo, today: date) -> None:
        self.zone, self.today = zone, today
        self.tickets: dict[str, Ticket] = {}
        customers: dict[str, dict[int, tuple[datetime, str | None]]] = {}
        raw: dict[str, dict[int, dict[str, Any]]] = {}
        for event in events:
            if event.type.startswith("customer."):
                states = customers.setdefault(str(event.data["customer_id"]), {})
                states[event.data["version"]] = (event.time, event.data["tier"])
                continue
            ticket = self.tickets.setdefault(str(event.data["ticket_id"]), Ticket())
            if event.type.startswith("ticket."):
                lives = raw.setdefault(str(event.data["ticket_id"]), {})
                lives[event.data["seq"]] = {**event.data, "type": event.type}
            else:
                self._take(ticket, event)
        for key, ticket in self.tickets.items():
            ticket.life = self._lay_out(raw[key])
            ticket.tier = self._tier(customers.get(str(ticket.last["customer_id"]), {}), ticket)
        self._known: dict[str, list[Counted]] = {}
        self._open: dict[date, list[Counted]] = {}

    def _take(self, ticket: Ticket, event: Event) -> None:
        data = event.data
        if event.type == "clock.changed":
            ticket.clocks += [{**one, "revision": data["revision"]} for one in data["clocks"]]
        elif event.type == "clock.breached":
            ticket.clocks.append({**data, "state": "breached", "is_breached": True})
        elif event.type == "survey.sent":
            ticket.sent[str(data["survey_id"])] = data
        elif event.type == "survey.answered":
            ticket.answered[str(data["survey_id"])] = data
        elif event.type.startswith("quality."):
            key = str(data["review_id"])
            known = ticket.checks.get(key)
            if known is None or known["version"] < data["version"]:
                ticket.checks[key] = data
        elif event.type == "suggestion.used":
            ticket.uses.append(data)

    def _lay_out(self, by_seq: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
        life = [by_seq[seq] for seq in sorted(by_seq)]
        now = life[0]["created_at"]
        for fact in life:
            is_first = fact is life[0]
            now = now if is_first else max(now, fact["occurred_at"])
            fact["t"] = now
        return life

    def _tier(self, states: dict[int, Any], ticket: Ticket) -> str | None:
        tier, created_at = None, ticket.last["created_at"]
        for place, version in enumerate(sorted(states)):
            told_at, told = states[version]
            if place == 0 or told_at <= created_at:
                tier = told
        return tier

    def day(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    # What happened to a ticket.

    def breach(self, ticket: Ticket) -> datetime | None:
        """The earliest due time of a clock whose newest word is that it was broken."""
        found = []
        for clock_id in {str(one["clock_id"]) for one in ticket.clocks}:
            told = [one for one in ticket.clocks if str(one["clock_id"]) == clock_id]
            newest = max(one["revision"] for one in told)
            for one in told:
                if one["revision"] == newest and one["is_breached"] and one["due_at"]:
                    found.append(one["due_at"])
        return min(found) if found else None

    def in_hours(self, ticket: Ticket, target: str, at: datetime) -> int | None:
        """Seconds of the policy's hours, of the clock that was met at that instant."""
        result = None
        for clock_id in {str(one["clock_id"]) for one in ticket.clocks}:
            told = [one for one in ticket.clocks if str(one["clock_id"]) == clock_id]
            told.sort(key=lambda one: one["revision"])
            if told[-1]["state"] == "cancelled" and told[-1].get("stopped_at") is None:
                continue
            for one in told:
                if one["target"] == target and one["state"] == "met" and one["stopped_at"] == at:
                    result = one["elapsed_seconds"]
        return result

    def solvings(self, ticket: Ticket) -> list[int]:
        """Places in the life at which an unfinished ticket became solved."""
        life = ticket.life
        return [
            n
            for n in range(1, len(life))
            if life[n]["status_category"] == "solved"
            and life[n - 1]["status_category"] in UNFINISHED
        ]

    def reopenings(self, ticket: Ticket) -> list[int]:
        life = ticket.life
        return [
            n
            for n in range(1, len(life))
            if life[n]["status_category"] in UNFINISHED
            and life[n - 1]["status_category"] not in UNFINISHED
            and life[n]["type"] not in ("ticket.restored", "ticket.unmerged")
        ]

    def standing(self, ticket: Ticket, place: int) -> int | None:
        """The solving whose solution stood just before that place, if one did."""
        earlier = [n for n in self.solvings(ticket) if n < place]
        since = [n for n in self.reopenings(ticket) if n < place]
        if not earlier or (since and since[-1] > earlier[-1]):
            return None
        return earlier[-1]

    def spent(self, ticket: Ticket, until: int, categories: tuple[str, ...]) -> int:
        total = timedelta(0)
        for n in range(until):
            if ticket.life[n]["status_category"] in categories:
                total += ticket.life[n + 1]["t"] - ticket.life[n]["t"]
        return int(total / timedelta(seconds=1))

    def is_public_reply(self, fact: dict[str, Any]) -> bool:
        if fact["actor"]["kind"] != "staff":
            return False
        return fact["type"] == "ticket.replied" or (
            fact["type"] == "ticket.solved" and bool(fact["notify_customer"])
        )

    def transfers(self, ticket: Ticket) -> list[dict[str, Any]]:
        return [
            fact
            for fact in ticket.life
            if fact["type"] == "ticket.transferred"
            and fact["from_group_id"] is not None
            and fact["from_group_id"] != fact["to_group_id"]
        ]

    def at(self, ticket: Ticket, instant: datetime) -> dict[str, Any]:
        found = ticket.life[0]
        for fact in ticket.life:
            if fact["t"] <= instant:
                found = fact
        return found

    # Whose it is.

    def keys(
        self, ticket: Ticket, fact: dict[str, Any], agent: Any = None, group: Any = None
    ) -> dict[str, str]:
        last = ticket.last
        found = {
            "kind": last["kind"],
            "channel": last["channel"],
            "tier": ticket.tier,
            "region": last["scope"]["region"],
            "urgency": fact["urgency"],
            "group": fact["group_id"] if group is None else group,
            "agent": fact["assignee_id"] if agent is None else agent,
            "status": last["status"],
            "score": last["score"],
        }
        return {name: "" if value in (None, "") else str(value) for name, value in found.items()}

    def solver(self, fact: dict[str, Any]) -> Any:
        if fact["assignee_id"] is None and fact["actor"]["kind"] == "staff":
            return fact["actor"]["id"]
        return None

    # What counts.

    def counted(self, metric: str) -> list[Counted]:
        """All that counts in a metric that adds up what happened in a period."""
        if metric not in self._known:
            found: list[Counted] = []
            for key, ticket in self.tickets.items():
                for instant, keys, value in HAPPENED[metric](self, ticket):
                    found.append(Counted(self.day(instant), keys, value, key))
            self._known[metric] = found
        return self._known[metric]

    def open_at(self, day: date) -> list[Counted]:
        """What is unresolved when the day ends."""
        if day not in self._open:
            self._open[day] = self._open_at(day)
        return self._open[day]

    def _open_at(self, day: date) -> list[Counted]:
        midnight = datetime.combine(day + DAY, datetime.min.time(), self.zone)
        found = []
        for key, ticket in self.tickets.items():
            place = bisect_left(ticket.life, midnight, key=lambda fact: fact["t"]) - 1
            if place >= 0 and ticket.life[place]["status_category"] in UNFINISHED:
                fact = ticket.life[place]
                keys = self.keys(ticket, fact) | {"status": fact["status"]}
                if place == 0 and fact["type"] != "ticket.created":
                    continue
                found.append(Counted(day, keys, None, key))
        return found


What = tuple[datetime, dict[str, str], Any]


def _created(count: Recount, ticket: Ticket) -> Iterable[What]:
    groups = [fact["group_id"] for fact in ticket.life if fact["group_id"]]
    agents = [fact["assignee_id"] for fact in ticket.life if fact["assignee_id"]]
    first = ticket.life[0]
    keys = count.keys(ticket, first, agents[0] if agents else "", groups[0] if groups else "")
    is_solved = ticket.last["status_category"] not in UNFINISHED and (
        count.standing(ticket, len(ticket.life)) is not None
    )
    yield first["t"], keys, int(is_solved)


def _complaints(count: Recount, ticket: Ticket) -> Iterable[What]:
    if ticket.last["kind"] == "complaint":
        yield from _created(count, ticket)


def _replied(count: Recount, ticket: Ticket) -> Iterable[What]:
    for n, fact in enumerate(ticket.life):
        if n and count.is_public_reply(fact):
            by = fact["actor"]["id"] if fact["assignee_id"] is None else None
            seconds = int((fact["t"] - ticket.life[0]["t"]) / timedelta(seconds=1))
            yield fact["t"], count.keys(ticket, fact, by), seconds
            return


def _replied_in_hours(count: Recount, ticket: Ticket) -> Iterable[What]:
    for at, keys, _ in _replied(count, ticket):
        seconds = count.in_hours(ticket, "first_reply", at)
        if seconds is not None:
            yield at, keys, seconds


def _solved(value: Callable[[Recount, Ticket, int], Any]) -> Callable[..., Iterable[What]]:
    def found(count: Recount, ticket: Ticket) -> Iterable[What]:
        for n in count.solvings(ticket):
            fact = ticket.life[n]
            shown = value(count, ticket, n)
            if shown is not None:
                yield fact["t"], count.keys(ticket, fact, count.solver(fact)), shown

    return found


def _is_single_contact(count: Recount, ticket: Ticket, n: int) -> int | None:
    if n != count.solvings(ticket)[0]:
        return None
    fact = ticket.life[n]
    before = ticket.life[:n]
    messages = [
        one for one in before if one["type"] == "ticket.replied" and count.is_public_reply(one)
    ]
    passed_on = [one for one in count.transfers(ticket) if one["seq"] < fact["seq"]]
    back = [r for r in count.reopenings(ticket) if r > n]
    is_back = bool(back) and ticket.life[back[0]]["t"] - fact["t"] < 7 * DAY
    return int(len(messages) <= 1 and not passed_on and not is_back)


def _is_reopened(count: Recount, ticket: Ticket, n: int) -> int:
    return int(any(r > n for r in count.reopenings(ticket)))


def _was_overdue(count: Recount, ticket: Ticket, n: int) -> int:
    breach = count.breach(ticket)
    return int(breach is not None and breach <= ticket.life[n]["t"])


def _reopened(count: Recount, ticket: Ticket) -> Iterable[What]:
    for n in count.reopenings(ticket):
        stood = count.standing(ticket, n)
        had = ticket.life[n - 1] if stood is None else ticket.life[stood]
        yield ticket.life[n]["t"], count.keys(ticket, had, count.solver(had)), None


def _overdue(count: Recount, ticket: Ticket) -> Iterable[What]:
    breach = count.breach(ticket)
    if breach is not None:
        yield breach, count.keys(ticket, count.at(ticket, breach)), None


def _about(count: Recount, ticket: Ticket, survey: dict[str, Any], at: datetime) -> dict[str, str]:
    for n in count.solvings(ticket):
        if ticket.life[n]["seq"] == survey["solved_seq"]:
            return count.keys(ticket, ticket.life[n], count.solver(ticket.life[n]))
    fact = count.at(ticket, at)
    return count.keys(ticket, fact, count.solver(fact))


def _surveyed(count: Recount, ticket: Ticket) -> Iterable[What]:
    for key, survey in ticket.sent.items():
        at = survey["sent_at"]
        yield at, _about(count, ticket, survey, at), int(key in ticket.answered)


def _judged(name: str) -> Callable[..., Iterable[What]]:
    def found(count: Recount, ticket: Ticket) -> Iterable[What]:
        for survey in ticket.answered.values():
            at = survey["answered_at"]
            if survey[name] is not None:
                yield at, _about(count, ticket, survey, at), survey[name]
        for fact in ticket.life:
            value = fact.get("rated_score" if name == "score" else "nps")
            if fact["type"] == "ticket.rated" and fact["source"] == "staff" and value is not None:
                earlier = [n for n in count.solvings(ticket) if ticket.life[n]["seq"] < fact["seq"]]
                had = ticket.life[earlier[-1]] if earlier else fact
                yield fact["t"], count.keys(ticket, had, count.solver(had)), value

    return found


def _transferred(count: Recount, ticket: Ticket) -> Iterable[What]:
    for fact in count.transfers(ticket):
        agent = fact["previous_assignee_id"] or ""
        yield fact["t"], count.keys(ticket, fact, agent, fact["from_group_id"]), None


def _suggested(count: Recount, ticket: Ticket) -> Iterable[What]:
    for use in ticket.uses:
        fact = count.at(ticket, use["used_at"])
        yield use["used_at"], count.keys(ticket, fact, use["person_id"]), None


def _checked(name: str) -> Callable[..., Iterable[What]]:
    def found(count: Recount, ticket: Ticket) -> Iterable[What]:
        for check in ticket.checks.values():
            at = check["scored_at"]
            group = check["group_id"]
            keys = count.keys(ticket, count.at(ticket, at), check["handler_id"], group)
            yield at, keys | {"group": str(group or "")}, int(check[name])

    return found


def _supervised(what: str) -> Callable[..., Iterable[What]]:
    """`begun`, `missed`, or `signed`: whether the deadline had not passed."""

    def found(count: Recount, ticket: Ticket) -> Iterable[What]:
        due_at = None
        for fact in ticket.life:
            name = fact["type"].removeprefix("ticket.")
            if name == "supervised":
                due_at = fact["due_at"]
                if what == "begun":
                    yield fact["t"], count.keys(ticket, fact), None
            is_about = name in ("supervision_urged", "supervision_ended")
            if is_about and fact.get("outcome") == "signed_off" and what == "signed":
                in_time = due_at is not None and fact["t"] <= due_at
                yield fact["t"], count.keys(ticket, fact), int(in_time)
            if is_about and due_at is not None and fact["t"] > due_at:
                if what == "missed":
                    yield due_at, count.keys(ticket, count.at(ticket, due_at)), None
                # Once; whoever signs off later is late all the same.
                due_at = None

    return found


def _helped(what: str) -> Callable[..., Iterable[What]]:
    """`asked`, `missed`, or `answered`: whether it was in time."""

    def keys(count: Recount, ticket: Ticket, part: dict[str, Any], at: datetime) -> dict[str, str]:
        kind, target = part["target_kind"], str(part["target_id"])
        whose = {one: target if kind == of else "" for one, of in _TARGETS}
        return count.keys(ticket, count.at(ticket, at)) | whose

    def found(count: Recount, ticket: Ticket) -> Iterable[What]:
        missed: set[str] = set()
        for fact in ticket.life:
            name = fact["type"].removeprefix("ticket.collaboration_")
            if name == "started" and what == "asked":
                for part in fact["parts"]:
                    yield fact["t"], keys(count, ticket, part, fact["t"]), None
            if name not in ("asked_again", "overdue", "answered"):
                continue
            part_id, due_at = str(fact["collaboration_id"]), fact["due_at"]
            if name == "asked_again":
                missed.discard(part_id)
                continue
            is_late = due_at is not None and fact["t"] > due_at
            if is_late and part_id not in missed:
                missed.add(part_id)
                if what == "missed":
                    yield due_at, keys(count, ticket, fact, due_at), None
            if name == "answered" and what == "answered" and due_at is not None:
                yield fact["t"], keys(count, ticket, fact, fact["t"]), int(not is_late)

    return found


_TARGETS = (("group", "group"), ("agent", "person"))


def _resolution(count: Recount, ticket: Ticket, n: int) -> int:
    return count.spent(ticket, n, UNFINISHED)


def _handling(count: Recount, ticket: Ticket, n: int) -> int:
    return count.spent(ticket, n, ("open",))


def _resolution_in_hours(count: Recount, ticket: Ticket, n: int) -> int | None:
    return count.in_hours(ticket, "resolution", ticket.life[n]["t"])


HAPPENED: dict[str, Callable[[Recount, Ticket], Iterable[What]]] = {
    "new": _created,
    "reopened": _reopened,
    "growth_rate": _created,
    "solved": _solved(_resolution),
    "tickets_per_person": _solved(_resolution),
    "overdue_count": _overdue,
    "overdue_rate": _solved(_was_overdue),
    "fcr_rate": _solved(_is_single_contact),
    "reopened_rate": _solved(_is_reopened),
    "satisfaction_mean": _judged("score"),
    "good_rate": _judged("score"),
    "bad_rate": _judged("score"),
    "csat": _judged("score"),
    "nps": _judged("nps"),
    "response_rate": _surveyed,
    "complaint_resolution_rate": _complaints,
    "transfers": _transferred,
    "suggestion_uses": _suggested,
    "quality_mean": _checked("total"),
    "quality_pass_rate": _checked("is_passed"),
    "supervisions": _supervised("begun"),
    "supervision_overdue": _supervised("missed"),
    "supervision_met_rate": _supervised("signed"),
    "collaborations": _helped("asked"),
    "collaboration_overdue": _helped("missed"),
    "collaboration_met_rate": _helped("answered"),
}
for _shape in ("mean", "median", "p90"):
    HAPPENED |= {
        f"first_reply_{_shape}": _replied,
        f"first_reply_business_{_shape}": _replied_in_hours,
        f"resolution_{_shape}": _solved(_resolution),
        f"resolution_business_{_shape}": _solved(_resolution_in_hours),
        f"handling_{_shape}": _solved(_handling),
    }

# What is only counted.
PLAIN = (
    *("new", "solved", "overdue_count", "transfers", "suggestion_uses"),
    *("supervisions", "supervision_overdue", "collaborations", "collaboration_overdue"),
)

Chosen = Callable[[dict[str, str]], bool]


def figure(
    count: Recount, metric: str, first: date, last: date, chosen: Chosen
) -> tuple[float | None, int | None]:
    """A metric's value and count in a period, of what the keys are chosen of."""
    if metric == "unresolved":
        found = sum(chosen(one.keys) for one in count.open_at(last))
        return found, found
    if metric == "total":
        return _in_hand(count, first, last, chosen)
    if metric == "backlog":
        return _backlog(count, first, last, chosen), None
    found_here = _between(count, metric, first, last, chosen)
    number = len(found_here)
    if metric in PLAIN:
        return number, number
    if metric == "growth_rate":
        before = len(_between(count, metric, *_before(first, last), chosen))
        return ((number - before) / before if before else None), number
    if metric == "tickets_per_person":
        people = {one.keys["agent"] for one in found_here} - {""}
        return (number / len(people) if people else None), number
    return _of_values(metric, [one.value for one in found_here]), number


def _between(count: Recount, metric: str, first: date, last: date, chosen: Chosen) -> list[Counted]:
    return [one for one in count.counted(metric) if first <= one.day <= last and chosen(one.keys)]


def _before(first: date, last: date) -> tuple[date, date]:
    """The period before: as many months where it is whole months, else as many days."""
    if first.day == 1 and (last + DAY).day == 1:
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        year, month = divmod(first.year * 12 + first.month - 1 - months, 12)
        return date(year, month + 1, 1), first - DAY
    return first - (last - first) - DAY, first - DAY


def _in_hand(count: Recount, first: date, last: date, chosen: Chosen) -> tuple[int, int]:
    total = sum(chosen(one.keys) for one in count.open_at(first - DAY))
    for metric in ("new", "reopened"):
        total += len(_between(count, metric, first, last, chosen))
    return total, total


def _backlog(count: Recount, first: date, last: date, chosen: Chosen) -> float | None:
    numbers, day = [], first
    while day <= min(last, count.today):
        numbers.append(sum(chosen(one.keys) for one in count.open_at(day)))
        day += DAY
    return sum(numbers) / len(numbers) if numbers else None


def _of_values(metric: str, values: list[Any]) -> float | None:
    if not values:
        return None
    if metric.endswith(("_median", "_p90")):
        share = 50 if metric.endswith("_median") else 90
        ordered = sorted(_three_digits(value // 60) for value in values)
        least = next(n for n in range(1, len(ordered) + 1) if n * 100 >= len(ordered) * share)
        return ordered[least - 1] * 60
    if metric in ("good_rate", "csat"):
        return sum(value >= 4 for value in values) / len(values)
    if metric == "bad_rate":
        return sum(value <= 2 for value in values) / len(values)
    if metric == "nps":
        gained = sum(value >= 9 for value in values) - sum(value <= 6 for value in values)
        return 100 * gained / len(values)
    return sum(values) / len(values)


def _three_digits(minutes: int) -> int:
    digits = str(minutes)
    return int(digits[:3] + "0" * (len(digits) - 3))
