"""The door speaks TLS itself if it has a certificate."""

from pathlib import Path
from uuid import uuid4

import pytest
import requests

from libs.common.testing.processes import Processes
from tests.support.certificates import Authority

pytestmark = pytest.mark.services("intake")


def test_the_door_answers_those_who_trust_its_ca(
    installation: dict[str, str], processes: Processes, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    certificate = authority.issue("localhost")
    env = {"DOOR_TLS_CERT": certificate.chain, "DOOR_TLS_KEY": certificate.key}
    processes.start("intake.door", env=env)
    url = f"https://localhost:{installation['DOOR_PORT']}/channels/receipts/{uuid4()}"
    assert requests.get(url, verify=str(authority.file), timeout=30).status_code == 404
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(url, verify=True, timeout=30)
