"""A machine that does things to tickets at random; after each all rows are compared (holding)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.integration.ticketing import happening
from tests.integration.ticketing.living import GATEWAY, World

Open = Callable[[], World]

spots, people = st.integers(0, 9), st.integers(0, 7)
coin = st.booleans()
versions = st.sampled_from(["none", "right", "stale"])
statuses = st.sampled_from(
    ["in_progress", "awaiting_customer", "awaiting_approval", "follow_up", "closed", "archived"]
)
close_kinds = st.sampled_from([None, "normal", "duplicate", "invalid", "withdrawn"])
relations = st.sampled_from(["relates_to", "duplicates", "blocked_by"])
STEPS = [
    {"type": "assign", "to": "me"},
    {"type": "add_tags", "tags": ["宏"]},
    {"type": "reply", "text": "您好"},
    {"type": "set_status", "status": "awaiting_customer"},
]
ORDERS = (
    {"type": "add_tags", "tags": ["批量"]},
    {"type": "set_status", "status": "closed"},
    {"type": "reply", "text": "批量回复"},
    {"type": "solve", "text": "批量解决", "notify_customer": True},
    {"type": "set_urgency", "urgency": "urgent"},
)


class Lives(RuleBasedStateMachine):
    """Each rule is one thing that somebody does; most are refused now and then.

    None depends on how the world is, for which hypothesis would have to find it the same each time
    that it tells the same life: ids are new ones.
    """

    open_world: Open

    @initialize()
    def begin(self) -> None:
        self.world = self.open_world()
        who = self.world.people
        for customer in (who.chen, who.chen, who.zhao):
            self.create(customer)
        for spot in (0, 1):
            number = self.world.number(spot)
            self.do("assign_ticket", who.boss, number, **_named(who.li))
            self.do("accept_ticket", who.li, number)
        self.do("open_child", who.li, self.world.number(0), subject="请核对", text="缺货?")

    def create(self, customer: Any) -> None:
        says = self.world.words()
        self.world.ask(
            "create_ticket",
            self.world.people.boss,
            says=says,
            customer_id=str(customer.subject),
            customer_name=customer.name,
            subject="无法登录",
            text=says,
        )

    def do(self, method: str, who: Any, spot: int | str, **given: Any) -> Any:
        number = spot if isinstance(spot, str) else self.world.number(spot)
        return self.world.ask(method, who, number=number, **given)

    def say(self, method: str, who: Any, spot: int | str, name: str, **given: Any) -> Any:
        """The same with words that must not be lost."""
        words = self.world.words()
        return self.do(method, who, spot, says=words, **{name: words}, **given)

    def staff(self, one: int) -> Any:
        return self.world.people.staff[one]

    def customer(self, one: bool) -> Any:
        return self.world.people.chen if one else self.world.people.zhao

    def version(self, spot: int, wanted: str) -> int | None:
        version: int = self.world.ticket(self.world.number(spot))["version"]
        return {"none": None, "right": version, "stale": version - 1}[wanted]

    # Beginning, and what customers do.

    @rule(one=coin)
    def register(self, one: bool) -> None:
        if len(self.world.kept["tickets"]) < 8:
            self.create(self.customer(one))

    @rule(spot=spots, is_auto_reply=coin, urges=coin)
    def write(self, spot: int, is_auto_reply: bool, urges: bool) -> None:
        happening.hear_message(self.world, self.world.number(spot), is_auto_reply, urges)

    @rule(spot=spots, one=coin)
    def write_in_portal(self, spot: int, one: bool) -> None:
        self.say("add_request_message", self.customer(one), spot, "text")

    @rule(one=coin)
    def request(self, one: bool) -> None:
        if len(self.world.kept["tickets"]) < 8:
            who, says = self.customer(one), self.world.words()
            given = {"customer_name": who.name, "subject": "打印机坏了", "text": says}
            self.world.ask("create_request", who, says=says, **given)

    @rule(spot=spots, one=coin, method=st.sampled_from(["urge_request", "withdraw_request"]))
    def urge_or_withdraw(self, spot: int, one: bool, method: str) -> None:
        name = "note" if method == "urge_request" else "reason"
        self.say(method, self.customer(one), spot, name)

    @rule(spot=spots, one=coin, is_solved=coin)
    def confirm(self, spot: int, one: bool, is_solved: bool) -> None:
        number = self.world.fitting(spot, _is("solved"))
        self.say("confirm_request", self.customer(one), number, "words", is_solved=is_solved)

    @rule(spot=spots, score=st.integers(1, 5), is_present=coin)
    def rate(self, spot: int, score: int, is_present: bool) -> None:
        happening.rate_ticket(self.world, self.world.number(spot), score, is_present)

    # Hands.

    @rule(spot=spots, who=people, whom=people, version=versions)
    def assign(self, spot: int, who: int, whom: int, version: str) -> None:
        given = _named(self.staff(whom)) | {"version": self.version(spot, version)}
        self.say("assign_ticket", self.staff(who), spot, "note", **given)

    @rule(spot=spots, who=people)
    def accept(self, spot: int, who: int) -> None:
        self.do("accept_ticket", self.staff(who), spot)

    @rule(spot=spots, behind=st.integers(0, 1), is_withdrawn=coin)
    def propose(self, spot: int, behind: int, is_withdrawn: bool) -> None:
        happening.propose(self.world, self.world.number(spot), behind, is_withdrawn)

    @rule(spot=spots, who=people, to=st.sampled_from(["group", "person", "department"]))
    def transfer(self, spot: int, who: int, to: str) -> None:
        known = self.world.people
        targets = {"group": known.team, "person": known.han.subject, "department": known.unit}
        self.say("transfer_ticket", self.staff(who), spot, "note", **{f"{to}_id": str(targets[to])})

    @rule(spot=spots, who=people, to=st.sampled_from(["group", "previous", "pool"]))
    def give_back(self, spot: int, who: int, to: str) -> None:
        self.say("return_ticket", self.staff(who), spot, "reason", to=to)

    # Work.

    @rule(spot=spots, who=people, status=st.none() | statuses)
    def reply(self, spot: int, who: int, status: str | None) -> None:
        self.say("reply", self.staff(who), spot, "text", status=status)

    @rule(spot=spots, who=people)
    def note(self, spot: int, who: int) -> None:
        self.say("add_note", self.staff(who), spot, "text")

    @rule(spot=spots, who=people, kind=st.sampled_from(["reply", "note"]))
    def draft(self, spot: int, who: int, kind: str) -> None:
        self.say("save_draft", self.staff(who), spot, "text", kind=kind)

    @rule(spot=spots, who=people, version=versions)
    def solve(self, spot: int, who: int, version: str) -> None:
        told = {"version": self.version(spot, version)}
        self.say("solve_ticket", self.staff(who), spot, "text", **told)

    @rule(spot=spots, who=people, status=statuses)
    def move(self, spot: int, who: int, status: str) -> None:
        self.say("change_status", self.staff(who), spot, "reason", status=status)

    @rule(spot=spots, who=people, kind=close_kinds, other=spots, along=coin)
    def close(self, spot: int, who: int, kind: str | None, other: int, along: bool) -> None:
        given: dict[str, Any] = {"status": "closed", "close_kind": kind, "with_children": along}
        if kind == "duplicate":
            given["duplicate_of"] = self.world.number(other)
        self.say("change_status", self.staff(who), spot, "reason", **given)

    @rule(spot=spots, who=people)
    def reopen(self, spot: int, who: int) -> None:
        number = self.world.fitting(spot, _is("solved"))
        self.say("reopen_ticket", self.staff(who), number, "reason")

    @rule(
        spot=spots,
        who=people,
        version=versions,
        changes=st.sampled_from(
            [{"tags": ["甲"]}, {"tags": ["甲", "乙"]}, {"urgency": "urgent"}, {"subject": "改"}]
        ),
    )
    def edit(self, spot: int, who: int, version: str, changes: dict[str, Any]) -> None:
        given = {"version": self.version(spot, version), "changes": changes}
        self.do("edit_ticket", self.staff(who), spot, **given, urgency_reason="客户来电")

    @rule(spot=spots, who=people, key=st.sampled_from(["inquiry", "repair"]))
    def change_template(self, spot: int, who: int, key: str) -> None:
        self.do("change_ticket_template", self.staff(who), spot, template_key=key)

    @rule(spot=spots, who=people, is_satisfied=coin)
    def judge(self, spot: int, who: int, is_satisfied: bool) -> None:
        self.say("judge_ticket", self.staff(who), spot, "words", is_satisfied=is_satisfied)

    @rule(spot=spots, who=people)
    def urge(self, spot: int, who: int) -> None:
        self.say("urge_ticket", self.staff(who), spot, "note")

    @rule(spot=spots, who=people)
    def use_macro(self, spot: int, who: int) -> None:
        macro_id = happening.kept_macro(self.world, STEPS)
        self.do("apply_macro", self.staff(who), spot, macro_id=macro_id)

    @rule(spot=spots, who=people, order=st.sampled_from(ORDERS))
    def order_bulk(self, spot: int, who: int, order: dict[str, Any]) -> None:
        happening.work_bulk(self.world, self.staff(who), self.world.number(spot), order)

    @rule(spot=spots, status=statuses)
    def break_a_promise(self, spot: int, status: str) -> None:
        happening.breach(self.world, self.world.number(spot), status)

    # Watching over.

    @rule(spot=spots, who=people)
    def supervise(self, spot: int, who: int) -> None:
        due_at = (self.world.now + timedelta(days=1)).isoformat()
        given = {"due_at": due_at, "every_hours": 2}
        self.say("supervise_ticket", self.staff(who), spot, "note", **given)

    @rule(spot=spots, who=people, is_content=coin)
    def end_supervision(self, spot: int, who: int, is_content: bool) -> None:
        number = self.world.fitting(spot, lambda row: row["is_supervised"])
        if is_content:
            leader = (self.world.ticket(number)["supervision"] or {}).get("leader", {})
            known = self.world.people.staff
            mine = [one for one in known if str(one.subject) == leader.get("person_id")]
            self.say("sign_off", (mine or [self.staff(who)])[0], number, "words")
        else:
            self.say("cancel_supervision", self.staff(who), number, "reason")

    @rule(spot=spots)
    def remind(self, spot: int) -> None:
        number = self.world.fitting(spot, lambda row: row["is_supervised"])
        happening.remind(self.world, number)

    @rule(spot=spots, who=people, is_added=coin)
    def copy(self, spot: int, who: int, is_added: bool) -> None:
        unit = str(self.world.people.unit)
        added = [{"kind": "department", "id": unit}] if is_added else []
        removed = [] if is_added else [unit]
        self.say("change_copies", self.staff(who), spot, "note", added=added, removed=removed)

    # Together with other tickets.

    @rule(spot=spots, other=spots, who=people, relation=relations)
    def link(self, spot: int, other: int, who: int, relation: str) -> None:
        given = {"other": self.world.number(other), "relation": relation}
        self.do("link_tickets", self.staff(who), spot, **given)

    @rule(spot=spots, who=people, one=spots)
    def unlink(self, spot: int, who: int, one: int) -> None:
        link_id = self.world.one_of("ticket_links", one)
        self.do("unlink_tickets", self.staff(who), spot, link_id=link_id)

    @rule(spot=spots, who=people, child=spots, method=st.sampled_from(["attach", "detach"]))
    def relate(self, spot: int, who: int, child: int, method: str) -> None:
        number, tickets = self.world.number(spot), self.world.kept["tickets"]
        if method == "detach":
            number = self.world.fitting(child, lambda row: row["parent_id"])
            above = tickets.get(self.world.ticket(number)["parent_id"])
            number, other = (above["number"] if above else number), number
        else:
            other = self.world.number(child)
        self.do(f"{method}_child", self.staff(who), number, child=other)

    @rule(spot=spots, who=people)
    def open_child(self, spot: int, who: int) -> None:
        if len(self.world.kept["tickets"]) < 8:
            self.say("open_child", self.staff(who), spot, "text", subject="请核对库存")

    @rule(spot=spots, who=people, other=spots, is_confirmed=coin)
    def merge(self, spot: int, who: int, other: int, is_confirmed: bool) -> None:
        given = {"numbers": [self.world.number(other)], "is_confirmed": is_confirmed}
        self.say("merge_tickets", self.staff(who), spot, "reason", **given)

    @rule(spot=spots, who=people)
    def unmerge(self, spot: int, who: int) -> None:
        number = self.world.fitting(spot, lambda row: row["merged_into"])
        self.say("unmerge_ticket", self.staff(who), number, "reason")

    @rule(spot=spots, who=people, one=spots)
    def split(self, spot: int, who: int, one: int) -> None:
        key = self.world.ticket(self.world.number(spot))["ticket_id"]
        said = self.world.one_of("timeline_entries", one, ticket_id=key, kind="message")
        if len(self.world.kept["tickets"]) < 8:
            self.do("split_ticket", self.staff(who), spot, entry_ids=[said], subject="另一件事")

    @rule(spot=spots, who=people, method=st.sampled_from(["link", "unlink", "answer"]), does=coin)
    def find_the_problem(self, spot: int, who: int, method: str, does: bool) -> None:
        number = self.world.number(spot)
        if method == "unlink":
            number = self.world.fitting(spot, lambda row: row["problem_id"])
        happening.treat_problem(self.world, self.staff(who), number, method, solves=does)

    # Together with other people.

    @rule(spot=spots, who=people, then=st.none() | st.sampled_from(["take", "answer", "decline"]))
    def ask_for_help(self, spot: int, who: int, then: str | None) -> None:
        says = self.world.words()
        target = {"target_kind": "department", "target_id": str(self.world.people.unit)}
        due_at = (self.world.now + timedelta(hours=1)).isoformat()
        parts = [target | {"duty": says, "due_at": due_at}]
        made = self.do("start_collaboration", self.staff(who), spot, says=says, parts=parts)
        if made and then:
            last = len(self.world.kept["collaborations"]) - 1
            happening.help_out(self.world, self.world.people.helper, last, then)

    @rule(one=spots, method=st.sampled_from(["take", "answer", "decline"]), is_helper=coin)
    def help(self, one: int, method: str, is_helper: bool) -> None:
        who = self.world.people.helper if is_helper else self.world.people.li
        happening.help_out(self.world, who, one, method)

    @rule(one=spots, who=people, method=st.sampled_from(["accept", "again", "cancel", "rate"]))
    def deal_with_help(self, one: int, who: int, method: str) -> None:
        happening.deal_with_help(self.world, self.staff(who), one, method)

    @rule(one=spots)
    def pass_the_limit(self, one: int) -> None:
        happening.pass_the_limit(self.world, one)

    @rule(spot=spots, who=people)
    def ask_for_files(self, spot: int, who: int) -> None:
        given = {"kinds": ["image"], "max_files": 1, "days": 3, "site": "https://desk.example.com"}
        made = self.say("request_material", self.staff(who), spot, "text", **given)
        if made:
            self.world.links[made["request_id"]] = made["link"].rsplit("/", 1)[1]

    @rule(one=spots)
    def send_files(self, one: int) -> None:
        happening.send_files(self.world, GATEWAY, one)

    @rule(spot=spots, who=people, one=spots)
    def revoke_link(self, spot: int, who: int, one: int) -> None:
        request_id = self.world.one_of("material_requests", one)
        self.do("revoke_material", self.staff(who), spot, request_id=request_id)

    @rule(spot=spots, who=people, one=spots, method=st.sampled_from(["log", "edit", "remove"]))
    def count_effort(self, spot: int, who: int, one: int, method: str) -> None:
        given: dict[str, Any] = {} if method == "remove" else {"minutes": 15 + one}
        number = self.world.number(spot)
        if method != "log":
            given["effort_id"] = self.world.one_of("efforts", one)
            effort = self.world.kept["efforts"].get(given["effort_id"])
            if effort:
                number = self.world.kept["tickets"][effort["ticket_id"]]["number"]
        self.do(f"{method}_effort", self.staff(who), number, **given)

    # The end of it.

    @rule(spot=spots, who=people)
    def delete(self, spot: int, who: int) -> None:
        self.say("delete_ticket", self.staff(who), spot, "reason")

    @rule(spot=spots, who=people)
    def restore(self, spot: int, who: int) -> None:
        self.do("restore_ticket", self.staff(who), self.world.fitting(spot, _is("deleted")))

    @rule(spot=spots, who=people)
    def purge(self, spot: int, who: int) -> None:
        number = self.world.fitting(spot, _is("deleted"))
        # What is purged stays, and most of a life should be about what can still change.
        if sum(one["status"] == "purged" for one in self.world.kept["tickets"].values()) < 2:
            self.do("purge_ticket", self.staff(who), number, confirmation=number)

    @rule(hours=st.sampled_from([1, 30]), job=st.sampled_from(happening.AGING))
    def grow_old(self, hours: int, job: str) -> None:
        self.world.pass_time(hours=hours)
        happening.grow_old(self.world, job)


def _is(status: str) -> Callable[[Any], bool]:
    return lambda row: bool(row["status"] == status)


def _named(who: Any) -> dict[str, str]:
    return {"assignee_id": str(who.subject), "assignee_name": who.name}
