"""Random lives of tickets as all producers would tell of them, for tests of reporting."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.common.contracts.envelope import Event

CATEGORY = {
    "unassigned": "new",
    "assigned": "open",
    "in_progress": "open",
    "follow_up": "open",
    "awaiting_customer": "pending",
    "awaiting_approval": "on_hold",
    "solved": "solved",
    "closed": "closed",
}
KINDS = ("inquiry", "complaint", "repair", "suggestion")
CHANNELS = ("mail", "web_form", "phone")
URGENCIES = ("normal", "urgent", "critical")
TIERS = (None, "normal", "vip")
BEGINNING = datetime(2025, 11, 3, tzinfo=UTC)


class World:
    """Who there is: groups, agents, customers with tiers that change; all from one seed."""

    def __init__(self, seed: int, *, days: int = 500) -> None:
        self.random = random.Random(seed)
        self.days = days
        self.groups = [self.new_id() for _ in range(4)]
        # By a chance of their own: what else happens does not depend on them.
        places = random.Random(seed)
        departments = [UUID(int=places.getrandbits(128), version=4) for _ in range(2)]
        self.department_of = dict(
            zip(self.groups, [*departments, None, departments[0]], strict=True)
        )
        tops = [UUID(int=places.getrandbits(128), version=4) for _ in range(2)]
        below = [UUID(int=places.getrandbits(128), version=4) for _ in range(3)]
        # Each category's path: two at the top, two below the first, one below one of these.
        self.categories = [
            *([one] for one in tops),
            *([tops[0], one] for one in below[:2]),
            [tops[0], below[0], below[2]],
        ]
        self.agents = [self.new_id() for _ in range(9)]
        self.regions = [None, *(self.new_id() for _ in range(2))]
        self.customers = [self.new_id() for _ in range(40)]
        self.numbers = 0

    def new_id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def instant(self) -> datetime:
        """Some time, often close to a midnight in Shanghai."""
        day = BEGINNING + timedelta(days=self.random.randrange(self.days))
        if self.random.random() < 0.1:
            return day + timedelta(hours=16, microseconds=self.random.choice((-1, 0, 1)))
        return day + timedelta(microseconds=self.random.randrange(86_400_000_000))

    def pause(self) -> timedelta:
        """From nothing to weeks; often just what makes somebody's rule hold or not."""
        chosen = self.random.choice(
            (0, 1, 59, 60, 61, 900, 7200, 40_000, 86_400, 300_000, 7 * 86_400)
        )
        exact = self.random.random() < 0.3
        return timedelta(seconds=chosen if exact else chosen * self.random.random())

    def event(self, type_: str, subject: object, time: datetime, data: dict[str, Any]) -> Event:
        source = f"/tidedesk/{type_}"
        return Event(self.new_id(), type_, source, str(subject), time, data)

    def customer_events(self) -> list[Event]:
        """Each customer's states; some tiers change later."""
        found = []
        for customer_id in self.customers:
            told_at = self.instant()
            for version in range(1, self.random.randint(1, 3) + 1):
                type_ = "customer.registered" if version == 1 else "customer.edited"
                data = {
                    "customer_id": customer_id,
                    "version": version,
                    "tier": self.random.choice(TIERS),
                    "region_id": None,
                    "language": "zh",
                    "display_name": "某",
                    "salutation": None,
                    "contacts": [],
                }
                found.append(self.event(type_, customer_id, told_at, data))
                told_at += timedelta(days=self.random.randrange(1, 200))
        return found


