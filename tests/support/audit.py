"""The operation log under a test: written, sealed, tampered with, verified."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from gateway.audit.checking import Check
from gateway.audit.checkpoints import Checkpoint
from gateway.audit.entry import Entry, Who, make_entry
from gateway.audit.reading import snapshot
from gateway.audit.sealer import last_seal, seal_batch
from gateway.audit.settings import SealKeys
from gateway.audit.tail import add_entry
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7

KEYS = SealKeys((b"k" * 32,))
LI = Who("staff", uuid7(), "CS001", "李雷", "agent", uuid7())


def entry_of(who: Who = LI, *, phase: str = "outcome", **facts: Any) -> Entry:
    """An entry with something in every column."""
    usual = {
        "permission": "ticket.solve",
        "address": "192.0.2.7",
        "user_agent": "Firefox",
        "object_kind": "ticket",
        "object_id": "G20261122001",
        "status": 200,
        "outcome": "done",
        "request_id": uuid7().hex,
        "detail": '{"after":{"status":"solved"},"before":{"status":"in_progress"}}',
    }
    action = facts.pop("action", "solve_ticket")
    now = facts.pop("now", None) or utc_now()
    return make_entry(phase, action, who, now, **{**usual, **facts})


class Log:
    """One gateway's log."""

    def __init__(self, database: Database, keys: SealKeys = KEYS) -> None:
        self.database = database
        self.keys = keys

    def write(self, *entries: Entry) -> None:
        with self.database.begin() as uow:
            for entry in entries:
                add_entry(uow, entry)
            uow.commit()

    def seal(self) -> None:
        while seal_batch(self.database, self.keys):
            pass

    def append(self, count: int) -> None:
        """That many entries in a batch of their own."""
        start = utc_now() - timedelta(seconds=1)
        self.write(*(entry_of(now=start + timedelta(microseconds=n)) for n in range(count)))
        self.seal()

    def problems(
        self,
        *,
        first: int = 1,
        checkpoints: Iterable[Checkpoint] = (),
        keys: SealKeys | None = None,
    ) -> list[str]:
        with snapshot(self.database.engine) as log:
            return list(Check(log, keys or self.keys, first, checkpoints).problems())

    def checkpoint(self) -> Checkpoint:
        with self.database.begin(read_only=True) as uow:
            seal = last_seal(uow.session.connection())
        assert seal is not None
        return Checkpoint(seal.number, seal.last_position, seal.hmac)

    def rows(self, query: str, **values: Any) -> list[Any]:
        with self.database.begin(read_only=True) as uow:
            return list(uow.session.execute(text(query), values).all())

    @contextmanager
    def as_owner_of_the_server(self) -> Iterator[Connection]:
        """A superuser for whom no trigger fires."""
        with self.database.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection


def fill(database: Database, count: int) -> None:
    """Many entries of an invented past, one every ten seconds; for searching, not for verifying."""
    with database.engine.begin() as connection:
        connection.execute(_FILL, {"count": count})
        connection.execute(text("ANALYZE audit_entries"))


_FILL = text(
    """
    INSERT INTO audit_entries (entry_id, action_id, phase, occurred_at, action, permission,
        actor_kind, actor_id, actor_login, actor_name, role, credential_id, address, user_agent,
        object_kind, object_id, status, outcome, request_id, detail, position, entry_hash,
        sealed_at)
    SELECT gen_random_uuid(), gen_random_uuid(), 'outcome',
        now() - n * interval '10 seconds',
        CASE WHEN n % 1000 = 7 THEN 'edit_role' ELSE 'action_' || n % 25 END,
        'ticket.edit', 'staff',
        md5((n % 300)::text)::uuid, 'CS' || n % 300, '客服' || n % 300, 'agent', gen_random_uuid(),
        '192.0.2.' || n % 250, 'Firefox', 'ticket', 'G' || n % 20000, 200,
        CASE WHEN n % 5000 = 3 THEN 'unknown' WHEN n % 50 = 1 THEN 'refused' ELSE 'done' END,
        md5(n::text), '{"after":{"status":"solved"}}', n + 1000000, '', now()
    FROM generate_series(1, :count) AS n
    """
)
