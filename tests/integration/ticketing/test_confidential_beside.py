"""Reviews and files of confidential tickets: withheld like the ticket, whatever comes together."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from libs.common.testing.eventually import eventually
from services.ticketing.storage.material_rows import lock_by_token
from services.ticketing.storage.quality_check.review_rows import keep_review, lock_review
from services.ticketing.storage.together_tables import material_requests
from services.ticketing.storage.worded_rows import keep_row
from services.ticketing.use_cases.change_templates import change_template
from tests.integration.ticketing.checking import WHOLE, scored
from tests.integration.ticketing.desk import Ask, Desk, created, staged
from tests.integration.ticketing.keyed import keyed_database, secret_template
from tests.support.dump import places_of

SAID, JUDGED, DISPUTED = "问候得体但没有核实卡号", "第二次提醒仍未核实", "系统当时查不到卡号"
FILE = "客户身份证正面.pdf"
ROOM = {"key": "room", "type": "text", "label": {"zh": "房间"}}
PROOF = {"key": "proof", "type": "file", "label": {"zh": "证明"}}


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    with keyed_database(databases, "beside") as database:
        yield database


@pytest.fixture(scope="module")
def secret(ask: Ask) -> str:
    return secret_template(ask, ROOM, PROOF, secret=())


def judged(ask: Ask, secret: str) -> dict[str, Any]:
    """A disputed review of a ticket that has become confidential meanwhile."""
    greeting = {"points": 1, "comment": SAID}
    review, li = scored(ask, scores=WHOLE | {"greeting": greeting}, comment=JUDGED)
    given = {"review_id": review["review_id"]}
    ask("appeal_review", actor=li, **given, version=review["version"], reason=DISPUTED)
    ask("change_ticket_template", number=review["ticket"]["number"], template_key=secret)
    shown: dict[str, Any] = ask("get_quality_review", **given)
    return shown


def test_the_words_of_a_review_are_sealed_and_withheld(
    ask: Ask, database: Database, secret: str, stranger: Actor
) -> None:
    review = judged(ask, secret)
    told = (review["comment"], review["scores"]["greeting"]["comment"])
    assert told == (JUDGED, SAID)
    assert DISPUTED in [step["reason"] for step in review["steps"]]
    number = review["ticket"]["number"]
    assert review["confidential_read"] == {"numbers": [number], "what": "quality review"}
    for words in (SAID, JUDGED, DISPUTED):
        assert "quality_reviews" not in str(places_of(database, words))
    given = {"review_id": review["review_id"]}
    answers = [
        ask("get_quality_review", actor=stranger, **given),
        ask("list_quality_reviews", actor=stranger, filters={"number": number}),
        ask("list_review_timeline", actor=stranger, **given),
        ask("get_quality_review", actor=handler(review, stranger), **given),
        ask("decide_appeal", actor=other(stranger), **given, scores=None, reason="维持"),
    ]
    for answer in answers:
        assert not [words for words in (SAID, JUDGED, DISPUTED) if words in str(answer)]
        assert "confidential_read" not in answer
    # What it came to is no secret: figures count it.
    assert answers[0]["total"] == review["total"]
    assert answers[2]["is_withheld"]


def other(like: Actor) -> Actor:
    """Somebody else with these rights."""
    return replace(like, subject=uuid4(), name="赵主管")


def handler(review: dict[str, Any], like: Actor) -> Actor:
    """Whose work was judged, with the rights of the other."""
    person = review["handler"]
    return replace(like, subject=UUID(person["person_id"]), name=person["name"])


def test_names_of_files_in_the_form_are_withheld_like_the_files(
    ask: Ask, desk: Desk, database: Database, secret: str, stranger: Actor
) -> None:
    file = staged(ask, name=FILE)["attachment_id"]
    fields = {"room": "三楼", "proof": [file]}
    begun = created(ask, template_key=secret, fields=fields)
    number = begun["number"]
    assert begun["fields"]["proof"][0]["name"] == FILE
    assert ask("get_ticket", actor=stranger, number=number)["fields"] == {"room": "三楼"}
    changes = {"tags": ["急"]}
    given = {"number": number, "version": None}
    changed = ask("edit_ticket", actor=stranger, **given, changes=changes)
    assert changed["fields"] == {"room": "三楼"}
    kept = desk.scalar("SELECT fields FROM tickets WHERE number = :n", n=number)
    assert kept == {"room": "三楼"}
    events = desk.events(begun["ticket_id"])
    assert FILE not in str(events)
    for filters in ({"q": FILE}, {"q": number}):
        assert FILE not in str(ask("list_tickets", actor=stranger, filters=filters))
    assert FILE not in str(ask("search_tickets", actor=stranger, q=number))
    # What an earlier release has left open is withheld all the same.
    with database.engine.begin() as connection:
        left = "UPDATE tickets SET fields = fields || jsonb_build_object('proof', :n) "
        connection.execute(text(left + "WHERE number = :number"), {"n": FILE, "number": number})
    assert ask("get_ticket", actor=stranger, number=number)["fields"] == {"room": "三楼"}


def waits(database: Database) -> bool:
    """Whether somebody waits for a lock here."""
    asked = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    with database.engine.connect() as connection:
        return bool(connection.scalar(asked))


def becoming(database: Database, boss: Actor, number: str, template_key: str) -> None:
    with database.begin() as uow:
        given = {"number": number, "version": None, "template_key": template_key}
        change_template(uow, boss, utc_now(), **given)
        uow.commit()


def test_a_review_is_judged_while_its_ticket_becomes_confidential(
    ask: Ask, desk: Desk, database: Database, secret: str
) -> None:
    review, _ = scored(ask, comment=JUDGED)
    number = review["ticket"]["number"]
    with ThreadPoolExecutor(1) as pool, database.begin() as uow:
        held = lock_review(uow.session, UUID(review["review_id"]))
        assert held is not None
        change = pool.submit(becoming, database, desk.boss, number, secret)
        eventually(lambda: waits(database), 20)
        keep_review(uow.session, held)
        uow.commit()
        change.result(timeout=30)
    kept = "SELECT words FROM quality_reviews WHERE review_id = :one"
    assert desk.scalar(kept, one=review["review_id"]) is None
    assert ask("get_quality_review", review_id=review["review_id"])["comment"] == JUDGED


def test_a_document_comes_while_its_ticket_becomes_confidential(
    ask: Ask, desk: Desk, database: Database, secret: str
) -> None:
    number = created(ask)["number"]
    given = {"kinds": ["document"], "max_files": 2, "days": 3, "site": "https://example.org"}
    link = ask("request_material", number=number, text="请上传身份证", **given)["link"]
    with ThreadPoolExecutor(1) as pool, database.begin() as uow:
        held = lock_by_token(uow.session, link.rsplit("/", 1)[-1])
        assert held is not None
        change = pool.submit(becoming, database, desk.boss, number, secret)
        eventually(lambda: waits(database), 20)
        keep_row(uow.session, material_requests, held)
        uow.commit()
        change.result(timeout=30)
    assert desk.scalar("SELECT count(*) FROM material_requests WHERE words IS NOT NULL") == 0
