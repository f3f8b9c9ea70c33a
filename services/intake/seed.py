"""Channel accounts to begin with: a web form and a mailbox. Repeating it changes nothing.

    python -m services.intake.seed

Keys come from FORM_KEY and MAIL_ADAPTER_KEY; those that are
missing are made and printed, the only time that they can be read.
"""

import os
from collections.abc import Mapping
from email.utils import parseaddr

from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.crypto import new_token
from libs.common.database.unit_of_work import Database
from services.intake.storage.accounts import mailbox_name
from services.intake.use_cases.open_accounts import open_account

FORM_NAME = "官网表单"
MAIL_NAME = "客服邮箱"


def seed(database: Database, environ: Mapping[str, str], mail_from: str) -> dict[str, str]:
    """Make or update the two accounts; returns how to reach them."""
    form_key, has_form_key = _key(environ, "FORM_KEY", "form")
    adapter_key, has_adapter_key = _key(environ, "MAIL_ADAPTER_KEY", "adapter")
    address = mailbox_name(parseaddr(mail_from)[1])
    with database.begin() as uow:
        now = utc_now()
        made_form = open_account(
            uow, now, "web_form", FORM_NAME, form_key, address=None, replaces=has_form_key
        )
        made_mail = open_account(
            uow, now, "mail", MAIL_NAME, adapter_key, address=address, replaces=has_adapter_key
        )
        uow.commit()
    return {
        "form": f"/channels/forms/{form_key if made_form else '(key unchanged)'}",
        "mail": f"/channels/mail/{address}",
        "adapter key": adapter_key if made_mail else "(unchanged)",
    }


def _key(environ: Mapping[str, str], name: str, kind: str) -> tuple[str, bool]:
    given = environ.get(name)
    return (given, True) if given else (new_token(kind), False)


def main() -> None:
    """Seed the installation that the environment names."""
    config = Config.read()
    database = Database.connect("intake", config)
    for name, value in seed(database, os.environ, config.mail_from).items():
        print(f"{name}: {value}")
    database.close()


if __name__ == "__main__":
    main()
