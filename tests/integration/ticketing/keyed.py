"""A database with keys, without which no template is confidential; and such templates."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from libs.common.config import Config
from libs.common.crypto import KeyRing
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from tests.integration.ticketing.desk import Ask

_PARTS = ["ticketing"]


@contextmanager
def keyed_database(
    databases: Databases, name: str, keys: KeyRing | None = None
) -> Iterator[Database]:
    """One of its own for the tests of a module; texts stand in the clear."""
    label = f"tidedesk_ticketing_{os.getpid()}_{name}"
    url = databases.create(label, _PARTS)
    opened = Database.connect("ticketing", Config.read({"DATABASE_URL": url}))
    opened.close()
    keyed = Database(opened.engine, "ticketing", keys or KeyRing({"k1": secrets.token_bytes(32)}))
    yield keyed
    keyed.close()
    databases.drop(label, _PARTS)


def secret_template(
    ask: Ask, *fields: dict[str, Any], secret: tuple[str, ...] | None, check: bool = False
) -> str:
    """The key of a template in use; confidential with these fields, or with None not at all."""
    key = f"t{uuid4().hex[:12]}"
    values: dict[str, Any] = {
        "name": {"zh": "盗刷", "en": "Fraud"},
        "kind": "complaint",
        "fields": list(fields),
    }
    if secret is not None:
        values["confidential"] = {"fields": list(secret), "identity_check": check}
    ask("create_template", key=key, values=values)
    ask("publish_template", key=key)
    return key
