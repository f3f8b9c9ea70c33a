"""With TICKET_BODIES=sealed nothing that people wrote stands in the database, and all reads on."""

import secrets
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.crypto import KeyRing
from libs.common.crypto.rotation import count_plain, rotate_some
from libs.common.database.unit_of_work import Database
from services.ticketing.queries.collaborations import list_of_ticket
from services.ticketing.queries.efforts import list_efforts
from services.ticketing.queries.request_pages import get_request
from services.ticketing.queries.ticket_lists import list_tickets
from services.ticketing.queries.ticket_pages import list_timeline
from services.ticketing.storage.sealed_columns import PLAIN, PLAIN_ENTRIES, SEALED
from services.ticketing.use_cases import working
from services.ticketing.use_cases.collaborations import Wanted, start_collaboration
from services.ticketing.use_cases.drafts import save_draft
from services.ticketing.use_cases.efforts import log_effort
from services.ticketing.use_cases.seal_texts import seal_texts
from tests.integration.ticketing.desk import Desk, agent, message, requester
from tests.integration.ticketing.hearing import colleague
from tests.support.dump import places_of

FIRST, SECOND = {"k1": secrets.token_bytes(32)}, {"k2": secrets.token_bytes(32)}
BOTH = KeyRing({**SECOND, **FIRST})

CAME = "杯子碎了,寄到人民路八号"
HTML = "<p>杯子<b>碎</b>了</p>"
ANSWER = "我们今天补寄一个新杯子"
NOTE = "仓库说还有两个杯子"
SOLUTION = "新杯子已经签收"
REASON = "客户说还是碎的"
HANDOVER = "请李雷联系仓库"
WORDS = (CAME, HTML, ANSWER, NOTE, SOLUTION, REASON, HANDOVER)


@pytest.fixture
def plain(database: Database) -> Desk:
    """The desk of a process that seals no texts but has the keys."""
    return Desk(Database(database.engine, "ticketing", KeyRing(FIRST)))


@pytest.fixture
def sealing(database: Database) -> Desk:
    """The desk of a process with TICKET_BODIES=sealed."""
    return desk_with(database, KeyRing(FIRST))


def desk_with(database: Database, ring: KeyRing) -> Desk:
    return Desk(Database(database.engine, "ticketing", ring, seals_texts=True))


@pytest.fixture(autouse=True)
def _empty(database: Database) -> None:
    with database.engine.begin() as connection:
        tables = "tickets, timeline_entries, received_messages, attachments, outbox, commands"
        tables += ", collaborations, efforts, material_requests, drafts"
        connection.execute(text(f"TRUNCATE {tables}"))


def live(desk: Desk) -> str:
    """A ticket's life, until it is reopened and solved again; returns its number."""
    came = message(text=CAME, html=HTML)
    desk.file(came)
    number = desk.number_of(came.data["ticket_id"])
    li = agent()
    desk.change(
        working.assign_ticket,
        desk.boss,
        number=number,
        assignee_id=li.subject,
        assignee_name="李雷",
        note=HANDOVER,
    )
    desk.change(working.reply, li, number=number, text=ANSWER)
    desk.change(working.add_note, li, number=number, text=NOTE)
    desk.change(working.solve_ticket, li, number=number, text="还没有结果")
    desk.change(working.reopen_ticket, li, number=number, reason=REASON)
    desk.change(working.solve_ticket, li, number=number, text=SOLUTION)
    return number


DUTY, SPENT, DRAFTED = "请仓库核对杯子库存", "电话里指导了半小时", "还没写完的回复"


def help_each_other(desk: Desk) -> str:
    """A ticket on which somebody is asked for help, notes effort and drafts an answer."""
    opened, helper = desk.open(), colleague(desk, "仓库员")
    number, who = opened["number"], desk.boss
    wanted = Wanted("person", helper.data["person_id"], DUTY)
    desk.do(start_collaboration, who, number=number, parts=[wanted])
    zone = {"zone": ZoneInfo("Asia/Shanghai")}
    desk.do(log_effort, who, **zone, number=number, minutes=30, note=SPENT)
    place = {"ticket_id": UUID(opened["ticket_id"]), "kind": "reply"}
    desk.do(save_draft, who, **place, words={"text": DRAFTED, "mentions": []})
    return number


def without_ids(shown: dict[str, Any]) -> list[Any]:
    """What a timeline says, apart from what is random in it."""
    fields = ("kind", "direction", "text", "html", "is_auto_reply")
    items = shown["timeline"]["items"]
    return [
        [item[name] for name in fields]
        + [{k: v for k, v in (item["event"] or {}).items() if k in ("type", "note", "reason")}]
        for item in items
    ]


def clear_outbox(desk: Desk) -> None:
    """As the relay does once the events are confirmed."""
    with desk.database.engine.begin() as connection:
        connection.execute(text("TRUNCATE outbox"))


def found(desk: Desk) -> dict[str, list[str]]:
    return {words: places for words in WORDS if (places := places_of(desk.database, words))}


