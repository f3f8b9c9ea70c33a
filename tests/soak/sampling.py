"""What is sampled of a running system: memory, connections, queues, what waits in tables."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text

from libs.common.bus.queue_depths import queue_depths
from libs.common.bus.topology import committed
from libs.common.config import Config
from libs.common.database.engine import open_engine
from libs.common.migrate import owners
from tests.bench.memory import MARKS, is_of
from tests.soak.trend import Tolerance

Values = dict[str, float]

_OUTBOX = "SELECT count(*) FROM outbox"
_PARKED = "SELECT count(*) FROM inbox_failures"
_DELIVERIES = (
    "SELECT count(*) FROM deliveries WHERE status IN ('waiting', 'sending') AND next_at <= now()"
)
_HOOKS = "SELECT count(*) FROM webhook_deliveries WHERE status IN ('waiting', 'sending')"
_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE :databases"


@dataclass(frozen=True)
class Kind:
    """What of it may be gained in an hour while it still counts as flat."""

    unit: str
    tolerance: Tolerance


# Interpreters hold on to a little; a leak of 100 bytes a request would show.
MEMORY = Kind("MiB", Tolerance(share=0.05, amount=12))
CONNECTIONS = Kind("", Tolerance(share=0.05, amount=4))
WAITING = Kind("", Tolerance(share=0, amount=20))


class Sampler:
    """Reads everything once per call; engines stay open, so that looking costs little."""

    def __init__(self, env: Mapping[str, str]) -> None:
        config = Config.read(env)
        self._env = env
        self._owners = owners()
        self._engines: dict[str, Engine] = {
            owner: open_engine(config.database_url(owner), application="soak", pool_size=1)
            for owner in self._owners
        }
        self._databases = config.database_url("ticketing").rpartition("/")[2].partition("?")[0]

    def sample(self) -> dict[str, tuple[Kind, float]]:
        """Each value by its name."""
        parts: list[tuple[Kind, Callable[[], Values]]] = [
            (MEMORY, self._memory),
            (CONNECTIONS, self._connections),
            (WAITING, self._queues),
            (WAITING, self._tables),
        ]
        return {name: (kind, value) for kind, read in parts for name, value in read().items()}

    def _memory(self) -> Values:
        """Resident, of each process of the installation; replicas are numbered."""
        found: Values = {}
        seen: Counter[str] = Counter()
        for place, name in sorted(_processes(self._env["DATABASE_URL"])):
            seen[name] += 1
            key = name if seen[name] == 1 else f"{name} {seen[name]}"
            found[f"memory {key}"] = _resident(place)
        return found | {"memory of all": sum(found.values())}

    def _connections(self) -> Values:
        like = self._databases.removesuffix("ticketing") + "%"
        with self._engines["ticketing"].connect() as connection:
            count = connection.execute(text(_CONNECTIONS), {"databases": like}).scalar() or 0
        return {"database connections": float(count - len(self._engines))}

    def _queues(self) -> Values:
        depths = queue_depths(self._env["AMQP_URI"], committed())
        return {f"queue {one.name}": float(one.messages or 0) for one in depths}

    def _tables(self) -> Values:
        found = {f"outbox {owner}": self._count(owner, _OUTBOX) for owner in self._owners}
        found["parked in all"] = sum(self._count(owner, _PARKED) for owner in self._owners)
        found["deliveries due"] = self._count("notify", _DELIVERIES)
        found["webhook deliveries due"] = self._count("notify", _HOOKS)
        return found

    def _count(self, owner: str, query: str) -> float:
        with self._engines[owner].connect() as connection:
            return float(connection.execute(text(query)).scalar() or 0)


def _processes(database_url: str) -> Iterator[tuple[int, str]]:
    """Process id and what it runs: roles, or the module's last name."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().decode().split("\0")
            mark = next((mark for mark in MARKS if mark in words), None)
            if mark and is_of(place, database_url):
                roles = [word for word in words[words.index(mark) + 1 :] if "." in word]
                yield int(place.name), "+".join(roles) or mark.rpartition(".")[2]
        except OSError:
            continue


def _resident(process: int) -> float:
    """MiB; 0 of one that has just ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)
