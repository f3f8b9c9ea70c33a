"""Search catches up with what is written: once, in any order, whoever dies over it."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.crypto import KeyRing
from libs.common.database.unit_of_work import Database
from libs.common.text import segmenter_of
from services.ticketing.queries.ticket_search import search_tickets
from services.ticketing.storage import ticket_words
from services.ticketing.storage.search_due import STUCK, note_due, take_due
from services.ticketing.storage.ticket_words import guard_cutting, put_words
from services.ticketing.use_cases import index_tickets, working
from services.ticketing.use_cases.index_tickets import continue_run, index_some, search_lag
from services.ticketing.use_cases.seal_texts import seal_texts
from tests.integration.ticketing.desk import Desk


@pytest.fixture(autouse=True)
def _caught_up(database: Database) -> None:
    catch_up(database)


def catch_up(database: Database) -> None:
    while index_some(database):
        pass


def found(desk: Desk, q: str) -> list[str]:
    page = desk.ask(search_tickets, desk.boss, q, {})
    return [row["number"] for row in page["items"]]


def words(desk: Desk, ticket: dict[str, Any]) -> str:
    query = "SELECT words::text FROM ticket_search WHERE ticket_id = :id"
    return str(desk.scalar(query, id=ticket["ticket_id"]))


def test_a_change_is_noted_with_itself_and_lags_until_it_is_cut(
    desk: Desk, database: Database
) -> None:
    assert search_lag(database)[0] == 0
    ticket = desk.open(subject="石榴", text="裂开了")
    assert search_lag(database)[0] == 1
    assert found(desk, "裂开") == []
    assert index_some(database) == 1
    assert search_lag(database) == (0, 0.0)
    assert found(desk, "裂开") == [ticket["number"]]


def test_what_was_undone_is_noted_again(desk: Desk, database: Database) -> None:
    """A process that dies before its commit has done nothing."""
    ticket = desk.open(subject="杨桃", text="没有送到")
    with database.begin() as uow:
        assert take_due(uow.session, 10) == [UUID(ticket["ticket_id"])]
    assert index_some(database) == 1
    assert found(desk, "杨桃") == [ticket["number"]]


def test_cutting_twice_is_cutting_once(desk: Desk, database: Database) -> None:
    ticket = desk.open(subject="山竹", text="少了一箱")
    ticket_id = UUID(ticket["ticket_id"])
    catch_up(database)
    before = words(desk, ticket)
    with database.begin() as uow:
        note_due(uow.session, [ticket_id, ticket_id])
        note_due(uow.session, [ticket_id])
        uow.commit()
    catch_up(database)
    assert words(desk, ticket) == before
    assert found(desk, "山竹") == [ticket["number"]]


def test_replicas_share_the_work(desk: Desk, database: Database) -> None:
    numbers = {desk.open(subject=f"杨梅第{n}篮")["number"] for n in range(30)}
    with ThreadPoolExecutor(4) as replicas:
        done = list(replicas.map(lambda _: [index_some(database, 3) for _ in range(20)], range(4)))
    assert sum(map(sum, done)) == 30
    assert set(desk_numbers(desk, "杨梅")) == numbers


def desk_numbers(desk: Desk, q: str) -> list[str]:
    page = desk.ask(search_tickets, desk.boss, q, {}, limit=100)
    return [row["number"] for row in page["items"]]


def test_what_was_read_earlier_is_not_kept_later(desk: Desk, database: Database) -> None:
    """Whoever is cutting a ticket keeps others from it until the commit."""
    ticket = desk.open(subject="枇杷", text="原来的说法")
    ticket_id = UUID(ticket["ticket_id"])
    with database.begin() as first, ThreadPoolExecutor(1) as other:
        guard_cutting(first.session, [ticket_id])
        second = other.submit(index_some, database)
        with database.begin() as uow:
            assert not second.done()
            changes = {"subject": "枇杷膏"}
            working.edit_ticket(
                uow,
                desk.boss,
                utc_now(),
                number=ticket["number"],
                version=ticket["version"],
                changes=changes,
                reason=None,
            )
            uow.commit()
        first.session.rollback()
        second.result(10)
    catch_up(database)
    assert "枇杷膏" in words(desk, ticket)


def test_texts_that_become_sealed_are_no_longer_found(desk: Desk, database: Database) -> None:
    ring = KeyRing({"k1": secrets.token_bytes(32)})
    sealing = Database(database.engine, "ticketing", ring, seals_texts=True)
    plain = desk.open(subject="合同问题", text="甲方代号青龙")
    catch_up(database)
    assert found(desk, "青龙") == [plain["number"]]
    while seal_texts(sealing):
        pass
    catch_up(database)
    assert found(desk, "青龙") == []
    assert found(desk, "合同") == [plain["number"]]
    sealed = Desk(sealing).open(subject="合同续签", text="乙方代号白虎")
    catch_up(database)
    assert found(desk, "白虎") == []
    assert "白虎" not in words(desk, sealed)
    assert set(found(desk, "合同")) == {plain["number"], sealed["number"]}


def test_a_run_cuts_everything_anew_and_goes_on_where_it_was_stopped(
    desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = {desk.open(subject=f"龙眼第{n}袋")["number"] for n in range(7)}
    catch_up(database)
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM ticket_search"))
    monkeypatch.setattr(index_tickets, "_FEED", 3)
    assert continue_run(database, utc_now(), is_wanted=True)
    assert desk.scalar("SELECT queued FROM ticket_search_run") == 3
    # Somebody else goes on.
    while continue_run(database, utc_now()):
        catch_up(database)
    catch_up(database)
    assert set(desk_numbers(desk, "龙眼")) == numbers
    missing = (
        "SELECT count(*) FROM tickets LEFT JOIN ticket_search USING (ticket_id) WHERE words IS NULL"
    )
    assert desk.scalar(missing) == 0
    assert desk.scalar("SELECT finished_at IS NOT NULL FROM ticket_search_run")
    assert not continue_run(database, utc_now())


def test_another_dictionary_starts_a_run_by_itself(desk: Desk, database: Database) -> None:
    desk.open(subject="火龙果")
    old = text(
        "UPDATE ticket_search_run SET edition = 'old', started_at = :at, finished_at = now()"
    )
    with database.engine.begin() as connection:
        connection.execute(old, {"at": utc_now()})
    continue_run(database, utc_now())
    # Releases beside each other do not take turns.
    assert desk.scalar("SELECT edition FROM ticket_search_run") == "old"
    with database.engine.begin() as connection:
        connection.execute(old, {"at": utc_now() - timedelta(hours=1)})
    continue_run(database, utc_now())
    assert desk.scalar("SELECT edition FROM ticket_search_run") != "old"
    assert desk.scalar("SELECT queued FROM ticket_search_run") == desk.scalar(
        "SELECT count(*) FROM tickets"
    )


def test_what_people_write_goes_before_what_is_only_cut_anew(
    desk: Desk, database: Database
) -> None:
    old = desk.open(subject="百香果")
    catch_up(database)
    continue_run(database, utc_now(), is_wanted=True)
    new = desk.open(subject="红毛丹")
    with database.begin() as uow:
        [first] = take_due(uow.session, 1)
    assert str(first) == new["ticket_id"] != old["ticket_id"]


def test_a_ticket_that_cannot_be_cut_keeps_none_back(
    desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = desk.open(subject="坏苹果")
    good = [desk.open(subject=f"好苹果{n}")["number"] for n in range(5)]
    real = ticket_words.words_of

    def words_of(ticket: Any, *rest: Any) -> str:
        return "not ' a vector" if ticket.subject == "坏苹果" else real(ticket, *rest)

    monkeypatch.setattr(ticket_words, "words_of", words_of)
    catch_up(database)
    assert set(found(desk, "好苹果")) >= set(good)
    kept = "SELECT count(*) FROM ticket_search_due WHERE ticket_id = :id AND priority = :stuck"
    assert desk.scalar(kept, id=bad["ticket_id"], stuck=STUCK) == 1


def test_a_ticket_that_is_no_more_leaves_nothing_behind(database: Database) -> None:
    gone = uuid4()
    with database.begin() as uow:
        insert = text("INSERT INTO ticket_search VALUES (:id, '')")
        uow.session.execute(insert, {"id": gone})
        assert put_words(uow.session, [gone], segmenter_of(())) == 0
        left = text("SELECT count(*) FROM ticket_search WHERE ticket_id = :id")
        assert uow.session.scalar(left, {"id": gone}) == 0
