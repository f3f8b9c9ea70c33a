"""A command is done once per id, whatever repeats it; the shell is called here without a bus."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.bus.call import Call
from libs.common.bus.rpc import command, permission_of, query
from libs.common.clock import utc_now
from libs.common.database.commands import forget_commands
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, Forbidden, InvalidInput, Unavailable
from services.probe.service.rpc import Service
from tests.integration.common.looking import ask, counted, heard, tell, waiting

MAY = frozenset({"probe.ask", "probe.do"})
LI, HAN = (
    Actor(UUID(int=place), name, permissions=MAY)
    for place, name in enumerate(("李雷", "韩梅梅"), 1)
)
SYSTEM = Actor(None, "系统", "system", permissions=MAY)


class Desk:
    """Methods that the probe has no need of."""

    name = "probe"

    def __init__(self, database: Database) -> None:
        self.database = database
        self.began = threading.Event()
        self.may_end = threading.Event()
        self.runs = 0
        self.crossings = count()
        self.both_hold_one = threading.Barrier(2)

    @command("probe.do")
    def note(self, call: Call, *, key: str) -> dict[str, str]:
        call.uow.session.execute(text("INSERT INTO heard VALUES (:key)"), {"key": key})
        return {"noted": key}

    @command("probe.do")
    def note_slowly(self, call: Call, *, key: str) -> int:
        self.runs += 1
        call.uow.session.execute(text("INSERT INTO heard VALUES (:key)"), {"key": key})
        self.began.set()
        assert self.may_end.wait(30)
        return self.runs

    @command("probe.do")
    def answer(self, call: Call, *, key: str) -> object:
        call.uow.session.execute(text("INSERT INTO heard VALUES (:key)"), {"key": key})
        return {"a", "set"}

    @command("probe.do")
    def cross(self, call: Call, *, first: str, second: str) -> int:
        """Lock two rows; two of these in opposite order run into a deadlock."""
        run = next(self.crossings)
        lock = text("UPDATE counts SET amount = amount + 1 WHERE key = :key")
        call.uow.session.execute(lock, {"key": first})
        if run < 2:
            self.both_hold_one.wait(30)
        call.uow.session.execute(lock, {"key": second})
        return run

    @query("probe.ask")
    def write(self, call: Call) -> None:
        call.uow.session.execute(text("INSERT INTO heard VALUES ('written by a query')"))


def call(command_id: object = "", actor: Actor = LI, seconds: float = 10) -> Any:
    identifier = str(uuid4()) if command_id == "" else command_id
    return Call(actor, utc_now(), time.time() + seconds, "r-1", identifier)  # type: ignore[arg-type]


@pytest.fixture
def service(empty: Database) -> Any:
    made: Any = Service()
    made.database = empty
    return made


@pytest.fixture
def desk(empty: Database) -> Any:
    return Desk(empty)


def in_threads(*works: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(works)) as threads:
        return [done.result(30) for done in [threads.submit(work) for work in works]]


def test_a_repeat_is_answered_and_not_done_again(service: Any, empty: Database) -> None:
    answers = [service.count(call("c-1"), key="a", amount=2) for _ in range(3)]
    assert answers == [{"key": "a", "by": "李雷"}] * 3
    assert counted(empty, "a") == 2
    assert [one.data["amount"] for one in waiting(empty)] == [2]


def test_another_id_is_another_command(service: Any, empty: Database) -> None:
    for _ in range(3):
        service.count(call(), key="a")
    assert counted(empty, "a") == 3


def test_a_repeat_waits_for_the_first_and_gets_its_answer(desk: Any, empty: Database) -> None:
    def repeat() -> Any:
        assert desk.began.wait(30)
        return desk.note_slowly(call("c-1"), key="a")

    def let_end() -> None:
        """End the first only once the repeat waits for it in the database."""
        waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'transactionid'"
        deadline = time.monotonic() + 15
        while not ask(empty, waits) and time.monotonic() < deadline:
            time.sleep(0.02)
        desk.may_end.set()

    answers = in_threads(lambda: desk.note_slowly(call("c-1"), key="a"), repeat, let_end)
    assert answers[:2] == [1, 1]
    assert heard(empty) == {"a": 1}


def test_many_repeats_at_once_have_one_effect(service: Any, empty: Database) -> None:
    def repeat() -> Any:
        return service.count(call("c-1"), key="a")

    answers = in_threads(*[repeat] * 8)
    assert answers == [{"key": "a", "by": "李雷"}] * 8
    assert counted(empty, "a") == 1
    assert len(waiting(empty)) == 1


@pytest.mark.parametrize("other", [{"key": "b"}, {"key": "a", "amount": 2}])
def test_an_id_is_not_good_for_another_body(
    service: Any, empty: Database, other: dict[str, Any]
) -> None:
    service.count(call("c-1"), key="a")
    with pytest.raises(Conflict) as refused:
        service.count(call("c-1"), **other)
    assert refused.value.code == "command.id_reused"
    assert ask(empty, "SELECT sum(amount) AS amount FROM counts")[0].amount == 1


def test_an_id_is_not_good_for_another_method(desk: Any, empty: Database) -> None:
    desk.note(call("c-1"), key="a")
    with pytest.raises(Conflict) as refused:
        desk.note_slowly(call("c-1"), key="a")
    assert refused.value.code == "command.id_reused"
    assert heard(empty) == {"a": 1}


def test_the_order_of_arguments_makes_no_other_body(service: Any, empty: Database) -> None:
    service.count(call("c-1"), key="a", amount=2)
    assert service.count(call("c-1"), amount=2, key="a") == {"key": "a", "by": "李雷"}
    assert counted(empty, "a") == 2


def test_ids_are_the_subject_s_own(service: Any, empty: Database) -> None:
    answers = [service.count(call("c-1", actor), key="a") for actor in (LI, HAN, SYSTEM)]
    assert [one["by"] for one in answers] == ["李雷", "韩梅梅", "系统"]
    assert counted(empty, "a") == 3


def test_a_refused_command_leaves_nothing_and_may_be_repeated(
    service: Any, empty: Database
) -> None:
    for _ in range(2):
        with pytest.raises(Conflict) as refused:
            service.count(call("c-1"), key="a", refuse=True)
        assert refused.value.code == "count.refused"
        assert refused.value.details == {"errors": {"key": ["refused"]}, "n": 7}
    assert counted(empty, "a") == 0
    assert not waiting(empty)
    assert not ask(empty, "SELECT * FROM commands")
    # Nothing was done under the id, so that the corrected body may use it.
    service.count(call("c-1"), key="a")
    assert counted(empty, "a") == 1


def test_a_bug_leaves_nothing(service: Any, empty: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        service.crash(call("c-1"))
    assert not ask(empty, "SELECT * FROM commands")


def test_an_answer_that_is_no_json_is_found_before_the_commit(desk: Any, empty: Database) -> None:
    with pytest.raises(TypeError):
        desk.answer(call(), key="a")
    assert not heard(empty)


@pytest.mark.parametrize("command_id", [None, "a" * 201, "a\0b", "\ud800"])
def test_an_id_must_be_given_and_be_a_short_text(
    service: Any, empty: Database, command_id: object
) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.count(call(command_id), key="a")
    assert refused.value.code in ("command.id_required", "command.id_invalid")
    assert counted(empty, "a") == 0


@pytest.mark.parametrize(
    "arguments", [{}, {"key": "a", "colour": "red"}, {"call": 1, "key": "a"}, {"self": 1}]
)
def test_wrong_arguments_are_refused_and_not_a_bug(
    service: Any, empty: Database, arguments: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.count(call(), **arguments)
    assert refused.value.code == "call.malformed"
    assert not ask(empty, "SELECT * FROM commands")


def test_positional_arguments_are_refused(service: Any) -> None:
    for method in (service.count, service.get_count):
        with pytest.raises(InvalidInput) as refused:
            method(call(), "a")
        assert refused.value.code == "call.malformed"


def test_commands_that_deadlock_are_both_done(desk: Any, empty: Database) -> None:
    tell(empty, "INSERT INTO counts VALUES ('a', 0), ('b', 0)")
    in_threads(
        lambda: desk.cross(call(), first="a", second="b"),
        lambda: desk.cross(call(), first="b", second="a"),
    )
    assert (counted(empty, "a"), counted(empty, "b")) == (2, 2)
    assert next(desk.crossings) > 2


def test_the_database_s_trouble_is_unavailable_with_an_unknown_outcome(
    service: Any, empty: Database
) -> None:
    with empty.begin() as holder:
        holder.session.execute(text("LOCK TABLE counts"))
        with pytest.raises(Unavailable) as unanswered:
            service.count(call("c-1", seconds=0.3), key="a")
        with pytest.raises(Unavailable) as unread:
            service.get_count(call(None, seconds=0.3), key="a")
    assert unanswered.value.code == "database.unavailable"
    assert unanswered.value.details == {"outcome": "unknown", "command_id": "c-1"}
    assert unread.value.details == {}


def test_a_query_cannot_change_anything(desk: Any, empty: Database) -> None:
    with pytest.raises(Unavailable) as refused:
        desk.write(call(None))
    assert "read-only" in str(refused.value.__cause__)
    assert not heard(empty)


@pytest.mark.parametrize("held", [set(), {"probe.ask"}, {"probe.do.all", "probe"}])
def test_without_its_permission_a_command_is_refused_before_anything_else(
    service: Any, empty: Database, held: set[str]
) -> None:
    nobody = Actor(UUID(int=3), "路人", permissions=frozenset(held))
    for arguments in ({"key": "a"}, {"no_such": "argument"}):
        with pytest.raises(Forbidden) as refused:
            service.count(call("c-1", nobody), **arguments)
        assert refused.value.code == "permission.missing"
    assert counted(empty, "a") == 0
    assert not ask(empty, "SELECT * FROM commands")


def test_a_query_needs_its_permission_too(service: Any) -> None:
    may_only_do = Actor(UUID(int=3), "路人", permissions=frozenset({"probe.do"}))
    with pytest.raises(Forbidden, match=r"probe\.ask"):
        service.get_count(call(None, may_only_do), key="a")


def test_every_method_says_what_it_needs() -> None:
    assert permission_of(Service.count) == "probe.do"
    assert permission_of(Service.get_count) == "probe.ask"
    assert permission_of(Service.replay_failure) == "failure.replay"


def test_old_results_are_forgotten(service: Any, empty: Database) -> None:
    service.count(call("old"), key="a")
    service.count(call("new"), key="a")
    tell(
        empty,
        "UPDATE commands SET created_at = now() - interval '8 days' WHERE command_id = 'old'",
    )
    with empty.engine.begin() as connection:
        assert forget_commands(connection) == 1
    assert [row.command_id for row in ask(empty, "SELECT command_id FROM commands")] == ["new"]
