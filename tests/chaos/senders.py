"""Customers and an agent who do not give up: as mail servers, forms and apps behave."""

import queue
import smtplib
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import requests

from libs.common.testing.eventually import eventually
from tests.demo.customer import write_mail
from tests.demo.desk import Desk, Refused
from tests.demo.story import Outside

_GIVE_UP = 120  # seconds
_HEARTBEAT = 10.0  # seconds


def address(number: int) -> str:
    """Of one customer."""
    return f"customer{number}@example.com"


def persist(act: Callable[[], Any]) -> Any:
    """Repeat until it is accepted; what is refused for good is raised."""
    trouble = (OSError, smtplib.SMTPException, requests.RequestException, Unaccepted)
    return eventually(lambda: (act(), True), _GIVE_UP, trouble=trouble, pause=0.2)[0]


class Unaccepted(Exception):
    """Not now: a 5xx, or a 4xx that SMTP means to be temporary."""


class Customers:
    """`count` customers or more, each with one message; a quarter of them send it twice.

    Even ones use the form, odd ones mail. Messages go out as `release` asks for them: whoever waits
    for something to happen never runs out of customers.
    """

    def __init__(self, outside: Outside, count: int, threads: int = 4) -> None:
        self._outside = outside
        self.count = count
        self.addresses: list[str] = []  # of those who have written
        self._due: queue.Queue[Callable[[], Any] | None] = queue.Queue()
        self._messages: list[Callable[[], Any]] = []
        self.errors: list[BaseException] = []
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def release(self, amount: int) -> None:
        """Let so many more messages go."""
        while len(self._messages) < amount:
            self._messages += self._sends(len(self.addresses))
        going, self._messages = self._messages[:amount], self._messages[amount:]
        for send in going:
            self._due.put(send)

    def finish(self) -> None:
        """Send the rest and wait until everything was accepted."""
        while len(self.addresses) < self.count:
            self.release(1)
        self.release(len(self._messages))
        for _ in self._threads:
            self._due.put(None)
        for thread in self._threads:
            thread.join()
        if self.errors:
            raise self.errors[0]

    def _sends(self, number: int) -> list[Callable[[], Any]]:
        self.addresses.append(address(number))
        send = self._form(number) if number % 2 == 0 else self._mail(number)
        return [send, send] if number % 8 in (0, 5) else [send]

    def _form(self, number: int) -> Callable[[], Any]:
        form = {
            "name": f"顾客{number}",
            "email": self.addresses[number],
            "kind": "inquiry",
            "subject": f"咨询 {number}",
            "description": "请问订单什么时候发货?",
            "submission_id": f"form-{number}-{uuid4().hex}",
        }
        return lambda: persist(lambda: self._outside.form.send(form, wait=False))

    def _mail(self, number: int) -> Callable[[], Any]:
        mail = write_mail(self.addresses[number], f"邮件咨询 {number}", "请问如何退货?")
        return lambda: persist(lambda: self._outside.mail.deliver(mail))

    def _work(self) -> None:
        while send := self._due.get():
            try:
                send()
            except BaseException as error:
                self.errors.append(error)


class Agent:
    """Online; confirms and answers what dispatch gives, until told to stop.

    Solves most of it too, so that there is room for more, and again what customers were not content
    with. Each reply has an id of its own. Others that are `beside` are online and do nothing.
    """

    def __init__(self, desk: Callable[[], Desk], *beside: Callable[[], Desk]) -> None:
        self._sign_in = desk
        self._beside = beside
        self.replied: list[str] = []
        self.solved: list[str] = []
        self.taken_over = 0
        self.errors: list[BaseException] = []
        self._turns = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """End after the present ticket."""
        self._stop.set()
        self._thread.join()
        if self.errors:
            raise self.errors[0]

    def _work(self) -> None:
        try:
            desk = persist(self._sign_in)
            online = [desk, *(persist(sign_in) for sign_in in self._beside)]
            for one in online:
                self._insist(one, "PUT", "/presence/own", {"state": "online"})
            beaten_at = time.monotonic()
            while not self._stop.is_set():
                if time.monotonic() - beaten_at > _HEARTBEAT:
                    beaten_at = time.monotonic()
                    for one in online:
                        self._insist(one, "POST", "/presence/own/heartbeats")
                if not self._take_turn(desk):
                    time.sleep(0.2)
            for one in online:
                self._insist(one, "PUT", "/presence/own", {"state": "offline"})
        except BaseException as error:
            self.errors.append(error)

    def _take_turn(self, desk: Desk) -> bool:
        """A ticket that is new, or whose customer was not content; whether to go on at once."""
        self._turns += 1
        status = ("assigned", "follow_up")[self._turns % 2]
        path = f"/tickets?view=mine&status={status}&sort=created_at&limit=1"
        page = persist(lambda: self._ask(desk, "GET", path))
        if not page["items"]:
            return status == "follow_up"
        number = page["items"][0]["number"]
        return (self._answer if status == "assigned" else self._solve)(desk, number)

    def _answer(self, desk: Desk, number: str) -> bool:
        """Whether the ticket was still ours: whoever confirms too late has lost it."""
        try:
            self._insist(desk, "POST", f"/tickets/{number}/acceptance")
        except Refused as refused:
            if refused.status not in (403, 404, 409):
                raise
            return False
        if len(self.replied) % 5 == 0:
            self._look_up(desk, number)
        self._insist(desk, "POST", f"/tickets/{number}/replies", {"text": f"已处理 {number}"})
        self.replied.append(number)
        # Some stay open, but not so many that they take all of the agent's capacity.
        stays = len(self.replied) % 40 == 0 and len(self.replied) <= 200
        return stays or self._solve(desk, number)

    def _look_up(self, desk: Desk, number: str) -> None:
        """Take over what the knowledge base suggests."""
        path = f"/tickets/{number}/suggestions"
        for one in persist(lambda: self._ask(desk, "GET", path))["items"][:1]:
            self._insist(desk, "POST", f"{path}/{one['article_id']}/use", {"rank": one["rank"]})
            self.taken_over += 1

    def _solve(self, desk: Desk, number: str) -> bool:
        text = {"text": f"已解决 {number}", "notify_customer": False}
        self._insist(desk, "POST", f"/tickets/{number}/solution", text)
        self.solved.append(number)
        return True

    def _insist(self, desk: Desk, method: str, path: str, body: Any = None) -> Any:
        headers = {"Idempotency-Key": uuid4().hex}
        return persist(lambda: self._ask(desk, method, path, body, headers))

    def _ask(
        self, desk: Desk, method: str, path: str, body: Any = None, headers: Any = None
    ) -> Any:
        try:
            return desk.ask(method, path, body, headers=headers)
        except Refused as refused:
            if refused.status < 500:
                raise
            raise Unaccepted(refused.problem) from None
