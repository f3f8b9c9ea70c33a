"""Intake's real processes as customers meet them, and the database behind them."""

from typing import Any
from uuid import UUID

import requests
from sqlalchemy import text

from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from services.intake import seed
from tests.integration.intake.desk import ADAPTER_KEY, FORM_KEY

LIMIT = 30  # seconds per request


class Outside:
    """The running processes as customers meet them, and the database behind them."""

    def __init__(self, installation: dict[str, str], processes: Processes) -> None:
        self.processes = processes
        self.door = f"http://127.0.0.1:{installation['DOOR_PORT']}"
        self.smtp_port = int(installation["SMTP_IN_PORT"])
        self.config = Config.read(installation)
        self.database = Database.connect("intake", self.config)
        keys = {"FORM_KEY": FORM_KEY, "MAIL_ADAPTER_KEY": ADAPTER_KEY}
        seed.seed(self.database, keys, self.config.mail_from)

    def form(self, submission_id: str, **fields: Any) -> requests.Response:
        body = {"name": "王五", "email": f"{submission_id}@example.com", "description": "坏了"}
        return requests.post(
            f"{self.door}/channels/forms/{FORM_KEY}",
            json=body | fields | {"submission_id": submission_id},
            headers={"Prefer": "respond-async"},
            timeout=LIMIT,
        )

    def insist(self, submission_id: str) -> str:
        """Send until it is accepted."""
        answer = eventually(
            lambda: self.form(submission_id), timeout=60, trouble=(requests.RequestException,)
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["receipt_id"])

    def receipts(self, external_id: str) -> list[tuple[UUID, str]]:
        query = text("SELECT receipt_id, state FROM receipts WHERE external_id = :id")
        with self.database.engine.connect() as connection:
            return [(row[0], row[1]) for row in connection.execute(query, {"id": external_id})]

    def messages(self, external_id: str) -> int:
        query = text(
            "SELECT count(*) FROM messages JOIN receipts USING (receipt_id) WHERE external_id = :id"
        )
        with self.database.engine.connect() as connection:
            return int(connection.execute(query, {"id": external_id}).scalar_one())

    def is_filed(self, external_id: str) -> bool:
        return [state for _, state in self.receipts(external_id)] == ["filed"]
