"""Who reaches whom, by the policies alone: an evaluation of the part of them that we use.

It knows selectors of pods in our namespace and ports. What a cluster's network plugin makes of the
policies was not tried.
"""

from typing import Any

import pytest

from tests.deploy.manifests import Document, Manifests, name_of

POSTGRES = {"cnpg.io/cluster": "tidedesk-postgres"}
RABBITMQ = {"app.kubernetes.io/name": "tidedesk-rabbitmq"}
DOORS = ("intake-door", "intake-smtp")
Labels = dict[str, str]


def chooses(selector: Document, labels: Labels) -> bool:
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    for one in selector.get("matchExpressions", ()):
        is_in = labels.get(one["key"]) in one["values"]
        if is_in != {"In": True, "NotIn": False}[one["operator"]]:
            return False
    return True


def lets(manifests: Manifests, way: str, own: Labels, other: Labels, port: int) -> bool:
    """Whether what applies to `own` lets it speak in one direction with a pod of our namespace."""
    applying = [
        one["spec"]
        for one in manifests.of("NetworkPolicy")
        if way in one["spec"]["policyTypes"] and chooses(one["spec"]["podSelector"], own)
    ]
    if not applying:
        return True
    peers, rules = {"Egress": ("to", "egress"), "Ingress": ("from", "ingress")}[way]
    return any(
        _meets(rule.get(peers), other) and port in [one["port"] for one in rule["ports"]]
        for policy in applying
        for rule in policy.get(rules, ())
    )


def _meets(peers: list[Document] | None, labels: Labels) -> bool:
    """No peers at all means everybody."""
    if peers is None:
        return True
    return any(
        "podSelector" in one
        and one.get("namespaceSelector", {}) == {}
        and chooses(one["podSelector"], labels)
        for one in peers
    )


def reaches(manifests: Manifests, source: Labels, target: Labels, port: int) -> bool:
    return lets(manifests, "Egress", source, target, port) and lets(
        manifests, "Ingress", target, source, port
    )


def labels_of(workload: Document) -> Labels:
    spec: dict[str, Any] = workload["spec"]
    template = spec["template"] if "template" in spec else spec["jobTemplate"]["spec"]["template"]
    labels: Labels = template["metadata"]["labels"]
    return labels


def everybody(manifests: Manifests) -> dict[str, Labels]:
    found = manifests.of("Deployment", "Job", "CronJob")
    return {name_of(one): labels_of(one) for one in found}


def test_everybody_reaches_the_database_and_nothing_else_of_it(manifests: Manifests):
    for name, labels in everybody(manifests).items():
        assert reaches(manifests, labels, POSTGRES, 5432), name
        assert not reaches(manifests, labels, POSTGRES, 8000), name


def test_the_broker_is_reached_by_those_who_have_a_user_there(manifests: Manifests):
    for name, labels in everybody(manifests).items():
        has_user = name not in DOORS and not name.startswith(("migrate", "backup"))
        for port in (5671, 5672):
            assert reaches(manifests, labels, RABBITMQ, port) == has_user, name
        assert not reaches(manifests, labels, RABBITMQ, 15672), name


@pytest.mark.parametrize("port", [8080, 8081, 2525])
def test_services_do_not_call_one_another(manifests: Manifests, port: int):
    known = everybody(manifests)
    for source in known.values():
        for target in known.values():
            assert not lets(manifests, "Egress", source, target, port)


def test_the_nodes_of_a_cluster_reach_each_other(manifests: Manifests):
    for port in (5432, 8000):
        assert reaches(manifests, POSTGRES, POSTGRES, port)
    for port in (4369, 25672):
        assert reaches(manifests, RABBITMQ, RABBITMQ, port)


def test_other_teams_consumers_are_let_in_by_their_label(manifests: Manifests):
    assert reaches(manifests, {"tidedesk/bus": "reader"}, RABBITMQ, 5672)
    assert not reaches(manifests, {"app": "stranger"}, RABBITMQ, 5672)
