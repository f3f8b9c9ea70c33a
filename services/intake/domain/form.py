"""A web form's fields as an inbound message. The door has checked them; kinds are only proposed."""

import base64
from collections.abc import Mapping
from typing import Any

from libs.common.crypto.contacts import normalise_email, normalise_phone
from services.intake.domain import texts
from services.intake.domain.inbound import InboundFile, InboundMessage, Sender

# An id, or up to four names of 60 letters with what stands between them.
MAX_CATEGORY = 255


def read_form(form: Mapping[str, Any]) -> InboundMessage:
    """Understand a form; raises InvalidInput or ValueError for one that no door let in."""
    text = texts.clean_text(form["description"])
    subject = texts.clean_line(form.get("subject") or "", texts.MAX_SUBJECT)
    return InboundMessage(
        sender=Sender(
            name=texts.clean_name(form["name"]),
            email=normalise_email(form["email"]) if form.get("email") else None,
            phone=normalise_phone(form["phone"]) if form.get("phone") else None,
            language=texts.supported_language(form.get("language")),
        ),
        subject=subject or texts.subject_from(text),
        text=text,
        files=tuple(_file(entry) for entry in form.get("attachments") or ()),
        kind=form.get("kind"),
        urgency_hint=form.get("urgency"),
        template_key=texts.clean_line(form.get("template") or "", 64) or None,
        category=texts.clean_line(form.get("category") or "", MAX_CATEGORY) or None,
        form_fields=_fields(form),
    )


def _fields(form: Mapping[str, Any]) -> dict[str, str]:
    fields = {**(form.get("fields") or {})}
    if form.get("order_number"):
        fields["order_number"] = form["order_number"]
    return {texts.clean_line(str(name), 64): _plain(value) for name, value in fields.items()}


def _plain(value: object) -> str:
    """Words for people: forms send numbers and check boxes, too, and several of these."""
    if isinstance(value, list):
        return "、".join(_plain(one) for one in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else texts.clean_text(str(value))


def _file(entry: Mapping[str, Any]) -> InboundFile:
    content = base64.b64decode(entry["content"])
    return InboundFile(texts.clean_file_name(entry["name"]), entry["media_type"], content)
