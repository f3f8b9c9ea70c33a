"""The shape of others' resources, as far as we use them: a field that we misspell is found here.

Kubernetes' own kinds are checked against their schemas. Of the operators' no package has the
schemas, so these are excerpts of their references, written for this test: RabbitMQ cluster operator
2.x and messaging topology operator 1.x, CloudNativePG 1.26 with its Barman Cloud plugin, KEDA 2.16,
Prometheus operator 0.80, cert-manager 1.
"""

from typing import Any

ANY: dict[str, Any] = {}  # Kubernetes' own shapes, and free maps
_NAME = {"name!": str}
_BROKER = {"rabbitmqClusterReference!": _NAME}
_WHOSE = {"vhost!": str, "userReference!": _NAME, **_BROKER}
_HPA = {"horizontalPodAutoscalerConfig": ANY, "restoreToOriginalReplicaCount": bool}
_ENDPOINT = {"port!": str, "path": str, "interval": str, "params": ANY}
_MONITOR = {"selector!": ANY, "namespaceSelector": ANY}

# `!` marks what must be there; a list holds the shape of its items.
SHAPES: dict[tuple[str, str], dict[str, Any]] = {
    ("rabbitmq.com/v1beta1", "RabbitmqCluster"): {
        "replicas!": int,
        "image": str,
        "persistence": {"storage": str, "storageClassName": str},
        "resources": ANY,
        "affinity": ANY,
        "rabbitmq": {"additionalConfig": str, "additionalPlugins": [str]},
        "tls": {"secretName!": str, "caSecretName": str, "disableNonTLSListeners": bool},
    },
    ("rabbitmq.com/v1beta1", "Vhost"): {"name!": str, "defaultQueueType": str, **_BROKER},
    ("rabbitmq.com/v1beta1", "User"): {"importCredentialsSecret": _NAME, **_BROKER},
    ("rabbitmq.com/v1beta1", "Permission"): {
        "permissions!": {"configure": str, "write": str, "read": str},
        **_WHOSE,
    },
    ("rabbitmq.com/v1beta1", "TopicPermission"): {
        "permissions!": {"exchange!": str, "write": str, "read": str},
        **_WHOSE,
    },
    ("rabbitmq.com/v1beta1", "Policy"): {
        "name!": str,
        "vhost": str,
        "pattern!": str,
        "applyTo": str,
        "priority": int,
        "definition!": ANY,
        **_BROKER,
    },
    ("postgresql.cnpg.io/v1", "Cluster"): {
        "instances!": int,
        "imageName": str,
        "postgresql": {
            "parameters": ANY,
            "synchronous": {"method!": str, "number!": int, "dataDurability": str},
        },
        "bootstrap": {
            "initdb": {
                "database": str,
                "owner": str,
                "encoding": str,
                "localeCollate": str,
                "localeCType": str,
            }
        },
        "managed": {
            "roles": [{"name!": str, "ensure": str, "login": bool, "passwordSecret": _NAME}]
        },
        "storage!": {"size!": str, "storageClass": str},
        "walStorage": {"size!": str, "storageClass": str},
        "resources": ANY,
        "affinity": {"enablePodAntiAffinity": bool, "topologyKey": str},
        "plugins": [{"name!": str, "isWALArchiver": bool, "parameters": ANY}],
    },
    ("postgresql.cnpg.io/v1", "Database"): {
        "name!": str,
        "owner!": str,
        "cluster!": _NAME,
        "encoding": str,
        "locale": str,
        "extensions": [{"name!": str, "ensure": str}],
    },
    ("postgresql.cnpg.io/v1", "ScheduledBackup"): {
        "schedule!": str,
        "backupOwnerReference": str,
        "cluster!": _NAME,
        "method": str,
        "pluginConfiguration": {"name!": str},
    },
    ("barmancloud.cnpg.io/v1", "ObjectStore"): {
        "retentionPolicy": str,
        "configuration!": {
            "destinationPath!": str,
            "s3Credentials": {"accessKeyId": ANY, "secretAccessKey": ANY},
            "wal": {"compression": str},
            "data": {"compression": str},
        },
    },
    ("keda.sh/v1alpha1", "ScaledObject"): {
        "scaleTargetRef!": _NAME,
        "minReplicaCount": int,
        "maxReplicaCount": int,
        "pollingInterval": int,
        "cooldownPeriod": int,
        "advanced": _HPA,
        "triggers!": [
            {"type!": str, "metadata!": ANY, "authenticationRef": _NAME, "metricType": str}
        ],
    },
    ("keda.sh/v1alpha1", "TriggerAuthentication"): {
        "secretTargetRef": [{"parameter!": str, "name!": str, "key!": str}],
    },
    ("monitoring.coreos.com/v1", "PodMonitor"): {
        "podMetricsEndpoints!": [_ENDPOINT],
        **_MONITOR,
    },
    ("monitoring.coreos.com/v1", "ServiceMonitor"): {"endpoints!": [_ENDPOINT], **_MONITOR},
    ("monitoring.coreos.com/v1", "PrometheusRule"): {
        "groups!": [
            {
                "name!": str,
                "rules!": [
                    {
                        "alert!": str,
                        "expr!": str,
                        "for": str,
                        "labels": ANY,
                        "annotations": ANY,
                    }
                ],
            }
        ],
    },
    ("cert-manager.io/v1", "Issuer"): {"selfSigned": ANY, "ca": {"secretName!": str}},
    ("cert-manager.io/v1", "Certificate"): {
        "secretName!": str,
        "issuerRef!": {"name!": str, "kind": str},
        "dnsNames": [str],
        "commonName": str,
        "isCA": bool,
        "duration": str,
        "renewBefore": str,
        "privateKey": {"algorithm": str, "size": int},
    },
}


def misfits(value: Any, shape: Any, place: str = "spec") -> list[str]:
    """What of a value the shape does not know, or wants and does not find."""
    if shape is ANY:
        return []
    if isinstance(shape, type):
        return [] if type(value) is shape else [f"{place}: {value!r} is no {shape.__name__}"]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{place}: no list"]
        return [
            one
            for number, item in enumerate(value)
            for one in misfits(item, shape[0], f"{place}[{number}]")
        ]
    if not isinstance(value, dict):
        return [f"{place}: no mapping"]
    known = {key.rstrip("!"): inner for key, inner in shape.items()}
    missing = [key[:-1] for key in shape if key.endswith("!") and key[:-1] not in value]
    return [
        *[f"{place}.{key} is missing" for key in missing],
        *[f"{place}.{key} is unknown" for key in value if key not in known],
        *[
            one
            for key, inner in known.items()
            if key in value
            for one in misfits(value[key], inner, f"{place}.{key}")
        ],
    ]
