"""Changes of accounts, as an administrator asks for them."""

from typing import Any

from flask import Flask

from gateway.auth.passwords import hash_password
from gateway.parts import EXTENSION
from tests.support.gateway import Browser
from tests.support.organisation import etag_of

OWN_PASSWORD = "a new password of mine"


def change(browser: Browser, account: dict[str, Any], **changes: Any) -> Any:
    path = f"/accounts/{account['person_id']}"
    return browser.patch(path, json=changes, headers=etag_of(browser, path))


def switch(browser: Browser, account: dict[str, Any], is_active: bool) -> Any:
    path = f"/accounts/{account['person_id']}/activity"
    return browser.put(path, json={"is_active": is_active})


def with_password(app: Flask, account: dict[str, Any]) -> None:
    """As if the initial password had been changed."""
    database = app.extensions[EXTENSION].database
    with database.begin() as uow:
        uow.session.connection().exec_driver_sql(
            "UPDATE people SET must_change_password = false, password_hash = %s "
            "WHERE person_id = %s",
            (hash_password(OWN_PASSWORD), account["person_id"]),
        )
        uow.commit()
