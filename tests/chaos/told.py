"""After the storm: who was asked, who was told outside, and what open consoles were shown."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from tests.chaos.responsible import rows
from tests.demo.desk import Desk
from tests.support.vendors.server import HANG, Asked, Said
from tests.support.webhook_receiver import Receiver

_SOLVINGS = "SELECT subject, seq FROM archive WHERE type = 'ticket.solved'"
_OVER = ("superseded", "cancelled")


class MoodyReceiver(Receiver):
    """A receiver of webhooks with bad moments: every 100th event is refused, every 500th hangs."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    def take(self, asked: Asked) -> Said:
        self._count += 1
        if self._count % 500 == 0:
            self.say(HANG)
        elif self._count % 100 == 0:
            self.say(Said(b"", 503))
        return super().take(asked)

    def register(self, desk: Desk) -> None:
        """As a webhook for all that tickets do."""
        hook = {"name": "演练", "url": self.hook_url, "types": ["ticket.*"]}
        self.secrets.append(desk.ask("POST", "/webhooks", hook)["secret"])


def check_webhooks(env: Mapping[str, str], receiver: Receiver) -> None:
    """Each event of a ticket came, and each ticket's in order."""
    told = rows(env, "reporting", "SELECT event_id FROM archive WHERE type LIKE 'ticket.%'")
    assert set(receiver.ids()) == {str(row.event_id) for row in told}
    for row in rows(env, "ticketing", "SELECT ticket_id, seq FROM tickets"):
        assert receiver.seqs(str(row.ticket_id)) == list(range(1, row.seq + 1))


def check_surveys(
    env: Mapping[str, str], links: dict[str, set[str]], scores: dict[str, int]
) -> None:
    """One survey a solving, the newest of a ticket stands, its mail came once, answers count once.

    `links` are those that came by mail, with the Message-IDs of those mails; `scores` the answers.
    """
    found = rows(env, "notify", "SELECT ticket_id, solved_seq, status, code, score FROM surveys")
    solvings = {(row.subject, row.seq) for row in rows(env, "reporting", _SOLVINGS)}
    assert sorted((str(row.ticket_id), row.solved_seq) for row in found) == sorted(solvings)
    by_ticket: dict[Any, list[Any]] = defaultdict(list)
    for row in sorted(found, key=lambda row: row.solved_seq):
        by_ticket[row.ticket_id].append(row)
    query = "SELECT ticket_id, score, status_category FROM tickets"
    tickets = {row.ticket_id: row for row in rows(env, "ticketing", query)}
    for ticket_id, surveys in by_ticket.items():
        *older, newest = surveys
        if tickets[ticket_id].status_category in ("solved", "closed"):
            assert newest.status in ("sent", "answered"), ticket_id
        assert all(one.status in ("answered", *_OVER) for one in older), ticket_id
        given = [one.score for one in surveys if one.score]
        assert tickets[ticket_id].score == (given[-1] if given else None)
    assert all(len(mails) == 1 for mails in links.values()), "a survey came twice"
    codes = {link.rpartition("/")[2]: link for link in links}
    assert set(codes) == {row.code for row in found if row.status not in _OVER}
    answered = {codes[row.code]: row.score for row in found if row.status == "answered"}
    assert answered == scores
    rated = "SELECT count(*) FROM timeline_entries WHERE event->>'type' = 'ticket.rated'"
    assert rows(env, "ticketing", rated)[0][0] == len(scores)


def check_updates(env: Mapping[str, str]) -> None:
    """Open consoles were told of each ticket forwards only, and of its newest state last."""
    query = (
        "SELECT ticket_id, (body->>'seq')::int AS seq, body->>'status' AS status "
        "FROM live_updates WHERE kind = 'ticket' ORDER BY id"
    )
    told: dict[Any, list[Any]] = defaultdict(list)
    for row in rows(env, "gateway", query):
        told[row.ticket_id].append(row)
    for row in rows(env, "ticketing", "SELECT ticket_id, seq, status FROM tickets"):
        seqs = [update.seq for update in told[row.ticket_id]]
        assert seqs == sorted(seqs)
        last = told[row.ticket_id][-1]
        assert (last.seq, last.status) == (row.seq, row.status)
