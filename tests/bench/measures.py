"""The bench's rows about the running system, one method each."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from libs.common.config import Config
from libs.common.database.engine import open_engine
from tests.bench import requests
from tests.bench.audit import measure_log
from tests.bench.dispatch import measure_dispatch
from tests.bench.live import PER_PERSON, STREAMS, measure_live
from tests.bench.load import Result, measure
from tests.bench.memory import resident
from tests.bench.pipeline import Line
from tests.demo.__main__ import desk_of, outside_of

_WARM_UP = 1.0  # seconds


class Bench:
    """Knows the running system and measures it row by row."""

    def __init__(self, card: dict[str, Any], *, seconds: float, forms: int) -> None:
        self._card = card
        self._seconds = seconds
        self._forms = forms
        self._env = {**os.environ, **card["variables"]}
        self._config = Config.read(self._env)
        self._supervisor = desk_of(card, "supervisor")
        self._outside = outside_of(card)
        self._gateway = card["addresses"]["api"].removesuffix("/api/v1")
        self._tag = uuid4().hex[:8]
        self._auth = {"Authorization": f"Bearer {self._make_key()}"}
        self._rows: list[dict[str, Any]] = []

    def _make_key(self) -> str:
        """A program's key of the supervisor's role: a person may not ask so often."""
        wanted = {"name": f"bench {self._tag}", "role": "supervisor", "rate_per_minute": 1_000_000}
        made = desk_of(self._card, "administrator").ask("POST", "/api-keys", wanted)
        return str(made["token"])

    def fill(self, wanted: int) -> None:
        """Bring ticketing to `wanted` tickets through the use cases' bulk path."""
        have = self._scalar("ticketing", "SELECT count(*) FROM tickets")
        if have >= wanted:
            return
        started = time.perf_counter()
        command = [sys.executable, "-m", "services.ticketing.fill", str(wanted - have)]
        agents = self._supervisor.ask("GET", "/people?role=agent")["items"]
        for person in agents:
            command += ["--assignee", f"{person['person_id']}={person['name']}"]
        subprocess.run(command, env=self._env, check=True)
        rate = (wanted - have) / (time.perf_counter() - started)
        note = f"{wanted - have} tickets with their timelines"
        self._rows.append({"name": "fill", "rate": rate, "floor": 1000, "note": note})

    def run(self, names: set[str]) -> list[dict[str, Any]]:
        """Measure these, in the order of `ROWS`."""
        for name, measure_row in ROWS.items():
            if name in names:
                print(f"  measuring {name}", flush=True)
                measure_row(self)
        return self._rows

    def _memory(self) -> None:
        processes, rss, pss = resident(self._env["DATABASE_URL"])
        note = f"{processes} processes: {rss:.0f} MiB resident, {pss:.0f} MiB proportional"
        self._rows.append({"name": "memory, idle", "note": note})

    def _ceiling(self) -> None:
        ping = requests.gets("/api/v1/ping", self._auth)
        self._add(self._load("C: empty REST → RPC", ping))

    def _get(self) -> None:
        paths = [f"/api/v1/tickets/{number}" for number in self._numbers(2000)]
        load = self._load("get", requests.gets_one_of(paths, self._auth))
        self._add(load, floor=150, of_c=True)

    def _list(self) -> None:
        queries = ("view=open", "view=unassigned", "view=all", "status=solved", "urgency=critical")
        sorts = ("-updated_at", "-created_at")
        paths = [f"/api/v1/tickets?{query}&sort={sort}" for query in queries for sort in sorts]
        load = self._load("list 25", requests.gets_one_of(paths, self._auth))
        self._add(load, floor=100, of_c=True)

    def _create(self) -> None:
        customer = self._customer()
        create = requests.posts(
            lambda w, n: "/api/v1/tickets", lambda w, n: requests.new_ticket(customer), self._auth
        )
        self._add(self._load("create", create), floor=75, of_c=True)

    def _reply(self) -> None:
        numbers = self._numbers(4000, "WHERE status_category = 'open'")
        chosen = [random.Random(worker).sample(numbers, len(numbers)) for worker in range(16)]
        reply = requests.posts(
            lambda w, n: f"/api/v1/tickets/{chosen[w][n % len(numbers)]}/replies",
            lambda w, n: requests.reply(),
            self._auth,
        )
        self._add(self._load("reply", reply), floor=75, of_c=True)

    def _door_and_backlog(self) -> None:
        door, variables = self._card["addresses"]["door"], self._card["variables"]
        form_path = f"/channels/forms/{variables['FORM_KEY']}"
        headers = {"Prefer": "respond-async"}
        post = requests.posts(
            lambda w, n: form_path, lambda w, n: requests.form(self._tag, w, n), headers
        )
        self._add(measure("door, forms", door, post, seconds=self._seconds), floor=400)
        self._backlog()

    def _backlog(self) -> None:
        waiting = "SELECT count(*) FROM receipts WHERE state <> 'failed' AND number IS NULL"
        first, started = self._scalar("intake", waiting), time.perf_counter()
        left = first
        while left and time.perf_counter() - started < 300:
            time.sleep(0.1)
            left = self._scalar("intake", waiting)
        took = time.perf_counter() - started
        note = f"{first} waiting messages became tickets with numbers in {took:.1f} s"
        rate = (first - left) / took if first else None
        row = {"name": "acceptance → ticket, backlog", "rate": rate, "floor": 150, "note": note}
        self._rows.append(row)

    def _idle(self) -> None:
        self._wait_until_quiet()
        latencies = []
        for number in range(40):
            started = time.perf_counter()
            form = requests.form(self._tag, 99, number)
            receipt = self._outside.form.send(form, wait=False)
            while not self._outside.form.receipt(receipt)["number"]:
                time.sleep(0.01)
            latencies.append(time.perf_counter() - started)
        latencies.sort()
        at = [latencies[int(len(latencies) * share)] * 1000 for share in (0.5, 0.95, 0.99)]
        row = {"name": "acceptance → ticket, idle", "p50": at[0], "p95": at[1], "p99": at[2]}
        self._rows.append({**row, "note": "p95 must be under 1000 ms"})

    def _log(self) -> None:
        found = measure_log(self._config.database_url("gateway"), self._seconds)
        note = "entries of the operation log, 8 threads; latency of an intent"
        self._rows.append({"name": "log", **asdict(found), "floor": 1000, "note": note})

    def _guard(self) -> None:
        """One connection: an action that does nothing, beside a route that does not exist."""
        nothing = requests.gets("/api/v1/nothing-here", {})
        bare = measure("bare", self._gateway, nothing, seconds=self._seconds / 2, connections=1)
        act = requests.posts(lambda w, n: "/api/v1/ping", lambda w, n: {}, self._auth)
        full = measure("guard", self._gateway, act, seconds=self._seconds / 2, connections=1)
        cost = full.p50 - bare.p50
        note = f"authentication, authorisation, limits and log: {full.p50:.1f} − {bare.p50:.1f} ms"
        row = {"name": "guard", "p50": cost, "most": 3.0, "refused": full.refused, "note": note}
        self._rows.append(row)

    def _assigned(self) -> None:
        self._wait_until_quiet()
        self._rows.append(self._line().assigned_idle())

    def _pipeline(self) -> None:
        self._wait_until_quiet()
        self._rows.append(self._line().backlog(self._forms))

    def _line(self) -> Line:
        return Line(
            outside=self._outside,
            door=self._card["addresses"]["door"],
            variables=self._card["variables"],
            administrator=desk_of(self._card, "administrator"),
            scalar=self._scalar,
            tag=self._tag,
        )

    def _dispatch(self) -> None:
        """On databases of its own at the same server."""
        self._rows += measure_dispatch(self._env["DATABASE_URL"])

    def _live(self) -> None:
        """By notes on tickets; as many keys as listeners need, for one may not have many."""
        desk = desk_of(self._card, "administrator")
        wanted = {"role": "supervisor", "rate_per_minute": 1_000_000}
        keys = [
            desk.ask("POST", "/api-keys", {**wanted, "name": f"listener {number} {self._tag}"})
            for number in range(STREAMS // PER_PERSON)
        ]
        numbers = self._numbers(100, "WHERE status_category = 'open'")
        row = measure_live(
            self._gateway,
            [str(key["token"]) for key in keys],
            lambda n: self._supervisor.ask(
                "POST", f"/tickets/{numbers[n % len(numbers)]}/notes", {"text": "记一笔"}
            ),
            self._seconds,
        )
        self._rows.append(row)

    def _wait_until_quiet(self) -> None:
        """Until notify has told everybody what the loads before have caused."""
        waiting = "SELECT count(*) FROM deliveries WHERE status IN ('waiting', 'sending')"
        started = time.perf_counter()
        while self._scalar("notify", waiting) and time.perf_counter() - started < 300:
            time.sleep(0.5)

    def _load(self, name: str, load: requests.Requests) -> Result:
        measure(name, self._gateway, load, seconds=_WARM_UP)
        return measure(name, self._gateway, load, seconds=self._seconds)

    def _add(self, result: Result, **more: Any) -> None:
        self._rows.append({**asdict(result), **more})

    def _numbers(self, count: int, where: str = "") -> list[str]:
        query = f"SELECT number FROM tickets {where} ORDER BY ticket_id DESC LIMIT {count}"
        engine = open_engine(
            self._config.database_url("ticketing"), application="bench", pool_size=0
        )
        with engine.connect() as connection:
            return list(connection.execute(text(query)).scalars())

    def _scalar(self, service: str, query: str) -> Any:
        engine = open_engine(self._config.database_url(service), application="bench", pool_size=0)
        with engine.connect() as connection:
            return connection.execute(text(query)).scalar()

    def _customer(self) -> str:
        body = {"name": "压测客户", "email": f"bench-{self._tag}@example.com"}
        return str(self._supervisor.ask("POST", "/customers", body)["customer_id"])


ROWS: Mapping[str, Callable[[Bench], None]] = {
    "memory": Bench._memory,
    "ceiling": Bench._ceiling,
    "get": Bench._get,
    "list": Bench._list,
    "create": Bench._create,
    "reply": Bench._reply,
    "door": Bench._door_and_backlog,
    "idle": Bench._idle,
    "assigned": Bench._assigned,
    "pipeline": Bench._pipeline,
    "log": Bench._log,
    "guard": Bench._guard,
    "dispatch": Bench._dispatch,
    "live": Bench._live,
}
