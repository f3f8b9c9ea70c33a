"""Web forms at the door: accepted durably, refused by name."""

import threading
from typing import Any
from uuid import uuid4

import pytest

from libs.common.config import Config
from libs.common.testing.eventually import eventually
from services.intake.service.channels import MAX_FORM
from services.intake.service.door_app import create_app
from services.intake.service.form_schema import MAX_FILE
from tests.integration.intake.desk import FORM_KEY, Desk, body_of, photo_field, ticket_created

URL = f"/channels/forms/{FORM_KEY}"

FULL = {
    "phone": "138 0013 8000",
    "kind": "repair",
    "urgency": "urgent",
    "subject": "空调不制冷",
    "order_number": "DD-1",
    "fields": {"报修物品": "空调", "保修期内": True},
    "attachments": [photo_field()],
    "language": "zh-CN",
}


def test_a_form_is_accepted_with_a_receipt(desk: Desk) -> None:
    answer = desk.send_form(**FULL)
    assert answer.status_code == 202
    receipt_id = answer.json["receipt_id"]
    assert answer.json["number"] is None
    assert answer.json["status_url"].endswith(f"/channels/receipts/{receipt_id}")
    shown = desk.client.get(answer.json["status_url"]).json
    assert {name: shown[name] for name in ("receipt_id", "state", "number")} == {
        "receipt_id": receipt_id,
        "state": "accepted",
        "number": None,
    }
    assert shown["received_at"].endswith("+00:00")


def test_what_a_form_says_is_not_readable_in_the_database(desk: Desk) -> None:
    receipt_id = desk.send_form(description="不能说的秘密").json["receipt_id"]
    rows = desk.rows("SELECT body FROM raw_messages WHERE receipt_id = :id", id=receipt_id)
    assert "秘密".encode() not in bytes(rows[0]["body"])


def test_a_large_form_goes_to_the_blob_store_sealed(desk: Desk) -> None:
    receipt_id = desk.send_form(attachments=[photo_field(b"x" * 100_000)]).json["receipt_id"]
    row = desk.rows("SELECT * FROM raw_messages WHERE receipt_id = :id", id=receipt_id)[0]
    assert row["body"] is None
    assert row["blob_key"].endswith(".sealed")
    known = desk.scalar("SELECT count(*) FROM stored_blobs WHERE receipt_id = :id", id=receipt_id)
    assert known == 1


@pytest.mark.parametrize("way", ["submission_id", "Idempotency-Key"])
def test_the_same_form_gets_the_same_receipt(desk: Desk, way: str) -> None:
    key = uuid4().hex
    fields = {"submission_id": key} if way == "submission_id" else {}
    headers = {} if fields else {"Idempotency-Key": key}
    first = desk.send_form(headers=headers, **fields)
    again = desk.send_form(headers=headers, **fields, description="改了一个字")
    assert again.status_code == 202
    assert again.json == first.json
    query = "SELECT count(*) FROM receipts WHERE external_id = :key"
    assert desk.scalar(query, key=key) == 1


def test_forms_without_an_id_are_all_new(desk: Desk) -> None:
    same = {"email": "twice@example.com", "description": "同样的话"}
    assert desk.send_form(**same).json != desk.send_form(**same).json


def test_the_same_form_at_the_same_moment_gets_one_receipt(desk: Desk) -> None:
    key, receipts = uuid4().hex, []

    def send() -> None:
        receipts.append(desk.send_form(submission_id=key).json["receipt_id"])

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 8
    assert len(set(receipts)) == 1


def test_malformed_json_is_refused_with_its_place(desk: Desk) -> None:
    body = '{"name": "王五",\n "email": }'
    answer = desk.client.post(URL, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    problem = body_of(answer)
    assert problem["code"] == "body.malformed"
    assert "line 2, column 11" in problem["detail"]


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"colour": "red"}, {"colour"}),
        ({"name": None}, {"name"}),
        ({"name": " \0 "}, {"name"}),
        ({"description": ""}, {"description"}),
        ({"description": "长" * 20_000}, {"description"}),
        ({"email": None}, {"email", "phone"}),
        ({"email": "not an address"}, {"email"}),
        ({"email": "a@b"}, {"email"}),
        ({"phone": "12"}, {"phone"}),
        ({"email": "x@", "phone": "x"}, {"email", "phone"}),
        ({"kind": "praise"}, {"kind"}),
        ({"urgency": 3}, {"urgency"}),
        ({"language": "Chinese!"}, {"language"}),
        ({"submission_id": "a\nb"}, {"submission_id"}),
        ({"fields": ["x"]}, {"fields"}),
        ({"fields": {"a": {"b": 1}}}, {"fields.a"}),
        ({"fields": {"a": ["x", ["y"]]}}, {"fields.a"}),
        ({"template": " "}, {"template"}),
        ({"template": ["repair"]}, {"template"}),
        ({"category": " "}, {"category"}),
        ({"category": ["售后", "维修"]}, {"category"}),
        ({"category": "长" * 256}, {"category"}),
        ({"fields": {f"f{n}": "x" for n in range(51)}}, {"fields"}),
        ({"fields": {f"f{n}": "x" * 1000 for n in range(50)}}, {"fields"}),
        ({"attachments": [photo_field() | {"size": 3}]}, {"attachments.0.size"}),
        ({"attachments": [photo_field() | {"content": "%%%"}]}, {"attachments.0.content"}),
        ({"attachments": [photo_field() | {"content": "YWJj\n"}]}, {"attachments.0.content"}),
        ({"attachments": [photo_field() | {"media_type": "x"}]}, {"attachments.0.media_type"}),
        ({"attachments": [photo_field()] * 11}, {"attachments"}),
    ],
)
def test_wrong_fields_are_refused_by_name(
    desk: Desk, fields: dict[str, Any], names: set[str]
) -> None:
    answer = desk.send_form(**fields)
    assert answer.status_code == 422
    assert set(body_of(answer)["errors"]) == names


