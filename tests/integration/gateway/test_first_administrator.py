"""A new installation gets one administrator from the command line, and no second one."""

import pytest
from sqlalchemy import text

from gateway.auth.passwords import is_password
from gateway.first_administrator import add_first_administrator
from gateway.organisation.people import find_account
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database

pytestmark = pytest.mark.services("gateway")


def test_the_first_administrator_has_an_initial_password_and_is_the_only_one(
    database: Database,
) -> None:
    with database.begin() as uow:  # and never committed
        uow.session.execute(text("UPDATE people SET is_active = false"))
        password = add_first_administrator(uow, utc_now(), "AD100", "王管理员")
        account = find_account(uow.session, "ad100")
        assert account is not None
        assert is_password(password, account.password_hash)
        with pytest.raises(ValueError, match="there is an administrator already"):
            add_first_administrator(uow, utc_now(), "AD101", "李管理员")
