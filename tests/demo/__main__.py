"""`make demo`: the story against the system that `make run` runs."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.demo import story
from tests.demo.circle import close_circle
from tests.demo.customer import Form, Mailbox, MailServer, Surveys
from tests.demo.desk import Desk
from tests.demo.story import Outside

CARD = Path(__file__).resolve().parents[2] / ".run" / "env.json"


def read_card() -> dict[str, Any]:
    """Addresses, logins and variables that `make run` left; ends with a hint without them."""
    if not CARD.exists():
        sys.exit("nothing is running here: start `make run` in another terminal first")
    return dict(json.loads(CARD.read_text()))


def outside_of(card: dict[str, Any]) -> Outside:
    """The customers' side of that system."""
    addresses, variables = card["addresses"], card["variables"]
    return Outside(
        form=Form(addresses["door"], variables["FORM_KEY"]),
        mail=MailServer(addresses["mail_in"]),
        mailbox=Mailbox(addresses["mailbox"]),
        surveys=Surveys(addresses["api"]),
    )


def desk_of(card: dict[str, Any], role: str) -> Desk:
    """The first demo login of this role."""
    login = next(one for one in card["logins"] if one["role"] == role)
    return Desk(card["addresses"]["api"], login["login"], login["password"])


def agents_of(card: dict[str, Any]) -> list[Desk]:
    """All demo logins of agents."""
    logins = [one for one in card["logins"] if one["role"] == "agent"]
    return [Desk(card["addresses"]["api"], one["login"], one["password"]) for one in logins]


@contextmanager
def somebody_there(desk: Desk, say: story.Say) -> Iterator[None]:
    """Online while the story goes on, then as before."""
    before = desk.ask("GET", "/presence/own")["state"]
    say(f"{desk.person['name']} is online")
    desk.ask("PUT", "/presence/own", {"state": "online"})
    yield
    desk.ask("PUT", "/presence/own", {"state": before})


def see_to(agents: list[Desk], supervisor: Desk, number: str, say: story.Say) -> Desk:
    """Whose it is: by rule, or by hand where others stand before it in the list."""
    desk = story.get_by_rule([supervisor, *agents], number, say)
    if desk:
        story.accept(desk, number, say)
        return desk
    say(f"{number} waits behind others, or is somebody else's")
    order = {"assignee_id": agents[0].person["person_id"]}
    supervisor.ask("PUT", f"/tickets/{number}/assignee", order)
    story.accept(agents[0], number, say)
    return agents[0]


def main() -> None:
    """Tell the story, and count at its end."""
    card = read_card()
    outside, supervisor = outside_of(card), desk_of(card, "supervisor")
    agents = agents_of(card)
    tag = uuid4().hex[:8]
    mail_address, form_address = f"zhangsan-{tag}@example.com", f"lisi-{tag}@example.com"
    say = print
    with somebody_there(agents[0], say):
        story.complain_by_mail(outside, mail_address, say)
        number = story.receipt_number(outside, mail_address, say)
        desk = see_to(agents, supervisor, number, say)
    repair = story.ask_for_repair(outside, form_address, say)
    story.work_on(desk, number, say)
    story.answer_by_mail(outside, mail_address, number, say)
    story.see_answer(desk, number, say)
    story.solve(desk, outside, number, mail_address, say)
    close_circle(outside, desk, supervisor, number, mail_address, say)
    # Else repairs of earlier demos would take up somebody's room.
    supervisor.ask("POST", f"/tickets/{repair}/solution", {"text": "投影仪已更换电源。"})
    say(f"{supervisor.person['name']} solves {repair}")
    say(f"the timeline of {number}:")
    story.told_timeline(supervisor, number, say)
    for wanted in (number, repair):
        customer = supervisor.ticket(wanted)["customer"]["customer_id"]
        tickets = supervisor.all_tickets(customer_id=customer)
        say(f"{tickets[0]['customer']['name']} has {len(tickets)} ticket: {wanted}")
        if [row["number"] for row in tickets] != [wanted]:
            sys.exit(f"expected exactly one ticket, found {tickets}")


if __name__ == "__main__":
    main()