class Life:
    """One ticket: acts are methods, what they tell is in `events`."""

    def __init__(self, world: World, began: datetime | None = None, **header: Any) -> None:
        self.world = world
        chance = world.random
        world.numbers += 1
        self.now = began or world.instant()
        self.ticket_id = world.new_id()
        self.events: list[Event] = []
        self.revision = 0
        self.clocks = {name: world.new_id() for name in ("first_reply", "resolution")}
        self.is_answered = False
        self.header: dict[str, Any] = {
            "ticket_id": self.ticket_id,
            "number": f"G{world.numbers:014}",
            "seq": 0,
            "version": 1,
            "status": "unassigned",
            "urgency": chance.choice(URGENCIES),
            "kind": chance.choice(KINDS),
            "channel": chance.choice(CHANNELS),
            "customer_id": chance.choice(world.customers),
            "contact_id": None,
            "assignee_id": None,
            "group_id": chance.choice((None, *world.groups)),
            "created_at": self.now,
            "accepted_at": None,
            "assignment_epoch": 0,
            "tags": [],
            "score": None,
            "is_dissatisfied": False,
            **header,
        }
        self.region = chance.choice(world.regions)
        self.places = random.Random(world.numbers)
        self.put(self.places.choice((None, *world.categories)))
        self.solved_seq = 0
        self.surveys: list[UUID] = []

    def put(self, path: list[UUID] | None) -> dict[str, Any]:
        """Into a category; returns what of the header that changes."""
        changed = {"category_id": path[-1] if path else None, "category_path": path or []}
        self.header |= changed
        return changed

    @property
    def is_finished(self) -> bool:
        return CATEGORY[self.header["status"]] in ("solved", "closed")

    def after(self, delta: timedelta | None = None) -> "Life":
        self.now += self.world.pause() if delta is None else delta
        return self

    def tell(
        self, type_: str, changes: dict[str, Any] | None = None, by: str = "staff", **more: Any
    ) -> None:
        self.header = {**self.header, **(changes or {}), "seq": self.header["seq"] + 1}
        header = self.header
        actor_id = header["assignee_id"] or self.world.agents[0]
        at = self.now
        if self.world.random.random() < 0.02:
            at -= timedelta(seconds=30)  # a clock that is behind
        data = {
            **header,
            "status_category": CATEGORY[header["status"]],
            "occurred_at": at,
            "actor": {"kind": by, "id": actor_id if by == "staff" else None, "name": "某"},
            "scope": {
                "assignee": header["assignee_id"],
                "group": header["group_id"],
                "department": self.world.department_of.get(header["group_id"]),
                "region": self.region,
                "requester": header["customer_id"],
            },
            "subject": "秘密的主题",
            "customer_name": "韩梅梅",
            "custom_fields": {},
            "entry_id": self.world.new_id(),
            **more,
        }
        self.events.append(self.world.event(type_, self.ticket_id, self.now, data))

    @property
    def told_at(self) -> datetime:
        """When the last event claims to have happened, as sla takes it: never going back."""
        return max(
            (e.data["occurred_at"] for e in self.events if e.type.startswith("ticket.")),
            default=self.now,
        )

    def clock(self, target: str, state: str, **more: Any) -> None:
        self.revision += 1
        clock = {
            "clock_id": self.clocks[target],
            "target": target,
            "cycle": 1,
            "state": state,
            "is_breached": False,
            "started_at": self.header["created_at"],
            "due_at": None,
            "policy_id": None,
            "stopped_at": None,
            "elapsed_seconds": None,
            **more,
        }
        self.events.append(self._due("clock.changed", {"clocks": [clock]}))

    def breach(self, target: str) -> datetime:
        self.revision += 1
        due_at = self.now - timedelta(seconds=self.world.random.randrange(5000))
        about = {"clock_id": self.clocks[target], "target": target, "cycle": 1, "due_at": due_at}
        self.events.append(self._due("clock.breached", about))
        return due_at

    def _due(self, type_: str, more: dict[str, Any]) -> Event:
        data = {
            "ticket_id": self.ticket_id,
            "number": self.header["number"],
            "revision": self.revision,
            "next_due_at": None,
            "is_overdue": False,
            "occurred_at": self.now,
            **more,
        }
        return self.world.event(type_, self.ticket_id, self.now, data)

    def create(self) -> None:
        self.tell("ticket.created", by="customer", text="秘密", is_auto_reply=False)

    def assign(self) -> None:
        epoch = self.header["assignment_epoch"] + 1
        had = self.header["assignee_id"]
        changes = {
            "assignee_id": self.world.random.choice(self.world.agents),
            "group_id": self.header["group_id"] or self.world.random.choice(self.world.groups),
            "status": "assigned",
            "assignment_epoch": epoch,
        }
        more = {"assignment_id": self.world.new_id(), "epoch": epoch, "mode": "manual"}
        self.tell("ticket.assigned", changes, previous_assignee_id=had, **more)

    def transfer(self) -> None:
        to, had = self.world.random.choice(self.world.groups), self.header
        epoch = had["assignment_epoch"] + 1
        self.tell(
            "ticket.transferred",
            {
                "group_id": to,
                "assignee_id": None,
                "status": "unassigned",
                "assignment_epoch": epoch,
            },
            from_group_id=had["group_id"],
            to_group_id=to,
            previous_assignee_id=had["assignee_id"],
            epoch=epoch,
        )

    def give_back(self) -> None:
        had, epoch = self.header["assignee_id"], self.header["assignment_epoch"] + 1
        changes = {"assignee_id": None, "status": "unassigned", "assignment_epoch": epoch}
        more = {"previous_assignee_id": had, "epoch": epoch, "cause": "returned"}
        self.tell("ticket.returned", changes, **more)

    def accept(self) -> None:
        self.tell("ticket.accepted", {"status": "in_progress", "accepted_at": self.now})

    def reply(self, by: str = "staff") -> None:
        self.tell("ticket.replied", by=by, text="秘密")
        if by == "staff":
            self._answered()

    def _answered(self) -> None:
        if not self.is_answered and self.world.random.random() < 0.8:
            passed = self.world.random.randrange(200_000)
            self.clock("first_reply", "met", stopped_at=self.told_at, elapsed_seconds=passed)
        self.is_answered = True

    def ask(self) -> None:
        more = {"message_id": self.world.new_id(), "text": "秘密", "is_auto_reply": False}
        self.tell("ticket.message_received", by="customer", **more)

    def wait(self) -> None:
        to = self.world.random.choice(("awaiting_customer", "awaiting_approval", "in_progress"))
        more = {"from_status": self.header["status"], "to_status": to}
        self.tell("ticket.status_changed", {"status": to}, **more)

    def raise_urgency(self) -> None:
        changes = {"urgency": self.world.random.choice(URGENCIES)}
        if self.world.random.random() < 0.3:
            changes["kind"] = self.world.random.choice(KINDS)
        if self.places.random() < 0.5:
            changes |= self.put(self.places.choice((None, *self.world.categories)))
        self.tell("ticket.edited", changes, changed=sorted(changes))

    def solve(self) -> None:
        tells = self.world.random.random() < 0.8
        self.tell("ticket.solved", {"status": "solved"}, notify_customer=tells, text="秘密")
        self.solved_seq = self.header["seq"]
        if tells:
            self._answered()
        if self.world.random.random() < 0.8:
            passed = self.world.random.randrange(500_000)
            self.clock("resolution", "met", stopped_at=self.told_at, elapsed_seconds=passed)

    def survey(self) -> None:
        survey_id = self.world.new_id()
        about = self._about_survey(survey_id)
        sent = {**about, "channel": "mail", "sent_at": self.now}
        self.events.append(self.world.event("survey.sent", self.ticket_id, self.now, sent))
        if self.world.random.random() < 0.6:
            self.answer(survey_id)

    def answer(self, survey_id: UUID) -> None:
        chance = self.world.random
        score = chance.randint(1, 5)
        at = self.now + timedelta(seconds=chance.randrange(400_000))
        nps = chance.choice((None, chance.randint(0, 10)))
        answer = {
            **self._about_survey(survey_id),
            "score": score,
            "nps": nps,
            "tags": [],
            "is_low": score <= 2,
            "is_satisfied": None,
            "answered_at": at,
        }
        self.events.append(self.world.event("survey.answered", self.ticket_id, at, answer))
        # Ticketing tells of it as well; it counts once.
        more = {"survey_id": survey_id, "rated_score": score, "nps": nps, "source": "survey"}
        self.tell("ticket.rated", {"score": score}, by="customer", **more)

    def _about_survey(self, survey_id: UUID) -> dict[str, Any]:
        return {
            "survey_id": survey_id,
            "ticket_id": self.ticket_id,
            "number": self.header["number"],
            "customer_id": self.header["customer_id"],
            "solved_seq": self.solved_seq,
        }

    def judge(self) -> None:
        score = self.world.random.choice((None, 1, 2, 3, 4, 5))
        more = {"survey_id": None, "rated_score": score, "nps": None, "source": "staff"}
        self.tell("ticket.rated", {"score": score}, **more)

    def reopen(self) -> None:
        self.tell("ticket.reopened", {"status": "follow_up"}, by="customer", cause="customer")
        if self.world.random.random() < 0.5:
            self.clock("resolution", "running")

    def close(self) -> None:
        more = {"from_status": self.header["status"], "to_status": "closed"}
        self.tell("ticket.status_changed", {"status": "closed"}, **more)

    def suggest(self) -> None:
        use = {
            "use_id": self.world.new_id(),
            "article_id": self.world.new_id(),
            "ticket_id": self.ticket_id,
            "number": self.header["number"],
            "person_id": self.world.random.choice(self.world.agents),
            "rank": 1,
            "used_at": self.now,
        }
        self.events.append(self.world.event("suggestion.used", self.ticket_id, self.now, use))

    def go_late(self) -> None:
        """A promise is broken, and sometimes taken back or kept late."""
        target = self.world.random.choice(("first_reply", "resolution"))
        due_at = self.breach(target)
        chance = self.world.random.random()
        if chance < 0.2:
            self.clock(target, "running")
        elif chance < 0.4:
            self.clock(target, "cancelled", is_breached=chance < 0.3, due_at=due_at)

    def live(self) -> "Life":
        """To some end, or none."""
        self.create()
        for _ in range(self.world.random.randrange(14)):
            self.after()
            getattr(self, self.world.random.choice(self._choices()))()
        return self

    def _choices(self) -> tuple[str, ...]:
        if self.header["status"] == "closed":
            return ("ask", "judge", "reopen", "survey") if self.solved_seq else ("ask",)
        if self.header["status"] == "solved":
            return ("reopen", "survey", "judge", "close", "reply", "survey")
        if self.header["assignee_id"] is None:
            return ("assign", "assign", "transfer", "go_late", "ask", "close", "raise_urgency")
        return (
            *("accept", "reply", "reply", "wait", "solve", "solve", "solve", "transfer"),
            *("give_back", "ask", "raise_urgency", "suggest", "go_late", "assign"),
        )


def live_many(world: World, count: int) -> list[Life]:
    """Whole lives."""
    return [Life(world).live() for _ in range(count)]