@pytest.mark.parametrize("body", ["[]", '"x"', "3", "null"])
def test_a_form_is_an_object(desk: Desk, body: str) -> None:
    answer = desk.client.post(URL, data=body, content_type="application/json")
    assert answer.status_code == 422
    assert "body" in body_of(answer)["errors"]


def test_other_media_types_are_not_taken(desk: Desk) -> None:
    answer = desk.client.post(URL, data={"name": "x"})
    assert answer.status_code == 415


def test_an_oversize_attachment_is_refused_by_name(desk: Desk) -> None:
    answer = desk.send_form(attachments=[photo_field(), photo_field(b"x" * (MAX_FILE + 1))])
    assert answer.status_code == 413
    assert "attachments.1.content" in body_of(answer)["errors"]


@pytest.mark.timeout(30)  # each was complained of, for minutes
@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"attachments": [{}] * 10_000}, "attachments"),
        ({"fields": {f"{number}": [] for number in range(10_000)}}, "fields"),
        ({"attachments": [{}] * 1_000_000}, "body"),
        ({f"unknown{number}": 1 for number in range(1_000_000)}, "body"),
    ],
)
def test_ten_thousand_members_are_one_complaint(desk: Desk, fields: Any, name: str) -> None:
    answer = desk.send_form(**fields)
    assert answer.status_code == 422
    assert list(body_of(answer)["errors"]) == [name]
    assert len(answer.data) < 1_000


def test_attachments_may_be_too_large_together(desk: Desk) -> None:
    answer = desk.send_form(attachments=[photo_field(b"x" * (MAX_FILE - 1))] * 3)
    assert answer.status_code in (413, 422)
    assert body_of(answer)["code"] in ("attachment.too_large", "body.too_large")


def test_an_oversize_body_is_refused(desk: Desk) -> None:
    answer = desk.client.post(URL, data=b" " * (MAX_FORM + 1), content_type="application/json")
    assert answer.status_code == 413
    assert body_of(answer)["code"] == "body.too_large"


@pytest.mark.parametrize("key", ["short", "x" * 129])
def test_an_idempotency_key_has_a_form(desk: Desk, key: str) -> None:
    answer = desk.send_form(headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert "Idempotency-Key" in body_of(answer)["errors"]


def test_an_unknown_form_is_404(desk: Desk) -> None:
    answer = desk.send_form(key="wrong")
    assert (answer.status_code, body_of(answer)["code"]) == (404, "form.unknown")


@pytest.mark.parametrize("receipt_id", ["x", str(uuid4())])
def test_an_unknown_receipt_is_404(desk: Desk, receipt_id: str) -> None:
    answer = desk.client.get(f"/channels/receipts/{receipt_id}")
    assert (answer.status_code, body_of(answer)["code"]) == (404, "receipt.unknown")


def test_unknown_paths_and_methods_are_problems_too(desk: Desk) -> None:
    for answer, status in ((desk.client.get("/"), 404), (desk.client.get(URL), 405)):
        assert answer.status_code == status
        assert answer.content_type == "application/problem+json"


def test_a_request_keeps_its_id(desk: Desk) -> None:
    answer = desk.send_form(key="wrong", headers={"X-Request-Id": "request-1"})
    assert answer.headers["X-Request-Id"] == "request-1"
    assert body_of(answer)["request_id"] == "request-1"


def test_browsers_may_ask_from_anywhere(desk: Desk) -> None:
    answer = desk.client.options(URL, headers={"Origin": "https://shop.example"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
    refused = desk.send_form(colour="red")
    assert refused.headers["Access-Control-Allow-Origin"] == "*"


def test_a_form_waits_for_its_number(desk: Desk) -> None:
    answers: list[Any] = []
    sender = threading.Thread(target=lambda: answers.append(_send_and_wait(desk)))
    sender.start()

    def number_it() -> bool:
        desk.file()
        for event in desk.events("message.received"):
            ticket_id = event.data["ticket_id"]
            if event.data["subject"] == "等号码":
                desk.tell(ticket_created(ticket_id, "G20231001001"))
                return True
        return False

    eventually(number_it)
    sender.join()
    assert answers[0].json["number"] == "G20231001001"
    assert desk.client.get(answers[0].json["status_url"]).json["number"] == "G20231001001"


def _send_and_wait(desk: Desk) -> Any:
    return desk.send_form(subject="等号码", headers={"Prefer": "wait=2"})


def test_without_a_database_the_door_says_when_to_come_again(config: Config) -> None:
    nowhere = Config.read(
        {
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
            "FIELD_KEYS": config.field_keys,
            "BLOB_DIR": config.blob_dir,
        }
    )
    client = create_app(nowhere).test_client()
    answer = client.post(URL, json={"name": "x"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert body_of(answer)["code"] == "database.unavailable"


def test_the_door_outlives_its_connections(desk: Desk) -> None:
    assert desk.send_form().status_code == 202
    kill = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'tidedesk-intake-door'"
    )
    assert desk.scalar(kill) > 0
    assert desk.send_form().status_code == 202
