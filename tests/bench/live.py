"""How soon open consoles hear: many streams, and everybody who listens counted.

    python -m tests.bench.live

floods one process with servers of its own: 500 updates a second for 200 streams.
"""

import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import orjson
from sqlalchemy import text

from gateway.auth.sessions import open_session
from gateway.live.hearing import hear
from gateway.seed import seed_staff
from libs.common.config import Config
from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import Database
from tests.bench.own_servers import own_servers
from tests.bench.table import print_table
from tests.support.live_events import Ticket

STREAMS, PER_PERSON = 100, 5
FLOOD_STREAMS, FLOOD_RATE, FLOOD_SECONDS = 200, 500, 20
_TICK = 0.1  # seconds

Row = dict[str, Any]


@dataclass
class Crowd:
    """Streams that are read by one thread; `delays` in seconds, from `occurred_at` on."""

    base: str
    delays: list[float] = field(default_factory=list)
    _rest: dict[socket.socket, bytes] = field(default_factory=dict)
    _is_over: bool = False

    def join(self, token: str) -> None:
        """One more stream, which must begin."""
        parts = urlsplit(self.base)
        sock = socket.create_connection((parts.hostname, parts.port), timeout=20)
        asked = f"GET /api/v1/live HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n"
        sock.sendall(asked.encode())
        answer = b""
        while b"event: ready" not in answer:
            got = sock.recv(65536)
            if not got or b" 503 " in got[:40]:
                raise RuntimeError(f"no stream: {answer + got!r}")
            answer += got
        self._rest[sock] = b""

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Read until the block is over."""
        thread = threading.Thread(target=self._read)
        thread.start()
        try:
            yield
        finally:
            self._is_over = True
            thread.join()
            for sock in self._rest:
                sock.close()

    def _read(self) -> None:
        with selectors.DefaultSelector() as selector:
            for sock in self._rest:
                selector.register(sock, selectors.EVENT_READ)
            while not self._is_over:
                for key, _ in selector.select(0.2):
                    self._take(key.fileobj)  # type: ignore[arg-type]

    def _take(self, sock: socket.socket) -> None:
        got, now = self._rest[sock] + sock.recv(1 << 20), time.time()
        *lines, self._rest[sock] = got.split(b"\n")
        for line in lines:
            if line.startswith(b"data: ") and b'"ticket.' in line:
                at = datetime.fromisoformat(orjson.loads(line[6:])["occurred_at"])
                self.delays.append(now - at.timestamp())


def measure_live(base: str, tokens: list[str], act: Callable[[int], None], seconds: float) -> Row:
    """Ten updates a second through the whole system, heard by a hundred streams."""
    crowd, acts = Crowd(base), int(seconds * 10)
    for number in range(STREAMS):
        crowd.join(tokens[number // PER_PERSON])
    with crowd.listening(), ThreadPoolExecutor(4) as pool:
        started = time.monotonic()
        for number in range(acts):
            pool.submit(act, number)
            time.sleep(max(started + (number + 1) / 10 - time.monotonic(), 0))
        _wait_for(lambda: len(crowd.delays) >= acts * STREAMS)
    return _row(f"live, {STREAMS} streams", crowd.delays, seconds, acts * STREAMS)


def flood() -> Row:
    """One process of the web, half of whose listeners see all tickets."""
    with own_servers("gateway", GATEWAY_STREAMS=str(FLOOD_STREAMS)) as (variables, processes):
        processes.start("gateway.web")
        database = Database.connect("gateway", Config.read(variables))
        tokens, people = _people(database)
        crowd = Crowd(f"http://127.0.0.1:{variables['GATEWAY_PORT']}")
        for number in range(FLOOD_STREAMS):
            crowd.join(tokens[number // PER_PERSON])
        workers = _workers_of(processes.pid("gateway.web"))
        used = sum(map(_cpu, workers))
        with crowd.listening():
            _write(database, people)
            time.sleep(1)
            used = sum(map(_cpu, workers)) - used
        database.close()
    row = _row(f"live, {FLOOD_RATE}/s, {FLOOD_STREAMS} streams", crowd.delays, FLOOD_SECONDS)
    return row | {"note": f"{used / FLOOD_SECONDS:.0%} of a core"}


def _write(database: Database, people: list[UUID]) -> None:
    tickets = [Ticket(f"G2026100{n:04}", assignee=people[n % len(people)]) for n in range(2_000)]
    each, started = int(FLOOD_RATE * _TICK), time.monotonic()
    for turn in range(int(FLOOD_SECONDS / _TICK)):
        chosen = [tickets[(turn * each + n) % len(tickets)] for n in range(each)]
        events = [_now(ticket.says("ticket.replied")) for ticket in chosen]
        with database.begin() as uow:
            hear(uow, events)
            uow.commit()
        time.sleep(max(started + (turn + 1) * _TICK - time.monotonic(), 0))


def _now(event: Event) -> Event:
    event.data["occurred_at"] = datetime.now(UTC)
    return event


def _people(database: Database) -> tuple[list[str], list[UUID]]:
    """Supervisors and agents in turns, with a session each."""
    count, people, tokens = FLOOD_STREAMS // PER_PERSON, [], []
    with database.begin() as uow:
        seed_staff(uow, {"agent": "a password for the bench"})
        for number in range(count):
            person = uuid4()
            made = text(
                "INSERT INTO people (person_id, login, name, password_hash, role) "
                "VALUES (:id, :login, :login, 'none', :role)"
            )
            role = "supervisor" if number % 2 else "agent"
            uow.session.execute(made, {"id": person, "login": f"bench-{number}", "role": role})
            opened = open_session(uow.session, person, "bearer", datetime.now(UTC))
            people.append(person)
            tokens.append(opened.token)
        uow.commit()
    return tokens, people


def _row(name: str, delays: list[float], seconds: float, expected: int | None = None) -> Row:
    late = sorted(delays)
    at = {f"p{share}": late[int(len(late) * share / 100)] * 1000 for share in (50, 95, 99)}
    lost = f", {expected - len(late)} missing" if expected else ""
    note = f"change → browser, latest {late[-1] * 1000:.0f} ms{lost}"
    return {"name": name, "rate": len(late) / seconds, **at, "note": note}


def _wait_for(is_done: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_done() and time.monotonic() < deadline:
        time.sleep(0.1)


def _workers_of(pid: int) -> list[int]:
    """gunicorn's own process, and its children, which do the work."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def _cpu(pid: int) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    print_table([flood()])
