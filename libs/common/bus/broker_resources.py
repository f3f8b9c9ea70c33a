"""Broker users, their rights and policies as resources of RabbitMQ's messaging topology operator.

    python -m libs.common.bus.broker_resources            compare (exit 1 if the file is stale)
    python -m libs.common.bus.broker_resources --write    write deploy/k8s/base/broker-users.yaml

The same rights as `broker_users` prints for rabbitmqctl: they follow the committed topology.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from libs.common.bus.broker_users import OWNERS, Rights, rights_of, user_of
from libs.common.bus.policies import POLICIES
from libs.common.bus.topology import RPC_EXCHANGE

FILE = Path(__file__).resolve().parents[3] / "deploy" / "k8s" / "base" / "broker-users.yaml"
CLUSTER = {"name": "tidedesk-rabbitmq"}
VHOST = "tidedesk"
OPERATOR = "operator"  # declares the topology
SCALER = "scaler"  # asks how long queues are, which needs no right but the vhost's
_HEAD = "# Written by `make topology` (libs.common.bus.broker_resources); edit nothing here.\n"
_EVERYTHING = Rights(".*", ".*", ".*")
_NOTHING = Rights("^$", "^$", "^$")


def everybody() -> dict[str, Rights]:
    """Who has a user at the broker, and what it may do."""
    owners = {owner: rights_of(owner) for owner in OWNERS}
    return {**owners, OPERATOR: _EVERYTHING, SCALER: _NOTHING}


def resources() -> Iterator[dict[str, Any]]:
    """A user of its own for each, with a Secret `tidedesk-broker-<name>` of username, password."""
    for name, rights in everybody().items():
        yield _resource(
            "User", user_of(name), {"importCredentialsSecret": {"name": f"tidedesk-broker-{name}"}}
        )
        whose = {"vhost": VHOST, "userReference": {"name": user_of(name)}}
        permissions = {
            "configure": rights.configure,
            "write": rights.write,
            "read": rights.read,
        }
        yield _resource("Permission", user_of(name), {**whose, "permissions": permissions})
        if rights.calls and rights.replies:
            topics = {"exchange": RPC_EXCHANGE, "write": rights.calls, "read": rights.replies}
            yield _resource("TopicPermission", user_of(name), {**whose, "permissions": topics})
    for policy in POLICIES:
        limits = {
            "name": policy.name,
            "vhost": VHOST,
            "pattern": policy.pattern,
            "applyTo": "queues",
            "priority": policy.priority,
            "definition": dict(policy.definition),
        }
        yield _resource("Policy", policy.name, limits)


def _resource(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "rabbitmq.com/v1beta1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": {**spec, "rabbitmqClusterReference": CLUSTER},
    }


def dump() -> str:
    """The committed form."""
    return _HEAD + "".join(f"---\n{_yaml(one)}" for one in resources())


def _yaml(mapping: dict[str, Any], indent: str = "") -> str:
    """Nested mappings of strings; JSON's strings are YAML's."""
    lines = []
    for key, value in mapping.items():
        if isinstance(value, dict):
            lines.append(f"{indent}{key}:\n{_yaml(value, indent + '  ')}")
        else:
            lines.append(f"{indent}{key}: {json.dumps(value, ensure_ascii=False)}\n")
    return "".join(lines)


def main(arguments: list[str]) -> int:
    """The command; returns the exit code."""
    if arguments == ["--write"]:
        FILE.write_text(dump(), encoding="utf-8")
    elif FILE.read_text(encoding="utf-8") != dump():
        print("broker-users.yaml is stale: run `make topology`")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
