"""Mixed work at a given rate: customers write, agents solve, people search and look at figures.

Acts begin when they are due, whether or not earlier ones are done (an open loop); what cannot begin
in time is counted as late.
"""

import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.bench.live import PER_PERSON, Crowd
from tests.bench.requests import form
from tests.demo.circle import survey_links
from tests.demo.customer import write_mail
from tests.demo.desk import Desk, Refused
from tests.demo.story import Outside

_THREADS = 8
_LATE = 2.0  # seconds
_WORDS = (
    "退款 到账",
    "破损 换货",
    "发票",
    "验证码 收不到",
    "保修",
    "refund",
    "parcel",
    "路由器 E5-203",
)
# Of a hundred acts.
MIX = {
    "form": 16, "mail": 8, "work": 24, "read": 16, "list": 10, "search": 12, "help": 6,
    "dashboard": 4, "report": 2, "rate": 2,
}  # fmt: skip


@dataclass
class Mixed:
    """Who acts; `agents` share what comes in."""

    outside: Outside
    agents: list[Desk]
    supervisor: Desk
    done: Counter[str] = field(default_factory=Counter)
    late: int = 0
    errors: list[str] = field(default_factory=list)
    _tag: str = field(default_factory=lambda: uuid4().hex[:8])
    _chance: random.Random = field(default_factory=random.Random)
    _customers: deque[str] = field(default_factory=lambda: deque(maxlen=1000))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _taken: set[str] = field(default_factory=set)

    @contextmanager
    def running(self, rate: float) -> Iterator[None]:
        """`rate` acts a second until the block ends."""
        ended = threading.Event()
        with ThreadPoolExecutor(_THREADS) as pool:
            clock = threading.Thread(target=self._keep_time, args=(pool, rate, ended))
            clock.start()
            try:
                yield
            finally:
                ended.set()
                clock.join()

    def _keep_time(self, pool: ThreadPoolExecutor, rate: float, ended: threading.Event) -> None:
        started, names, weights = time.monotonic(), list(MIX), list(MIX.values())
        number = 0
        while not ended.wait(max(started + number / rate - time.monotonic(), 0)):
            name = self._chance.choices(names, weights)[0]
            pool.submit(self._act, name, number, started + number / rate)
            number += 1

    def _act(self, name: str, number: int, due: float) -> None:
        if time.monotonic() - due > _LATE:
            self.late += 1
        act: Callable[[int], None] = getattr(self, f"_{name}")
        try:
            act(number)
        except Exception as error:
            self.errors.append(f"{name}: {error!r}"[:200])
        else:
            self.done[name] += 1

    def _form(self, number: int) -> None:
        filled = form(f"soak-{self._tag}", 0, number)
        self.outside.form.send(filled, wait=False)
        self._customers.append(filled["email"])

    def _mail(self, number: int) -> None:
        address = f"soak-{self._tag}-{number}@example.com"
        self.outside.mail.deliver(write_mail(address, "请问如何退货", f"订单 {number} 如何退货?"))
        self._customers.append(address)

    def _work(self, number: int) -> None:
        """A ticket is taken, looked up in the knowledge base, answered and solved."""
        agent = self.agents[number % len(self.agents)]
        waiting = agent.ask("GET", "/tickets?view=unassigned&sort=-created_at&limit=50")["items"]
        mine = next((row["number"] for row in waiting if self._claim(row["number"])), None)
        if mine is None:
            return
        try:
            agent.take(mine)
        except Refused as refused:
            # Dispatch or somebody else was faster.
            if refused.status not in (403, 404, 409):
                raise
            return
        path = f"/tickets/{mine}"
        agent.ask("GET", f"{path}/suggestions")
        agent.ask("POST", f"{path}/notes", {"text": "已核实"})
        agent.ask("POST", f"{path}/replies", {"text": "您好,已为您处理。"})
        agent.ask("POST", f"{path}/solution", {"text": "已处理完毕。"})

    def _claim(self, number: str) -> bool:
        """Only the first of them: two of ours shall not race."""
        with self._lock:
            is_new = number not in self._taken
            self._taken.add(number)
            return is_new

    def _read(self, number: int) -> None:
        page = self.supervisor.ask("GET", "/tickets?view=all&sort=-updated_at&limit=10")
        for row in page["items"][:2]:
            self.supervisor.ticket(row["number"])

    def _list(self, number: int) -> None:
        view = ("open", "unassigned", "solved", "follow_up")[number % 4]
        self.supervisor.ask("GET", f"/tickets?view={view}&sort=-created_at&limit=25")

    def _search(self, number: int) -> None:
        self.supervisor.ask("GET", "/articles", params={"q": _WORDS[number % len(_WORDS)]})

    def _help(self, number: int) -> None:
        self.supervisor.ask("GET", "/help/articles", params={"q": _WORDS[number % len(_WORDS)]})

    def _dashboard(self, number: int) -> None:
        self.supervisor.ask("GET", "/reports/dashboard", params={"unit": "month"})

    def _report(self, number: int) -> None:
        asked: dict[str, Any] = {
            "metrics": ["new", "solved", "resolution_median", "satisfaction_mean"],
            "period": {"unit": "month"},
            "by": ("channel", "agent", "group", "day")[number % 4],
        }
        self.supervisor.ask("POST", "/reports/query", asked)

    def _rate(self, number: int) -> None:
        """The customer who has waited longest answers the survey, if it has come."""
        if self._customers:
            mails = self.outside.mailbox.mails_to(self._customers.popleft())
            for link in survey_links(mails):
                self.outside.surveys.answer(link, score=2 if number % 10 == 0 else 5)


@contextmanager
def listening(base: str, tokens: list[str]) -> Iterator[Crowd]:
    """Open consoles: as many as one key may have, of each key."""
    crowd = Crowd(base)
    for token in tokens:
        for _ in range(PER_PERSON):
            crowd.join(token)
    with crowd.listening():
        yield crowd
