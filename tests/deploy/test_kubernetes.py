"""What stands in deploy/k8s is what Kubernetes takes, and names only what the code has."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from libs.common.bus import broker_resources
from libs.common.bus.broker_users import OWNERS
from libs.common.bus.topology import committed
from libs.common.config import Config
from tests.deploy.code import is_read, roles
from tests.deploy.image import SERVICES
from tests.deploy.manifests import BUILT_IN, Document, Manifests, name_of
from tests.deploy.shapes import SHAPES, misfits

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import kubernetes_validate

KUBERNETES = "1.32"
# The operators make these.
MADE = {"tidedesk-authority", "tidedesk-postgres-ca", "tidedesk-rabbitmq-tls", "tidedesk-tls"}
# Connections of a process, as multiples of DATABASE_POOL, and what gateway.web has besides.
WEB_BESIDE = 5
SPARE = 30  # for migrations, backups and people


def test_built_in_kinds_are_valid_to_the_letter(manifests: Manifests):
    for document in manifests.documents:
        if document["apiVersion"] in BUILT_IN:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)


def test_every_other_kind_is_known_and_has_its_shape(manifests: Manifests):
    for document in manifests.documents:
        if document["apiVersion"] not in BUILT_IN:
            shape = SHAPES[(document["apiVersion"], document["kind"])]
            assert misfits(document["spec"], shape) == [], name_of(document)


def test_every_role_of_the_code_has_one_workload(manifests: Manifests):
    run = [
        one["spec"]["template"]["spec"]["containers"][0]["args"]
        for one in manifests.of("Deployment")
    ]
    assert all(words[:3] == ["python", "-m", "libs.common.launcher"] for words in run)
    played = Counter(role for words in run for role in words[3:])
    assert set(played) == roles()
    assert max(played.values()) == 1


def test_every_image_is_one_that_the_dockerfile_builds(manifests: Manifests):
    for name, container in manifests.containers():
        image = container["image"].partition(":")[0]
        assert image.removeprefix("tidedesk/") in SERVICES, name
        owner = container["args"][3].partition(".")[0] if len(container["args"]) > 3 else ""
        if owner in OWNERS:
            assert image == f"tidedesk/{owner}", name


def configured(manifests: Manifests) -> dict[str, dict[str, str]]:
    """ConfigMaps and Secrets by name."""
    found = {}
    for one in manifests.of("ConfigMap", "Secret"):
        found[name_of(one)] = {**one.get("data", {}), **one.get("stringData", {})}
    return found


def given(container: Document, known: dict[str, dict[str, str]]) -> dict[str, str]:
    """The variables of a container: values, or nothing where they are secret."""
    env: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        [(_, reference)] = [(key, one) for key, one in source.items() if key != "prefix"]
        env |= known[reference["name"]]
    return env | {one["name"]: one.get("value", "") for one in container.get("env", ())}


def test_every_variable_is_one_that_the_code_reads(manifests: Manifests):
    known = configured(manifests)
    for name, container in manifests.containers():
        used = {
            variable
            for one in container.get("env", ())
            for variable in re.findall(r"\$\((\w+)\)", one.get("value", ""))
        }
        unread = {one for one in given(container, known) if not is_read(one)} - used
        assert unread == set(), name


def test_a_password_stands_before_the_address_that_is_made_of_it(manifests: Manifests):
    for name, container in manifests.containers():
        before: set[str] = set()
        for one in container.get("env", ()):
            assert set(re.findall(r"\$\((\w+)\)", one.get("value", ""))) <= before, name
            before.add(one["name"])


def test_a_process_accepts_what_it_is_told(manifests: Manifests, tmp_path: Any):
    known = configured(manifests)
    for name, container in manifests.containers():
        env = given(container, known)
        for variable in ("AMQP_CA_FILE",):
            if variable in env:
                (tmp_path / "ca.crt").touch()
                env[variable] = str(tmp_path / "ca.crt")
        # Secrets come encoded; their shape is test_secrets' matter.
        env = {one: value for one, value in env.items() if not one.endswith(("_KEY", "_KEYS"))}
        config = Config.read({**env, "TICKET_BODIES": "plain"})
        assert config.health_port == (9100 if "HEALTH_PORT" in env else None), name


def test_each_owner_has_its_own_database_and_user_and_no_other(manifests: Manifests):
    known = configured(manifests)
    for name, pod in manifests.pods():
        if name.startswith(("backup", "declare")):
            continue
        owner = name.removeprefix("migrate-").partition("-")[0]
        for container in pod["containers"]:
            env = given(container, known)
            urls = {one for one in env if one.endswith("_DATABASE_URL")}
            assert urls == {f"{owner.upper()}_DATABASE_URL"}, name
            assert urlsplit(env[urls.pop()]).username == f"tidedesk_{owner}"
            uris = {one for one in env if one.endswith("AMQP_URI")}
            is_door = name.endswith(("-door", "-smtp"))
            without = is_door or name.startswith("migrate")
            assert uris == (set() if without else {f"{owner.upper()}_AMQP_URI"}), name


def test_what_is_referred_to_is_there(manifests: Manifests):
    there = {(one["kind"], name_of(one)) for one in manifests.documents}
    for name, wanted in references(manifests):
        assert wanted in there or wanted[1] in MADE, (name, wanted)


def references(manifests: Manifests) -> Iterator[tuple[str, tuple[str, str]]]:
    kinds = {
        "secretKeyRef": "Secret",
        "secretRef": "Secret",
        "configMapRef": "ConfigMap",
        "importCredentialsSecret": "Secret",
        "passwordSecret": "Secret",
        "authenticationRef": "TriggerAuthentication",
        "userReference": "User",
        "rabbitmqClusterReference": "RabbitmqCluster",
        "service": "Service",
    }
    keys = {"secretName": "Secret", "claimName": "PersistentVolumeClaim"}
    keys |= {"serviceAccountName": "ServiceAccount"}

    def walk(value: Any) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in kinds and isinstance(inner, dict) and "name" in inner:
                    yield kinds[key], inner["name"]
                elif key in keys and isinstance(inner, str):
                    yield keys[key], inner
                yield from walk(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner)

    for document in manifests.documents:
        if document["kind"] != "Certificate":
            for wanted in walk(document.get("spec", {})):
                yield name_of(document), wanted


def test_nobody_has_more_power_than_it_needs(manifests: Manifests):
    for name, pod in manifests.pods():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["runAsUser"] == 10001
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        # A Service named gateway would set GATEWAY_PORT.
        assert pod["enableServiceLinks"] is False
    for name, container in manifests.containers():
        security = container["securityContext"]
        assert security["allowPrivilegeEscalation"] is False, name
        assert security["readOnlyRootFilesystem"] is True
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert {"cpu", "memory"} == set(container["resources"]["requests"])
        assert {"cpu", "memory"} == set(container["resources"]["limits"])
        mounts = {one["mountPath"] for one in container["volumeMounts"]}
        assert "/tmp" in mounts


def test_every_process_is_asked_whether_it_lives_and_is_ready(manifests: Manifests):
    for one in manifests.of("Deployment"):
        [container] = one["spec"]["template"]["spec"]["containers"]
        paths = {
            probe: container[f"{probe}Probe"]["httpGet"]
            for probe in ("startup", "liveness", "readiness")
        }
        assert paths["liveness"] == {"path": "/healthz", "port": "health"}
        assert paths["startup"] == {"path": "/healthz", "port": "health"}
        assert paths["readiness"] == {"path": "/readyz", "port": "health"}
        assert {"name": "health", "containerPort": 9100} in container["ports"]


def test_services_point_at_ports_that_the_configuration_opens(manifests: Manifests):
    known = configured(manifests)
    [config] = [one for name, one in known.items() if name.startswith("tidedesk-config")]
    opened = {"web": "GATEWAY_PORT", "door": "DOOR_PORT", "smtp": "SMTP_IN_PORT"}
    for service in manifests.of("Service"):
        [port] = service["spec"]["ports"]
        [target] = [
            one
            for one in manifests.of("Deployment")
            if one["spec"]["selector"]["matchLabels"] == service["spec"]["selector"]
        ]
        [container] = target["spec"]["template"]["spec"]["containers"]
        numbers = {one["name"]: one["containerPort"] for one in container["ports"]}
        role = service["spec"]["selector"]["app.kubernetes.io/component"]
        assert str(numbers[port["targetPort"]]) == config[opened[role]]


def test_before_a_process_starts_its_schema_is_waited_for(manifests: Manifests):
    for one in manifests.of("Deployment"):
        owner = name_of(one).partition("-")[0]
        [first] = one["spec"]["template"]["spec"]["initContainers"]
        assert first["args"] == ["python", "-m", "libs.common.migrate", "--wait", owner]
        job = manifests.named("Job", f"migrate-{owner}")
        [container] = job["spec"]["template"]["spec"]["containers"]
        assert container["args"] == ["python", "-m", "libs.common.migrate", owner]


def test_whoever_has_more_than_one_replica_keeps_one_in_a_disturbance(prod: Manifests):
    budgets = {name_of(one): one["spec"] for one in prod.of("PodDisruptionBudget")}
    for one in prod.of("Deployment"):
        name, labels = name_of(one), one["spec"]["selector"]["matchLabels"]
        if least_of(prod, name, one) > 1:
            assert budgets[name]["selector"]["matchLabels"] == labels
            assert budgets[name]["maxUnavailable"] == 1


def least_of(manifests: Manifests, name: str, deployment: Document) -> int:
    return bounds(manifests, name, deployment)[0]


def bounds(manifests: Manifests, name: str, deployment: Document) -> tuple[int, int]:
    """Replicas, at least and at most."""
    for one in manifests.of("ScaledObject"):
        if one["spec"]["scaleTargetRef"]["name"] == name:
            assert "replicas" not in deployment["spec"], name
            return one["spec"]["minReplicaCount"], one["spec"]["maxReplicaCount"]
    for one in manifests.of("HorizontalPodAutoscaler"):
        if one["spec"]["scaleTargetRef"]["name"] == name:
            assert "replicas" not in deployment["spec"], name
            return one["spec"]["minReplicas"], one["spec"]["maxReplicas"]
    return deployment["spec"]["replicas"], deployment["spec"]["replicas"]


def test_with_all_replicas_there_are_connections_for_everybody(manifests: Manifests):
    [config] = [
        one for name, one in configured(manifests).items() if name.startswith("tidedesk-config")
    ]
    pool = int(config["DATABASE_POOL"])
    most = sum(
        bounds(manifests, name_of(one), one)[1]
        * (pool + (WEB_BESIDE if name_of(one) == "gateway-web" else 0))
        for one in manifests.of("Deployment")
    )
    parameters = manifests.named("Cluster", "tidedesk-postgres")["spec"]["postgresql"]
    assert most + SPARE <= int(parameters["parameters"]["max_connections"])


def test_what_is_scaled_by_a_queue_names_one_of_the_topology(prod: Manifests):
    scaled = []
    for one in prod.of("ScaledObject"):
        for trigger in one["spec"]["triggers"]:
            if trigger["type"] == "rabbitmq":
                queue = trigger["metadata"]["queueName"]
                assert queue in committed().queues
                assert name_of(one).partition("-")[0] == queue.partition(".")[0]
                scaled.append(queue.partition(".")[0])
    wanted = {"intake", "ticketing", "dispatch", "sla", "notify", "reporting"}
    assert wanted <= set(scaled)


def test_scaled_workloads_exist(prod: Manifests):
    there = {name_of(one) for one in prod.of("Deployment")}
    for one in prod.of("ScaledObject", "HorizontalPodAutoscaler"):
        assert one["spec"]["scaleTargetRef"]["name"] in there


def test_users_at_the_broker_have_the_rights_of_the_topology():
    assert broker_resources.FILE.read_text(encoding="utf-8") == broker_resources.dump(), (
        "broker-users.yaml is stale: run `make topology`"
    )


def test_every_owner_has_a_database_with_a_role_of_its_own(manifests: Manifests):
    cluster = manifests.named("Cluster", "tidedesk-postgres")
    known = {
        one["name"]: one["passwordSecret"]["name"] for one in cluster["spec"]["managed"]["roles"]
    }
    assert known == {f"tidedesk_{one}": f"tidedesk-postgres-{one}" for one in OWNERS}
    made = {one["spec"]["name"]: one["spec"]["owner"] for one in manifests.of("Database")}
    assert made == {f"tidedesk_{one}": f"tidedesk_{one}" for one in OWNERS}


def test_policies_let_nobody_in_or_out_by_default(manifests: Manifests):
    everybody = manifests.named("NetworkPolicy", "nothing-but")["spec"]
    assert set(everybody["policyTypes"]) == {"Ingress", "Egress"}
    [(label, value)] = everybody["podSelector"]["matchLabels"].items()
    for one in manifests.of("Deployment", "Job"):
        assert one["spec"]["template"]["metadata"]["labels"][label] == value
    [cron] = manifests.of("CronJob")
    labels = cron["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
    assert labels[label] == value


def test_only_who_must_speaks_to_the_outside(manifests: Manifests):
    outside = set()
    for policy in manifests.of("NetworkPolicy"):
        for rule in policy["spec"].get("egress", ()):
            if any("ipBlock" in to for to in rule.get("to", ())):
                outside.add(name_of(policy))
    assert outside - {"to-bucket"} == {"notify-outwards", "intake-and-gateway-outwards"}


@pytest.mark.parametrize("owner", OWNERS)
def test_secrets_are_nowhere_in_the_repository(owner: str):
    from tests.deploy.image import DEPLOY

    text = (DEPLOY / "k8s" / "secrets.example" / f"broker-{owner}.env").read_text()
    assert "password=<password>" in text
    assert not list((DEPLOY / "k8s" / "base").glob("**/*.env"))
