"""Working together over REST: collaborations, links for customers, drafts, who is there."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import text

from gateway.live.presence import forget_absent
from gateway.schemas.material import UploadPage
from gateway.seed import seed_organisation
from libs.common.actor import Actor
from libs.common.database.unit_of_work import Database
from libs.common.errors import NotFound
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, Hands, problem_of

pytestmark = pytest.mark.services("gateway")

TOKEN = "tdu_" + "A" * 43
PAGE = f"/upload-requests/{TOKEN}"
NUMBER = "G20261122001"
PRESENCE = f"/tickets/{NUMBER}/presence"


def upload_page(**fields: Any) -> dict[str, Any]:
    return {
        "number": NUMBER,
        "state": "open",
        "text": "请上传身份证",
        "kinds": ["image"],
        "max_files": 2,
        "expires_at": "2026-11-29T00:00:00Z",
    } | fields


def test_whoever_has_the_link_sees_what_is_wanted(browser: Browser, services: FakeServices) -> None:
    services.answer("ticketing.get_material_page", upload_page())
    answer = browser.get(PAGE)
    assert (answer.status_code, answer.get_json()) == (200, upload_page())
    assert UploadPage().validate(upload_page()) == {}
    [asked] = services.calls("ticketing.get_material_page")
    assert asked.actor.permissions == {"material.open", "material.send"}


@pytest.mark.parametrize("link", ["short", "tdu_short", "A" * 47, "tds_" + "A" * 43])
def test_what_cannot_be_a_link_is_asked_of_nobody(
    browser: Browser, services: FakeServices, link: str
) -> None:
    problem_of(browser.get(f"/upload-requests/{link}"), 404)
    body = {"attachment_ids": [str(uuid4())]}
    problem_of(browser.post(f"/upload-requests/{link}/submission", json=body), 404)
    assert services.asked == []


def test_a_file_comes_without_a_login_but_not_by_a_link_that_is_over(
    browser: Browser, services: FakeServices
) -> None:
    file = {"attachment_id": str(uuid4()), "name": "照片.png", "media_type": "image/png", "size": 8}
    services.answer("ticketing.stage_material", {**file, "audit": {}})
    services.answer("ticketing.get_material_page", upload_page())
    sent = send(browser)
    assert (sent.status_code, sent.get_json()) == (201, file)
    [staged] = services.calls("ticketing.stage_material")
    assert (staged.args["token"], staged.args["media_type"]) == (TOKEN, "image/png")
    services.answer("ticketing.get_material_page", upload_page(state="received"))
    assert problem_of(send(browser), 410)["code"] == "material.received"
    assert len(services.calls("ticketing.stage_material")) == 1


def send(browser: Browser) -> Any:
    png = BytesIO(b"\x89PNG\r\n\x1a\n" + b"\x00" * 32)
    form = {"file": (png, "照片.png")}
    return browser.post(f"{PAGE}/files", data=form, content_type="multipart/form-data")


def test_the_key_of_a_submission_is_of_its_link_alone(
    browser: Browser, services: FakeServices
) -> None:
    services.answer("ticketing.send_material", upload_page(state="received", text=""))
    body = {"attachment_ids": [str(uuid4())], "note": "请查收"}
    key = {"Idempotency-Key": "the-same-key"}
    for token in (TOKEN, TOKEN, "tdu_" + "B" * 43):
        browser.post(f"/upload-requests/{token}/submission", json=body, headers=key)
    ids = [asked.command_id for asked in services.calls("ticketing.send_material")]
    assert len(set(ids)) == 2


def test_the_link_begins_where_browsers_find_us(agent: Browser, services: FakeServices) -> None:
    services.answer("ticketing.request_material", {"audit": {}})
    agent.post(f"/tickets/{NUMBER}/upload-requests", json={"text": "请上传身份证"})
    [asked] = services.calls("ticketing.request_material")
    assert asked.args["site"].startswith("http")
    assert (asked.args["kinds"], asked.args["max_files"], asked.args["days"]) == (
        ["image", "pdf"],
        5,
        7,
    )


def test_a_collaboration_needs_its_parts(agent: Browser, services: FakeServices) -> None:
    address = f"/tickets/{NUMBER}/collaborations"
    problem_of(agent.post(address, json={"parts": []}), 422)
    part = {"target_kind": "group", "target_id": str(uuid4()), "duty": "查日志"}
    services.answer("ticketing.start_collaboration", {"items": [], "audit": {}})
    due = {"due_at": "2030-01-01T08:00:00+08:00"}
    assert agent.post(address, json={"parts": [part | due]}).status_code == 201
    [asked] = services.calls("ticketing.start_collaboration")
    assert orjson.loads(orjson.dumps(asked.args["parts"])) == [part | due]


def test_whoever_asks_for_help_chooses_among_what_is_there(
    agent: Browser, database: Database
) -> None:
    with database.begin() as uow:
        seed_organisation(uow)
        uow.commit()
    found = agent.get("/collaboration-targets").get_json()
    assert "售后部" in [one["name"] for one in found["departments"]]
    assert "技术支持组" in [one["name"] for one in found["groups"]]


def test_a_draft_is_nobodys_action(
    agent: Browser, services: FakeServices, database: Database
) -> None:
    services.answer("ticketing.save_draft", {"text": "您好", "mentions": [], "updated_at": None})
    before = actions(database)
    answer = agent.put(f"/tickets/{NUMBER}/draft?kind=reply", json={"text": "您好"})
    assert answer.status_code == 200
    assert actions(database) == before
    problem_of(agent.put(f"/tickets/{NUMBER}/draft?kind=poem", json={"text": "您好"}), 422)


def actions(database: Database) -> int:
    with database.begin(read_only=True) as uow:
        found = uow.session.scalar(text("SELECT count(*) FROM audit_tail"))
        return int(found or 0)


class TestPresence:
    """Who else is at a ticket."""

    @pytest.fixture(autouse=True)
    def _ticket(self, database: Database) -> None:
        """In the pool, so that every agent may see it."""
        scope = {"assignee": None, "group": None, "department": None, "region": None}
        with database.begin() as uow:
            uow.session.execute(text("TRUNCATE live_tickets, live_updates, ticket_presences"))
            uow.session.execute(
                text(
                    "INSERT INTO live_tickets (ticket_id, seq, scope, body) "
                    "VALUES (:id, 1, CAST(:scope AS jsonb), CAST(:body AS jsonb))"
                ),
                {
                    "id": uuid4(),
                    "scope": orjson.dumps(scope).decode(),
                    "body": orjson.dumps({"number": NUMBER}).decode(),
                },
            )
            uow.commit()

    def updates(self, database: Database) -> list[Any]:
        with database.begin(read_only=True) as uow:
            query = text("SELECT body, recipients::text[] FROM live_updates ORDER BY id")
            return list(uow.session.execute(query).all())

    def test_two_at_a_ticket_hear_of_each_other_when_something_changes(
        self, agent: Browser, supervisor: Browser, database: Database
    ) -> None:
        assert sign(agent, "viewing") == []
        assert self.updates(database) == []
        assert [one["state"] for one in sign(supervisor, "viewing")] == ["viewing"]
        assert [one["state"] for one in sign(agent, "writing")] == ["viewing"]
        sign(agent, "writing")
        told = self.updates(database)
        assert [len(recipients) for _, recipients in told] == [2, 2]
        assert [one["state"] for one in told[-1][0]["people"]] == ["writing", "viewing"]
        assert agent.delete(PRESENCE).status_code == 204
        assert sign(supervisor, "viewing") == []

    def test_who_is_silent_is_gone(
        self, agent: Browser, supervisor: Browser, database: Database, clock: Hands
    ) -> None:
        sign(agent, "writing")
        clock.pass_by(seconds=46)
        assert sign(supervisor, "viewing") == []
        with database.begin() as uow:
            forget_absent(uow.session.connection(), clock())
            uow.commit()
        with database.begin(read_only=True) as uow:
            assert uow.session.scalar(text("SELECT count(*) FROM ticket_presences")) == 1

    def test_who_may_not_see_the_ticket_is_not_told_who_is_there(
        self, agent: Browser, supervisor: Browser, services: FakeServices, database: Database
    ) -> None:
        with database.begin() as uow:
            elsewhere = orjson.dumps({"assignee": str(uuid4()), "group": str(uuid4())}).decode()
            uow.session.execute(
                text("UPDATE live_tickets SET scope = CAST(:scope AS jsonb)"),
                {"scope": elsewhere},
            )
            uow.commit()
        sign(supervisor, "writing")
        problem_of(agent.post(PRESENCE, json={"state": "viewing"}), 404)

        def unknown(_args: dict[str, Any], _actor: Actor) -> None:
            raise NotFound("ticket.not_found", "there is no such ticket")

        services.answer("ticketing.list_timeline", unknown)
        problem_of(agent.post("/tickets/G20200101001/presence", json={"state": "viewing"}), 404)


def sign(browser: Browser, state: str) -> list[dict[str, str]]:
    answer = browser.post(PRESENCE, json={"state": state})
    assert answer.status_code == 200
    people: list[dict[str, str]] = answer.get_json()["people"]
    return people
