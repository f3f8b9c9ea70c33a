"""A web form as an inbound message."""

import base64

from services.intake.domain.form import read_form
from services.intake.domain.texts import MAX_SUBJECT

FORM = {
    "name": "王五",
    "email": "Wang@Example.com",
    "phone": "138 0013 8000",
    "kind": "repair",
    "urgency": "urgent",
    "subject": "空调不制冷",
    "description": "空调不制冷\r\n已经两天了",
    "order_number": "DD20231001",
    "fields": {"报修物品": "空调", "保修期内": True, "台数": 2},
    "attachments": [
        {
            "name": "../照片.jpg",
            "media_type": "image/jpeg",
            "content": base64.b64encode(b"photo").decode(),
        }
    ],
    "language": "zh",
}


def test_all_fields_of_a_form_are_taken() -> None:
    message = read_form(FORM)
    assert message.sender.contacts() == [("email", "wang@example.com"), ("phone", "+8613800138000")]
    assert (message.kind, message.urgency_hint) == ("repair", "urgent")
    assert message.subject == "空调不制冷"
    assert message.text == "空调不制冷\n已经两天了"
    assert message.form_fields == {
        "报修物品": "空调",
        "保修期内": "是",
        "台数": "2",
        "order_number": "DD20231001",
    }
    assert [(file.name, file.content) for file in message.files] == [("照片.jpg", b"photo")]


def test_a_subject_is_made_from_the_description() -> None:
    form = {"name": "王五", "phone": "+8613800138000", "description": "一" * 200}
    message = read_form(form)
    assert message.subject == "一" * 59 + "…"
    assert len(message.subject) < MAX_SUBJECT
    assert (message.sender.email, message.kind, message.files) == (None, None, ())


def test_nul_characters_in_a_form_vanish() -> None:
    form = {
        "name": "王\0五",
        "phone": "13800138000",
        "description": "a\0b",
        "fields": {"x\0": "\0"},
    }
    message = read_form(form)
    assert (message.sender.name, message.text, message.form_fields) == ("王五", "ab", {"x": ""})
