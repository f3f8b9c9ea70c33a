"""A group with agents of its own, made through REST as administrators make it."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from libs.common.testing.eventually import eventually
from tests.demo.desk import Desk, Refused

_PASSWORD = "Zwei Fische-schwimmen 7"
_BEAT = 15  # seconds
_ANY = {"If-Match": "*"}


class Team:
    """Who works in it is known to dispatch: its profiles are set here too."""

    def __init__(self, administrator: Desk, name: str) -> None:
        self._administrator = administrator
        self.group_id: str = administrator.ask("POST", "/groups", {"name": name})["group_id"]
        self.name = name

    def hire(self, login: str, name: str, *, is_lead: bool = False, **profile: Any) -> Desk:
        """A new agent, signed in; `profile` is what dispatch is told, such as `capacity`."""
        place = [{"group_id": self.group_id, "is_lead": is_lead}]
        body = {"login": login, "name": name, "role": "agent", "groups": place}
        made = self._administrator.ask("POST", "/accounts", body)
        first = self._administrator.beside(login, made["initial_password"])
        change = {"current": made["initial_password"], "new": _PASSWORD}
        first.ask("PUT", "/me/password", change)
        newcomer = self._administrator.beside(login, _PASSWORD)
        # Dispatch learns of people by events.
        eventually(lambda: self.set(newcomer, profile), 30, trouble=(Refused,))
        return newcomer

    def set(self, agent: Desk, profile: dict[str, Any]) -> dict[str, Any]:
        """Change a profile; the whole as it is then."""
        path = f"/dispatch/agents/{agent.person['person_id']}"
        if not profile:
            return dict(self._administrator.ask("GET", path))
        return dict(self._administrator.ask("PATCH", path, profile, headers=_ANY))


def go_online(*agents: Desk) -> None:
    """They are there, for as long as a heartbeat counts."""
    for agent in agents:
        agent.ask("PUT", "/presence/own", {"state": "online"})


def go_offline(*agents: Desk) -> None:
    """They get nothing more."""
    for agent in agents:
        agent.ask("PUT", "/presence/own", {"state": "offline"})


@contextmanager
def kept_online(agents: Iterable[Desk]) -> Iterator[None]:
    """They are there, and their consoles say so, until the block ends."""
    agents, ended = list(agents), threading.Event()
    go_online(*agents)

    def beat() -> None:
        while not ended.wait(_BEAT):
            for agent in agents:
                agent.ask("POST", "/presence/own/heartbeats")

    thread = threading.Thread(target=beat, name="heartbeats")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        go_offline(*agents)


def put_rule_first(desk: Desk, rule: dict[str, Any]) -> str:
    """Make a dispatch rule that is tried before all others; returns its id."""
    made = eventually(lambda: desk.ask("POST", "/dispatch/rules", rule), 30, trouble=(Refused,))
    return _put_first(desk, "/dispatch/rules", "rule_id", "rule_ids", str(made["rule_id"]))


def put_policy_first(desk: Desk, policy: dict[str, Any]) -> str:
    """Make an SLA policy that is tried before all others; returns its id."""
    made = desk.ask("POST", "/sla/policies", policy)
    return _put_first(desk, "/sla/policies", "policy_id", "policy_ids", str(made["policy_id"]))


def remove_rule(desk: Desk, rule_id: str) -> None:
    """What waits by it is matched anew."""
    desk.ask("DELETE", f"/dispatch/rules/{rule_id}", headers=_ANY)


def _put_first(desk: Desk, path: str, key: str, keys: str, made: str) -> str:
    others = [one[key] for one in desk.ask("GET", path)["items"] if one[key] != made]
    desk.ask("PUT", f"{path}/order", {keys: [made, *others]})
    return made
