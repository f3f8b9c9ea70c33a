"""What was there before a migration is there after it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.config import Config
from libs.common.crypto import hash_token
from libs.common.database.unit_of_work import Database
from libs.common.migrate import _folder, _run, create_database, upgrade
from services.intake.queries.accounts import list_keys
from services.intake.storage.customers import is_only_claimed
from services.intake.storage.known_accounts import Accounts

INSERT = (
    "INSERT INTO channel_accounts (account_id, channel, name, address, key_hash) "
    "VALUES (:id, :channel, :channel, :address, :hash)"
)


@pytest.fixture
def database(postgres: Any, databases: Any, tmp_path: Path) -> Iterator[Database]:
    """As the first release left it."""
    prefix = f"tidedesk_intake_before_{os.getpid()}"
    config = Config.read({"DATABASE_URL": postgres.url_for(prefix)})
    create_database(config.database_url("intake"))
    opened = Database.connect("intake", config)
    first = tmp_path / "versions"
    first.mkdir()
    shutil.copy(_folder("intake") / "0001_intake.py", first)
    with opened.engine.begin() as connection:
        assert _run(connection, first) == ["0001"]
    yield opened
    opened.close()
    databases.drop(prefix, ["intake"])


def test_keys_of_accounts_stay_good(database: Database) -> None:
    form, mail = uuid4(), uuid4()
    rows = [
        {"id": form, "channel": "web_form", "address": None, "hash": hash_token("form key")},
        {"id": mail, "channel": "mail", "address": "a@b.cn", "hash": hash_token("mail key")},
    ]
    with database.engine.begin() as connection:
        connection.execute(text(INSERT), rows)
    url = database.engine.url.render_as_string(hide_password=False)
    assert "0002" in upgrade("intake", url)
    accounts = Accounts(database.engine)
    found, _ = accounts.find_form("form key") or (None, None)
    assert found is not None
    assert found.account_id == form
    mailbox = accounts.find_mailbox("a@b.cn")
    assert mailbox is not None
    assert accounts.find_key(mailbox, "mail key")
    with database.begin(read_only=True) as uow:
        (key,) = list_keys(uow.session, mail)
    assert (key["created_by"], key["revoked_at"]) == (None, None)


def test_what_was_added_later_and_never_verified_counts_as_claimed(database: Database) -> None:
    customer, first, later, verified = (uuid4() for _ in range(4))
    add = (
        "INSERT INTO contacts (contact_id, customer_id, kind, value_encrypted, value_index, "
        "is_verified, created_at) VALUES (:id, :customer, 'email', '\\x01', :index, :verified, :at)"
    )
    times = {first: "2026-01-01Z", later: "2026-01-02Z", verified: "2026-01-02Z"}
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO customers (customer_id, display_name, created_at) "
                "VALUES (:id, '安', '2026-01-01Z')"
            ),
            {"id": customer},
        )
        connection.execute(
            text(add),
            [
                {"id": one, "customer": customer, "index": one.bytes, "at": at,
                 "verified": one == verified}
                for one, at in times.items()
            ],
        )  # fmt: skip
    upgrade("intake", database.engine.url.render_as_string(hide_password=False))
    with database.begin(read_only=True) as uow:
        assert [one for one in times if is_only_claimed(uow.session, one)] == [later]
