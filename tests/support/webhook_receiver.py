"""A receiver of webhooks that checks signatures as Standard Webhooks describes them.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
from typing import Any

from tests.support.vendors.server import Asked, Said, VendorServer

_TOLERANCE = 300  # seconds


class Receiver(VendorServer):
    """`events` are those that were taken, as they came; a wrong signature is answered 401."""

    def __init__(self, *secrets: str) -> None:
        super().__init__()
        self.secrets = list(secrets)
        self.events: list[dict[str, Any]] = []
        self.status = 204

    @property
    def hook_url(self) -> str:
        return f"{self.url}/hooks"

    def answer(self, asked: Asked) -> Said:
        if not any(is_signed(asked, secret) for secret in self.secrets):
            return Said(b"", 401)
        if self.status < 300:
            event = json.loads(asked.body)
            assert asked.headers["webhook-id"] == event["id"]
            assert asked.headers["content-type"] == "application/cloudevents+json"
            self.events.append(event)
        return Said(b"", self.status)

    def ids(self, subject: str | None = None) -> list[str]:
        """Of the events taken, each where it was taken first."""
        wanted = [one["id"] for one in self.events if subject in (None, one["subject"])]
        return list(dict.fromkeys(wanted))

    def seqs(self, subject: str) -> list[int]:
        """Of a ticket's events, each where it was taken first."""
        seqs = [one["data"]["seq"] for one in self.events if one["subject"] == subject]
        return list(dict.fromkeys(seqs))


def is_signed(asked: Asked, secret: str) -> bool:
    """Whether one of the signatures is ours and fresh."""
    stamp = asked.headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(int(stamp) - asked.at) > _TOLERANCE:
        return False
    key = base64.b64decode(secret[len("whsec_") :])
    signed = f"{asked.headers['webhook-id']}.{stamp}.".encode() + asked.body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = asked.headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected, one) for one in given)
