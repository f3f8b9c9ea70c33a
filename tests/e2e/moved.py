"""Tickets that have moved in every way that shows on them."""

from datetime import UTC, datetime, timedelta

from tests.demo.desk import Desk


def move(supervisor: Desk, number: str, gone: str) -> None:
    """The ticket is urged, supervised and copied; the one that is `gone` lies in the bin."""
    supervisor.ask("POST", f"/tickets/{number}/urges", {"note": "客户来电催问"})
    due = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    watched = {"due_at": due, "every_hours": 4, "note": "今天给出方案"}
    supervisor.ask("POST", f"/tickets/{number}/supervision", watched)
    added = [{"kind": "person", "id": supervisor.person["person_id"]}]
    supervisor.ask("POST", f"/tickets/{number}/cc", {"added": added})
    supervisor.ask("POST", f"/tickets/{gone}/deletion", {"reason": "误开"})
