"""Users, rights and policies as a file of definitions that RabbitMQ loads when it starts.

    python -m libs.common.bus.broker_definitions [--vhost V] > definitions.json

For installations whose broker is a container of its own: `load_definitions = /path` in its
configuration (https://www.rabbitmq.com/docs/definitions). Passwords come from the environment,
`<OWNER>_AMQP_PASSWORD` and for the operator `RABBITMQ_PASSWORD`; the file holds their hashes.
"""

import argparse
import base64
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Mapping
from typing import Any

from libs.common.bus.broker_users import OWNERS, Rights, rights_of, user_of
from libs.common.bus.policies import POLICIES
from libs.common.bus.topology import RPC_EXCHANGE
from libs.common.config import ConfigError

OPERATOR = "tidedesk"
_EVERYTHING = Rights(".*", ".*", ".*")


def definitions(vhost: str, env: Mapping[str, str]) -> dict[str, Any]:
    """The document; raises ConfigError naming the first password that is missing."""
    rights = {OPERATOR: _EVERYTHING, **{user_of(owner): rights_of(owner) for owner in OWNERS}}
    words = {OPERATOR: "RABBITMQ_PASSWORD"}
    words.update({user_of(owner): f"{owner.upper()}_AMQP_PASSWORD" for owner in OWNERS})
    return {
        "vhosts": [{"name": vhost}],
        "users": [_user(name, _password(env, variable)) for name, variable in words.items()],
        "permissions": [
            {
                "user": name,
                "vhost": vhost,
                "configure": one.configure,
                "write": one.write,
                "read": one.read,
            }
            for name, one in rights.items()
        ],
        "topic_permissions": [
            {
                "user": name,
                "vhost": vhost,
                "exchange": RPC_EXCHANGE,
                "write": one.calls,
                "read": one.replies,
            }
            for name, one in rights.items()
            if one.calls and one.replies
        ],
        "policies": [
            {
                "vhost": vhost,
                "name": policy.name,
                "pattern": policy.pattern,
                "apply-to": "queues",
                "priority": policy.priority,
                "definition": dict(policy.definition),
            }
            for policy in POLICIES
        ],
    }


def _user(name: str, password: str) -> dict[str, Any]:
    return {
        "name": name,
        "password_hash": password_hash(password, secrets.token_bytes(4)),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": ["administrator"] if name == OPERATOR else [],
    }


def password_hash(password: str, salt: bytes) -> str:
    """As RabbitMQ computes it: https://www.rabbitmq.com/docs/passwords#this-is-the-algorithm."""
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _password(env: Mapping[str, str], name: str) -> str:
    if not env.get(name):
        raise ConfigError(f"{name} must be set")
    return env[name]


def main(arguments: list[str]) -> None:
    """Print the document."""
    parser = argparse.ArgumentParser(prog="libs.common.bus.broker_definitions")
    parser.add_argument("--vhost", default="tidedesk")
    chosen = parser.parse_args(arguments)
    try:
        print(json.dumps(definitions(chosen.vhost, os.environ), indent=1))
    except ConfigError as error:
        sys.exit(f"configuration: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
