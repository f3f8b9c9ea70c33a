"""What is said when a program is missing, and when a test waits in vain."""

from collections.abc import Iterator

import pytest

from libs.common.supervisor.packages import Missing, install
from libs.common.supervisor.ports import wait_until
from libs.common.testing.eventually import eventually


def test_what_cannot_be_installed_is_named_with_the_command_to_type(
    monkeypatch: pytest.MonkeyPatch, tmp_path
):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match=r"apt-get install --no-install-recommends rabbitmq-server"):
        install(["rabbitmq-server"], "RabbitMQ")


def test_a_wait_names_what_did_not_happen():
    with pytest.raises(TimeoutError, match="the tide turns"):
        wait_until(lambda: False, 0, "the tide turns")


def test_eventually_returns_what_it_waited_for():
    answers = iter([[], None, ["ticket"]])
    assert eventually(lambda: next(answers), pause=0) == ["ticket"]


def test_eventually_shows_the_last_answer():
    with pytest.raises(AssertionError, match="still 0"):
        eventually(lambda: 0, timeout=0)


def test_eventually_raises_the_last_assertion():
    def look() -> bool:
        raise AssertionError("two tickets")

    with pytest.raises(AssertionError, match="two tickets"):
        eventually(look, timeout=0)


def test_eventually_takes_named_trouble_for_not_yet_and_no_other() -> None:
    answers: Iterator[str | None] = iter([None, "up"])

    def look() -> str:
        answer = next(answers)
        if answer is None:
            raise ConnectionError
        return answer

    assert eventually(look, trouble=(OSError,), pause=0) == "up"
    with pytest.raises(StopIteration):
        eventually(look, trouble=(OSError,), pause=0)
