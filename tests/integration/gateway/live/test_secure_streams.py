"""Live updates over TLS, of which the process itself holds the certificate."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from libs.common.database.unit_of_work import Database
from libs.common.testing.processes import Processes
from tests.support.certificates import Authority
from tests.support.live_events import Ticket
from tests.support.live_stream import Listener

pytestmark = pytest.mark.services("gateway")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def base(
    installation: dict[str, str], processes: Processes, authority: Authority, database: Database
) -> Iterator[str]:
    certificate = authority.issue("localhost")
    env = {"GATEWAY_TLS_CERT": certificate.chain, "GATEWAY_TLS_KEY": certificate.key}
    processes.start("gateway.web", env=env)
    yield f"https://localhost:{installation['GATEWAY_PORT']}/api/v1"
    processes.stop("gateway.web")


def test_updates_come_through_tls(
    base: str, authority: Authority, token_of: Any, happens: Any
) -> None:
    with requests.get(
        f"{base}/live",
        headers={"Authorization": f"Bearer {token_of('CS900')}"},
        verify=str(authority.file),
        stream=True,
        timeout=(5, 20),
    ) as response:
        stream = Listener(response)
        assert stream.hear().name == "ready"
        tickets = [Ticket() for _ in range(500)]
        happens(*(ticket.says("ticket.created") for ticket in tickets))
        heard = [stream.hear().data["ticket_id"] for _ in tickets]
    assert heard == [str(ticket.ticket_id) for ticket in tickets]
