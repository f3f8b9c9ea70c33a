"""What counts in each metric: when it happened in a ticket's life, whose it is, its value."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from tests.support.recount.lives import UNFINISHED, Lives, Ticket

DAY = timedelta(days=1)

What = tuple[datetime, dict[str, str], Any]


def _created(lives: Lives, ticket: Ticket) -> Iterable[What]:
    groups = [fact["group_id"] for fact in ticket.life if fact["group_id"]]
    agents = [fact["assignee_id"] for fact in ticket.life if fact["assignee_id"]]
    first = ticket.life[0]
    departments = [
        fact["scope"]["department"] for fact in ticket.life if fact["scope"]["department"]
    ]
    had = [one[0] if one else "" for one in (agents, groups, departments)]
    keys = lives.keys(ticket, first, *had)
    is_solved = ticket.last["status_category"] not in UNFINISHED and (
        lives.standing(ticket, len(ticket.life)) is not None
    )
    yield first["t"], keys, int(is_solved)


def _complaints(lives: Lives, ticket: Ticket) -> Iterable[What]:
    if ticket.last["kind"] == "complaint":
        yield from _created(lives, ticket)


def _replied(lives: Lives, ticket: Ticket) -> Iterable[What]:
    for n, fact in enumerate(ticket.life):
        if n and lives.is_public_reply(fact):
            by = fact["actor"]["id"] if fact["assignee_id"] is None else None
            seconds = int((fact["t"] - ticket.life[0]["t"]) / timedelta(seconds=1))
            yield fact["t"], lives.keys(ticket, fact, by), seconds
            return


def _replied_in_hours(lives: Lives, ticket: Ticket) -> Iterable[What]:
    for at, keys, _ in _replied(lives, ticket):
        seconds = lives.in_hours(ticket, "first_reply", at)
        if seconds is not None:
            yield at, keys, seconds


def _solved(value: Callable[[Lives, Ticket, int], Any]) -> Callable[..., Iterable[What]]:
    def found(lives: Lives, ticket: Ticket) -> Iterable[What]:
        for n in lives.solvings(ticket):
            fact = ticket.life[n]
            shown = value(lives, ticket, n)
            if shown is not None:
                yield fact["t"], lives.keys(ticket, fact, lives.solver(fact)), shown

    return found


def _is_single_contact(lives: Lives, ticket: Ticket, n: int) -> int | None:
    if n != lives.solvings(ticket)[0]:
        return None
    fact = ticket.life[n]
    before = ticket.life[:n]
    messages = [
        one for one in before if one["type"] == "ticket.replied" and lives.is_public_reply(one)
    ]
    passed_on = [one for one in lives.transfers(ticket) if one["seq"] < fact["seq"]]
    back = [r for r in lives.reopenings(ticket) if r > n]
    is_back = bool(back) and ticket.life[back[0]]["t"] - fact["t"] < 7 * DAY
    return int(len(messages) <= 1 and not passed_on and not is_back)


def _is_reopened(lives: Lives, ticket: Ticket, n: int) -> int:
    return int(any(r > n for r in lives.reopenings(ticket)))


def _was_overdue(lives: Lives, ticket: Ticket, n: int) -> int:
    breach = lives.breach(ticket)
    return int(breach is not None and breach <= ticket.life[n]["t"])


def _reopened(lives: Lives, ticket: Ticket) -> Iterable[What]:
    for n in lives.reopenings(ticket):
        stood = lives.standing(ticket, n)
        had = ticket.life[n - 1] if stood is None else ticket.life[stood]
        yield ticket.life[n]["t"], lives.keys(ticket, had, lives.solver(had)), None


def _overdue(lives: Lives, ticket: Ticket) -> Iterable[What]:
    breach = lives.breach(ticket)
    if breach is not None:
        yield breach, lives.keys(ticket, lives.at(ticket, breach)), None


def _about(lives: Lives, ticket: Ticket, survey: dict[str, Any], at: datetime) -> dict[str, str]:
    for n in lives.solvings(ticket):
        if ticket.life[n]["seq"] == survey["solved_seq"]:
            return lives.keys(ticket, ticket.life[n], lives.solver(ticket.life[n]))
    fact = lives.at(ticket, at)
    return lives.keys(ticket, fact, lives.solver(fact))


def _surveyed(lives: Lives, ticket: Ticket) -> Iterable[What]:
    for key, survey in ticket.sent.items():
        at = survey["sent_at"]
        yield at, _about(lives, ticket, survey, at), int(key in ticket.answered)


def _judged(name: str) -> Callable[..., Iterable[What]]:
    def found(lives: Lives, ticket: Ticket) -> Iterable[What]:
        for survey in ticket.answered.values():
            at = survey["answered_at"]
            if survey[name] is not None:
                yield at, _about(lives, ticket, survey, at), survey[name]
        for fact in ticket.life:
            value = fact.get("rated_score" if name == "score" else "nps")
            if fact["type"] == "ticket.rated" and fact["source"] == "staff" and value is not None:
                earlier = [n for n in lives.solvings(ticket) if ticket.life[n]["seq"] < fact["seq"]]
                had = ticket.life[earlier[-1]] if earlier else fact
                yield fact["t"], lives.keys(ticket, had, lives.solver(had)), value

    return found


def _transferred(lives: Lives, ticket: Ticket) -> Iterable[What]:
    for fact in lives.transfers(ticket):
        agent = fact["previous_assignee_id"] or ""
        before = ticket.life[ticket.life.index(fact) - 1]["scope"]["department"] or ""
        yield fact["t"], lives.keys(ticket, fact, agent, fact["from_group_id"], before), None


def _suggested(lives: Lives, ticket: Ticket) -> Iterable[What]:
    for use in ticket.uses:
        fact = lives.at(ticket, use["used_at"])
        yield use["used_at"], lives.keys(ticket, fact, use["person_id"]), None


def _checked(name: str) -> Callable[..., Iterable[What]]:
    def found(lives: Lives, ticket: Ticket) -> Iterable[What]:
        for check in ticket.checks.values():
            at = check["scored_at"]
            group = check["group_id"]
            keys = lives.keys(ticket, lives.at(ticket, at), check["handler_id"], group)
            whose = {"group": group, "department": check["department_id"]}
            keys |= {name: str(one or "") for name, one in whose.items()}
            yield at, keys, int(check[name])

    return found


def _supervised(what: str) -> Callable[..., Iterable[What]]:
    """`begun`, `missed`, or `signed`: whether the deadline had not passed."""

    def found(lives: Lives, ticket: Ticket) -> Iterable[What]:
        due_at = None
        for fact in ticket.life:
            name = fact["type"].removeprefix("ticket.")
            if name == "supervised":
                due_at = fact["due_at"]
                if what == "begun":
                    yield fact["t"], lives.keys(ticket, fact), None
            is_about = name in ("supervision_urged", "supervision_ended")
            if is_about and fact.get("outcome") == "signed_off" and what == "signed":
                in_time = due_at is not None and fact["t"] <= due_at
                yield fact["t"], lives.keys(ticket, fact), int(in_time)
            if is_about and due_at is not None and fact["t"] > due_at:
                if what == "missed":
                    yield due_at, lives.keys(ticket, lives.at(ticket, due_at)), None
                # Once; whoever signs off later is late all the same.
                due_at = None

    return found


def _helped(what: str) -> Callable[..., Iterable[What]]:
    """`asked`, `missed`, or `answered`: whether it was in time."""

    def keys(lives: Lives, ticket: Ticket, part: dict[str, Any], at: datetime) -> dict[str, str]:
        kind, target = part["target_kind"], str(part["target_id"])
        whose = {one: target if kind == of else "" for one, of in _TARGETS}
        return lives.keys(ticket, lives.at(ticket, at)) | whose

    def found(lives: Lives, ticket: Ticket) -> Iterable[What]:
        missed: set[str] = set()
        for fact in ticket.life:
            name = fact["type"].removeprefix("ticket.collaboration_")
            if name == "started" and what == "asked":
                for part in fact["parts"]:
                    yield fact["t"], keys(lives, ticket, part, fact["t"]), None
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
                    yield due_at, keys(lives, ticket, fact, due_at), None
            if name == "answered" and what == "answered" and due_at is not None:
                yield fact["t"], keys(lives, ticket, fact, fact["t"]), int(not is_late)

    return found


_TARGETS = (("group", "group"), ("agent", "person"), ("department", "department"))


def _resolution(lives: Lives, ticket: Ticket, n: int) -> int:
    return lives.spent(ticket, n, UNFINISHED)


def _handling(lives: Lives, ticket: Ticket, n: int) -> int:
    return lives.spent(ticket, n, ("open",))


def _resolution_in_hours(lives: Lives, ticket: Ticket, n: int) -> int | None:
    return lives.in_hours(ticket, "resolution", ticket.life[n]["t"])


HAPPENED: dict[str, Callable[[Lives, Ticket], Iterable[What]]] = {
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