def left(desk: Desk) -> int:
    with desk.database.engine.connect() as connection:
        return count_plain(connection, PLAIN_ENTRIES)


def test_nothing_that_people_wrote_stands_in_any_table(sealing: Desk) -> None:
    live(sealing)
    assert set(found(sealing)) >= {CAME, ANSWER, SOLUTION}, "the outbox has them for our services"
    clear_outbox(sealing)
    assert found(sealing) == {}


def test_the_plain_form_would_be_found(plain: Desk) -> None:
    live(plain)
    clear_outbox(plain)
    assert set(found(plain)) == set(WORDS)


def test_the_timeline_reads_the_same_in_both_forms(plain: Desk, sealing: Desk) -> None:
    shown = [desk.show(live(desk)) for desk in (plain, sealing)]
    assert without_ids(shown[0]) == without_ids(shown[1])
    assert [one["solution"] for one in shown] == [SOLUTION, SOLUTION]
    assert any(
        item["text"] == CAME and item["html"] == HTML for item in shown[1]["timeline"]["items"]
    )


def test_whoever_has_the_keys_reads_what_another_process_sealed(plain: Desk, sealing: Desk) -> None:
    number = live(sealing)
    assert plain.show(number)["timeline"] == sealing.show(number)["timeline"]
    assert plain.show(number)["solution"] == SOLUTION


def test_older_pages_and_the_requesters_page_are_opened_too(sealing: Desk) -> None:
    customer = requester()
    came = message(text=CAME, customer_id=customer.subject)
    sealing.file(came)
    number = sealing.number_of(came.data["ticket_id"])
    for turn in range(3):
        sealing.change(working.reply, sealing.boss, number=number, text=f"{ANSWER} {turn}")
    newest = sealing.ask(list_timeline, sealing.boss, number, limit=3)
    older = sealing.ask(
        list_timeline, sealing.boss, number, limit=50, cursor=newest["previous_cursor"]
    )
    assert [item["text"] for item in newest["items"]] == [f"{ANSWER} {turn}" for turn in range(3)]
    assert CAME in [item["text"] for item in older["items"]]
    public = sealing.ask(get_request, customer, number)["timeline"]["items"]
    assert [item["text"] for item in public] == [CAME, *(f"{ANSWER} {turn}" for turn in range(3))]


def test_lists_and_search_work_on_what_is_never_sealed(sealing: Desk) -> None:
    number = live(sealing)
    for words in (number, "商品破损", "韩梅梅"):
        rows = sealing.ask(list_tickets, sealing.boss, {"q": words})["items"]
        assert [row["number"] for row in rows] == [number]


def test_events_carry_the_words_to_our_services(sealing: Desk) -> None:
    number = live(sealing)
    ticket_id = sealing.show(number)["ticket_id"]
    told = {event["type"]: event["data"] for event in sealing.events(ticket_id)}
    assert told["ticket.created"]["text"] == CAME
    assert told["ticket.replied"]["text"] == ANSWER
    assert told["ticket.solved"]["text"] == SOLUTION
    assert told["ticket.reopened"]["reason"] == REASON


class TestSolutions:
    """The one text that stands on the ticket itself."""

    def solved(self, desk: Desk) -> str:
        number: str = desk.open()["number"]
        shown = desk.change(working.solve_ticket, desk.boss, number=number, text=SOLUTION)
        assert shown["solution"] == SOLUTION
        return number

    def row(self, desk: Desk, number: str) -> Any:
        query = text("SELECT solution, sealed_solution FROM tickets WHERE number = :number")
        with desk.database.engine.connect() as connection:
            return connection.execute(query, {"number": number}).one()

    def test_a_command_on_a_solved_ticket_shows_and_keeps_it(self, sealing: Desk) -> None:
        number = self.solved(sealing)
        before = self.row(sealing, number)
        edited = sealing.change(
            working.edit_ticket, sealing.boss, number=number, version=None, changes={"tags": ["x"]}
        )
        assert edited["solution"] == SOLUTION
        assert self.row(sealing, number) == before
        assert before.solution is None

    def test_reopening_removes_it(self, sealing: Desk) -> None:
        number = self.solved(sealing)
        sealing.change(working.reopen_ticket, sealing.boss, number=number, reason=REASON)
        assert tuple(self.row(sealing, number)) == (None, None)
        assert sealing.show(number)["solution"] is None

    @pytest.mark.parametrize("order", [("plain", "sealing"), ("sealing", "plain")])
    def test_it_changes_its_form_with_the_option(
        self, plain: Desk, sealing: Desk, order: tuple[str, str]
    ) -> None:
        desks = {"plain": plain, "sealing": sealing}
        first, second = (desks[name] for name in order)
        number = self.solved(first)
        second.change(working.reopen_ticket, second.boss, number=number, reason=REASON)
        shown = second.change(working.solve_ticket, second.boss, number=number, text="又好了")
        assert shown["solution"] == "又好了"
        row = self.row(second, number)
        assert (row.solution is None) == (second is sealing)
        assert (row.sealed_solution is None) == (second is plain)
        assert first.show(number)["solution"] == "又好了"

    def test_the_same_words_again_in_one_transaction_are_sealed(self, sealing: Desk) -> None:
        number = self.solved(sealing)
        with sealing.database.begin() as uow:
            now = utc_now()
            working.reopen_ticket(uow, sealing.boss, now, number=number, reason=REASON)
            uow.session.flush()
            again = working.solve_ticket(uow, sealing.boss, now, number=number, text=SOLUTION)
            uow.commit()
        assert again.solution == SOLUTION
        assert self.row(sealing, number).solution is None
        assert sealing.show(number)["solution"] == SOLUTION


