import pytest

from gateway.seed import read_passwords
from gateway.settings import Settings
from libs.common.config import ConfigError


def test_nothing_set_means_the_usual_place() -> None:
    assert Settings.read({}) == Settings("127.0.0.1", 8080, 32, 1, 0)


def test_everything_can_be_set() -> None:
    env = {
        "GATEWAY_HOST": "0.0.0.0",
        "GATEWAY_PORT": "80",
        "GATEWAY_THREADS": "8",
        "GATEWAY_WORKERS": "4",
        "GATEWAY_PROXIES": "1",
        "GATEWAY_STREAMS": "50",
    }
    assert Settings.read(env) == Settings("0.0.0.0", 80, 8, 4, 1, streams=50)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_PORT", "http"),
        ("GATEWAY_PORT", "0"),
        ("GATEWAY_PORT", "65536"),
        ("GATEWAY_THREADS", "-1"),
        ("GATEWAY_WORKERS", "1.5"),
        ("GATEWAY_PROXIES", "²"),
        ("GATEWAY_STREAMS", "0"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Settings.read({name: value})


def test_passwords_of_seeds_come_from_the_environment_alone() -> None:
    kinds = ("agent", "supervisor", "administrator", "employee", "auditor")
    given = {f"SEED_{kind.upper()}_PASSWORD": f"of {kind}" for kind in kinds}
    assert read_passwords(given) == {kind: f"of {kind}" for kind in kinds}
    with pytest.raises(ConfigError, match="SEED_AUDITOR_PASSWORD"):
        read_passwords({**given, "SEED_AUDITOR_PASSWORD": ""})
