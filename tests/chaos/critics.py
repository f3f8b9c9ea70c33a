"""Customers who say what they think of the solution while everything dies."""

import threading
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.chaos.senders import persist
from tests.demo.circle import survey_links
from tests.demo.story import Outside

LOW, HIGH = 2, 5
_PAUSE = 1.0  # seconds between two looks into the mailboxes


@dataclass
class Critic:
    """One customer; `links` are the surveys that were answered, oldest first."""

    address: str
    is_strict: bool
    links: list[str]


class Critics:
    """Every fifth customer answers the survey; every other of these is not content at first."""

    def __init__(self, outside: Outside, addresses: list[str]) -> None:
        self._outside = outside
        self._critics = [
            Critic(address, is_strict=number % 2 == 0, links=[])
            for number, address in enumerate(addresses[::5])
        ]
        self.scores: dict[str, int] = {}  # by link
        self.disappointed: list[str] = []  # numbers of tickets
        self.errors: list[BaseException] = []
        self._is_mild = False
        self._stop, self._passed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def calm(self) -> None:
        """From now on everybody is content; returns when nobody else is answering any more."""
        self._is_mild = True
        self._passed.clear()
        while self._thread.is_alive() and not self._passed.wait(_PAUSE):
            pass

    def finish(self) -> None:
        """End after one more look into every mailbox."""
        self._stop.set()
        self._thread.join()
        if self.errors:
            raise self.errors[0]

    def _work(self) -> None:
        try:
            while not self._stop.wait(_PAUSE):
                is_mild = self._is_mild
                self._look()
                if is_mild:
                    self._passed.set()
            self._look()
        except BaseException as error:
            self.errors.append(error)

    def _look(self) -> None:
        for critic in self._critics:
            if len(critic.links) < 1 + critic.is_strict:
                mails = persist(partial(self._outside.mailbox.mails_to, critic.address))
                for link in survey_links(mails)[len(critic.links) :]:
                    self._answer(critic, link)

    def _answer(self, critic: Critic, link: str) -> None:
        is_low = critic.is_strict and not critic.links and not self._is_mild
        score = LOW if is_low else HIGH
        shown: dict[str, Any] = persist(
            lambda: self._outside.surveys.answer(link, score=score, comment=f"{score} 分")
        )
        critic.links.append(link)
        self.scores[link] = score
        if is_low:
            self.disappointed.append(shown["number"])