class TestOlderTexts:
    """What was written before the option was on is sealed by a job."""

    def test_the_job_seals_all_in_batches_and_then_finds_nothing(
        self, plain: Desk, sealing: Desk
    ) -> None:
        numbers = [live(plain) for _ in range(40)]
        clear_outbox(plain)
        before = [plain.show(number) for number in numbers]
        assert left(plain) > 200
        assert seal_texts(sealing.database) == 200
        while seal_texts(sealing.database):
            pass
        assert left(sealing) == 0
        assert found(sealing) == {}
        assert [sealing.show(number) for number in numbers] == before

    def test_where_texts_stay_plain_the_job_does_nothing(self, plain: Desk) -> None:
        live(plain)
        assert seal_texts(plain.database) == 0
        assert left(plain) > 0

    def test_what_is_locked_waits(self, plain: Desk, sealing: Desk) -> None:
        live(plain)
        waiting = left(plain)
        with plain.database.begin() as holder:
            holder.session.execute(
                text("SELECT 1 FROM timeline_entries WHERE text = :came FOR UPDATE"), {"came": CAME}
            )
            while seal_texts(sealing.database):
                pass
            assert left(plain) == 1 < waiting
        assert seal_texts(sealing.database) == 1

    def test_looking_for_more_does_not_read_the_timelines(self, sealing: Desk) -> None:
        for _ in range(30):
            live(sealing)
        with sealing.database.engine.begin() as connection:
            plan = connection.execute(
                text(
                    "EXPLAIN SELECT entry_id FROM timeline_entries "
                    f"WHERE {PLAIN_ENTRIES.condition} ORDER BY kind LIMIT 200 "
                    "FOR NO KEY UPDATE SKIP LOCKED"
                )
            )
            lines = "\n".join(plan.scalars())
        assert "Seq Scan" not in lines
        assert "kind_idx" in lines or "ix_timeline_entries_plain" in lines, lines


class TestKeys:
    def test_a_new_key_takes_texts_and_solutions_over(
        self, database: Database, sealing: Desk
    ) -> None:
        number = live(sealing)
        before = sealing.show(number)
        changing = desk_with(database, BOTH)
        while rotate_some(changing.database, BOTH, SEALED):
            pass
        assert desk_with(database, KeyRing(SECOND)).show(number) == before

    def test_a_text_that_no_key_opens_does_not_hide_the_ticket(
        self, database: Database, sealing: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        number = live(sealing)
        stranger = desk_with(database, KeyRing({"k9": secrets.token_bytes(32)}))
        shown = stranger.show(number)
        assert shown["status"] == "solved"
        assert shown["solution"] is None
        assert {item["text"] for item in shown["timeline"]["items"]} == {None}
        assert "cannot be read" in caplog.text


def test_reading_asks_the_database_no_more_than_before(plain: Desk, sealing: Desk) -> None:
    counted = []
    for desk in (plain, sealing):
        number = live(desk)
        with desk.counting_statements() as statements:
            desk.show(number)
        counted.append(len(statements))
    assert counted[0] == counted[1]


class TestWorkingTogether:
    """What people ask of one another, note and draft."""

    def test_its_words_change_their_form_with_the_option(
        self, plain: Desk, sealing: Desk, database: Database
    ):
        number = help_each_other(plain)
        assert "collaborations" in str(places_of(database, DUTY))
        while seal_texts(sealing.database):
            pass
        with database.engine.connect() as connection:
            assert [count_plain(connection, one) for one in PLAIN] == [0] * len(PLAIN)
        for words in (DUTY, SPENT, DRAFTED):
            assert not places_of(database, words)
        with sealing.database.begin(read_only=True) as uow:
            [part] = list_of_ticket(uow, sealing.boss, number)["items"]
            [effort] = list_efforts(uow, sealing.boss, number)["items"]
        assert (part["duty"], effort["note"]) == (DUTY, SPENT)

    def test_they_are_sealed_from_the_start_where_that_is_wanted(
        self, sealing: Desk, database: Database
    ):
        help_each_other(sealing)
        for words in (DUTY, SPENT, DRAFTED):
            assert not places_of(database, words)
