"""compose.yaml is what the specification allows, and names only what the code has.

No engine runs where the tests run: that the services come up in this order was not tried.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import check_jsonschema
import jsonschema
import pytest
import yaml

from libs.common.bus.broker_users import OWNERS
from libs.common.config import Config
from tests.deploy.code import is_read, roles
from tests.deploy.image import DEPLOY, SERVICES

COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
PROGRAMS: dict[str, Any] = COMPOSE["services"]
OURS = {name: one for name, one in PROGRAMS.items() if str(one["image"]).startswith("tidedesk/")}
EXAMPLE = (DEPLOY / ".env.example").read_text(encoding="utf-8")
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def test_it_is_valid_by_the_specification():
    schemas = Path(check_jsonschema.__file__).parent / "builtin_schemas" / "vendor"
    schema = json.loads((schemas / "compose-spec.json").read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(COMPOSE)] == []


def test_every_role_runs_once():
    played: list[str] = []
    for one in OURS.values():
        if "libs.common.launcher" in one["command"]:
            played += one["command"][3:]
    assert sorted(played) == sorted(roles())


def test_every_image_is_built_here_once():
    built = [one["build"]["args"]["SERVICE"] for one in OURS.values() if "build" in one]
    assert sorted(built) == sorted(SERVICES)
    for one in OURS.values():
        service = one["image"].removeprefix("tidedesk/").partition(":")[0]
        assert service in SERVICES
        if "build" in one:
            assert one["build"]["args"]["SERVICE"] == service


def test_every_variable_of_a_process_is_one_that_the_code_reads():
    for name, one in OURS.items():
        unread = {key for key in one.get("environment", {}) if not is_read(key)}
        assert unread == set(), name


def needed() -> dict[str, bool]:
    """What the file takes from deploy/.env, and whether it does without."""
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    return {name: sign == "?" for name, sign, _ in VARIABLE.findall(text)}


def test_the_example_has_all_that_is_needed_and_nothing_that_is_not():
    known = dict(re.findall(r"^(\w+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert {name for name, is_needed in needed().items() if is_needed} <= set(known)
    assert set(known) <= set(needed())


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """deploy/.env as the command writes it."""
    place = tmp_path_factory.mktemp("compose")
    for name in ("make_secrets.py", ".env.example"):
        (place / name).write_bytes((DEPLOY / name).read_bytes())
    subprocess.run(
        [sys.executable, str(place / "make_secrets.py"), "compose"], check=True, cwd=place
    )
    text = (place / ".env").read_text(encoding="utf-8")
    return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))


def filled(value: Any, settings: dict[str, str]) -> str:
    return VARIABLE.sub(
        lambda one: settings.get(one[1]) or (one[3] if one[2] == "-" else ""), str(value)
    )


def test_every_process_accepts_what_it_is_told(settings: dict[str, str]):
    for name, one in OURS.items():
        env = {key: filled(word, settings) for key, word in one.get("environment", {}).items()}
        config = Config.read(env)
        for role in one["command"][3:] if "libs.common.launcher" in one["command"] else ():
            owner = role.partition(".")[0]
            assert config.database_url(owner), name
            if role not in ("intake.door", "intake.smtp"):
                assert config.broker(owner).startswith(f"amqp://tidedesk-{owner}:"), name
                assert config.require_actor_key()


def test_only_the_operators_commands_have_the_operators_password():
    for name, one in OURS.items():
        has = "AMQP_URI" in one.get("environment", {})
        assert has == (name in ("topology", "operations")), name


def test_our_containers_can_change_nothing_of_themselves():
    for name, one in OURS.items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in one["security_opt"]
        assert "privileged" not in one
        assert one["tmpfs"] == ["/tmp"]


def test_nothing_starts_before_what_it_needs():
    for name, one in OURS.items():
        before = one.get("depends_on", {})
        if "libs.common.launcher" in one["command"]:
            doors = {"intake-door": "migrations", "intake-smtp": "migrations"}
            wanted = doors.get(name, "topology")
            assert before[wanted] == {"condition": "service_completed_successfully"}
    # What waits for topology waits for the schemas as well.
    assert "migrations" in PROGRAMS["topology"]["depends_on"]


def test_doors_are_published_at_the_ports_that_they_listen_on():
    for name, variable in (
        ("gateway-web", "GATEWAY_PORT"),
        ("intake-door", "DOOR_PORT"),
        ("intake-smtp", "SMTP_IN_PORT"),
    ):
        [port] = PROGRAMS[name]["ports"]
        assert port.endswith(f":{PROGRAMS[name]['environment'][variable]}")
        # On this host alone unless somebody says otherwise.
        assert ":-127.0.0.1:" in port
    for name in ("postgres", "rabbitmq"):
        assert "ports" not in PROGRAMS[name]
        assert PROGRAMS[name]["networks"] == ["inside"]


def test_the_broker_is_given_a_password_for_each_owner():
    words = PROGRAMS["broker-rights"]["environment"]
    assert set(words) == {"RABBITMQ_PASSWORD", *(f"{one.upper()}_AMQP_PASSWORD" for one in OWNERS)}


def test_connections_are_enough_for_all_processes():
    [most] = re.findall(r"max_connections=(\d+)", " ".join(PROGRAMS["postgres"]["command"]))
    owners = [
        {role.partition(".")[0] for role in one["command"][3:]}
        for one in OURS.values()
        if "libs.common.launcher" in one["command"]
    ]
    assert sum(len(one) for one in owners) * 10 + 5 + 20 <= int(most)
