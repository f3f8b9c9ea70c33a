"""Each alert of components/monitoring/alerts.yaml, made to fire and made to keep quiet."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """Series of one sample a minute, and whether the alert fires after `minutes`."""

    alert: str
    series: dict[str, str]
    minutes: int
    fires: dict[str, str] | None = None


def ours(name: str, /, **labels: str) -> str:
    pairs = {"namespace": "tidedesk", **labels}
    return name + "{" + ", ".join(f'{key}="{value}"' for key, value in pairs.items()) + "}"


def steady(name: str, value: float, /, **labels: str) -> dict[str, str]:
    return {ours(name, **labels): f"{value}x200"}


def growing(name: str, by: float, /, **labels: str) -> dict[str, str]:
    return {ours(name, **labels): f"0+{by}x200"}


def slow(name: str, good: float, bad: float, /, **labels: str) -> dict[str, str]:
    """A histogram with two buckets that fill."""
    return {
        **growing(f"{name}_bucket", good, le="1", **labels),
        **growing(f"{name}_bucket", good + bad, le="60", **labels),
        **growing(f"{name}_bucket", good + bad, le="+Inf", **labels),
    }


SENT = {"purpose": "smtp", "outcome": "sent"}
LOST = {"purpose": "smtp", "outcome": "unreachable"}
TAKEN = {"purpose": "webhook", "outcome": "2xx"}
REFUSED = {"purpose": "webhook", "outcome": "failed"}
OUT, REQUESTS = "tidedesk_outbound_seconds_count", "tidedesk_request_seconds_count"
DAY = 86_400
CRON = {"cronjob": "backup"}
BACKED_UP = "kube_cronjob_status_last_successful_time"
BASE = "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp"
ENDS = "certmanager_certificate_expiration_timestamp_seconds"
QUEUE = "rabbitmq_detailed_queue_messages_ready"

CASES = [
    Case(
        "TidedeskOutboxOld",
        steady("tidedesk_outbox_age_seconds", 45, service="sla"),
        5,
        {"service": "sla"},
    ),
    Case("TidedeskOutboxOld", steady("tidedesk_outbox_age_seconds", 5, service="sla"), 5),
    Case(
        "TidedeskQueueLag",
        slow("tidedesk_queue_lag_seconds", 1, 60, service="notify", queue="events"),
        20,
        {"service": "notify"},
    ),
    Case(
        "TidedeskQueueLag",
        slow("tidedesk_queue_lag_seconds", 60, 1, service="notify", queue="events"),
        20,
    ),
    Case(
        "TidedeskQueueGrows",
        {QUEUE + '{vhost="tidedesk", queue="sla.inbox"}': "20000x60"},
        20,
        {"queue": "sla.inbox"},
    ),
    Case(
        "TidedeskQueueGrows",
        {QUEUE + '{vhost="tidedesk", queue="sla.inbox"}': "20000 20000 0x60"},
        20,
    ),
    Case(
        "TidedeskParkedFailures",
        steady("tidedesk_inbox_failures", 1, service="kb", parked="yes"),
        10,
        {"service": "kb"},
    ),
    Case(
        "TidedeskParkedFailures",
        steady("tidedesk_inbox_failures", 9, service="kb", parked="no"),
        10,
    ),
    Case(
        "TidedeskSequenceGaps",
        growing("tidedesk_sequence_gaps_total", 1, service="sla"),
        10,
        {"service": "sla"},
    ),
    Case("TidedeskSequenceGaps", steady("tidedesk_sequence_gaps_total", 7, service="sla"), 10),
    Case(
        "TidedeskChainStopped",
        growing("tidedesk_stopped_chains_total", 1, service="sla", type="ticket.edited"),
        10,
        {"service": "sla", "type": "ticket.edited"},
    ),
    Case(
        "TidedeskChainStopped",
        steady("tidedesk_stopped_chains_total", 2, service="sla", type="ticket.edited"),
        10,
    ),
    Case(
        "TidedeskBrokerAlarm",
        {
            "rabbitmq_alarms_memory_used_watermark": "1x60",
            "rabbitmq_alarms_free_disk_space_watermark": "0x60",
        },
        5,
        {},
    ),
    Case(
        "TidedeskBrokerAlarm",
        {
            "rabbitmq_alarms_memory_used_watermark": "0x60",
            "rabbitmq_alarms_free_disk_space_watermark": "0x60",
        },
        5,
    ),
    Case(
        "TidedeskHubLag",
        steady("tidedesk_hub_lag_seconds", 1.5, pod="sla-jobs-1"),
        10,
        {"pod": "sla-jobs-1"},
    ),
    Case("TidedeskHubLag", steady("tidedesk_hub_lag_seconds", 0.2, pod="sla-jobs-1"), 10),
    Case(
        "TidedeskPoolExhausted",
        steady("tidedesk_pool_connections", 8, pod="p", service="sla", state="used")
        | steady("tidedesk_pool_limit", 8, pod="p", service="sla"),
        5,
        {"pod": "p", "service": "sla"},
    ),
    Case(
        "TidedeskPoolExhausted",
        steady("tidedesk_pool_connections", 7, pod="p", service="sla", state="used")
        | steady("tidedesk_pool_limit", 8, pod="p", service="sla"),
        5,
    ),
    Case(
        "TidedeskJobFails",
        growing(
            "tidedesk_handler_seconds_count",
            2,
            service="sla",
            handler="run_timers",
            outcome="failed",
        ),
        30,
        {"service": "sla", "handler": "run_timers"},
    ),
    Case(
        "TidedeskJobFails",
        growing(
            "tidedesk_handler_seconds_count", 100, service="sla", handler="run_timers", outcome="ok"
        ),
        30,
    ),
    Case(
        "TidedeskNothingRuns",
        steady("kube_deployment_status_replicas_available", 0, deployment="kb-rpc"),
        5,
        {"deployment": "kb-rpc", "namespace": "tidedesk"},
    ),
    Case(
        "TidedeskNothingRuns",
        steady("kube_deployment_status_replicas_available", 1, deployment="kb-rpc"),
        5,
    ),
    Case(
        "TidedeskCertificateEnds",
        steady(ENDS, 7 * DAY, name="tidedesk-tls"),
        90,
        {"name": "tidedesk-tls"},
    ),
    Case("TidedeskCertificateEnds", steady(ENDS, 60 * DAY, name="tidedesk-tls"), 90),
    Case(
        "TidedeskTimersLate",
        steady("tidedesk_timers_late_seconds", 90, service="sla"),
        5,
        {"service": "sla"},
    ),
    Case("TidedeskTimersLate", steady("tidedesk_timers_late_seconds", 0, service="sla"), 5),
    Case("TidedeskUndecided", steady("tidedesk_undecided_age_seconds", 60), 5, {}),
    Case("TidedeskUndecided", steady("tidedesk_undecided_age_seconds", 0), 5),
    Case(
        "TidedeskTicketsWait",
        steady("tidedesk_waiting_age_seconds", 3600) | steady("tidedesk_undecided_age_seconds", 1),
        15,
        {},
    ),
    # Then it is dispatch that does not work, which is said by another.
    Case(
        "TidedeskTicketsWait",
        steady("tidedesk_waiting_age_seconds", 3600)
        | steady("tidedesk_undecided_age_seconds", 3600),
        15,
    ),
    Case("TidedeskLoadsMended", growing("tidedesk_mended_loads_total", 1), 10, {}),
    Case("TidedeskLoadsMended", steady("tidedesk_mended_loads_total", 1), 10),
    Case(
        "TidedeskDeliveriesLate",
        steady("tidedesk_deliveries_late_seconds", 600, channel="sms"),
        10,
        {"channel": "sms"},
    ),
    Case(
        "TidedeskDeliveriesLate", steady("tidedesk_deliveries_late_seconds", 60, channel="sms"), 10
    ),
    Case("TidedeskMailFails", growing(OUT, 10, **SENT) | growing(OUT, 10, **LOST), 30, {}),
    Case("TidedeskMailFails", growing(OUT, 100, **SENT) | growing(OUT, 1, **LOST), 30),
    Case("TidedeskWebhooksFail", growing(OUT, 1, **TAKEN) | growing(OUT, 10, **REFUSED), 40, {}),
    Case("TidedeskWebhooksFail", growing(OUT, 10, **TAKEN) | growing(OUT, 1, **REFUSED), 40),
    Case(
        "TidedeskGatewayErrors",
        growing(REQUESTS, 90, status="200") | growing(REQUESTS, 10, status="503"),
        15,
        {},
    ),
    Case(
        "TidedeskGatewayErrors",
        growing(REQUESTS, 90, status="200") | growing(REQUESTS, 10, status="409"),
        15,
    ),
    Case(
        "TidedeskGatewaySlow",
        slow("tidedesk_request_seconds", 10, 10, route="/api/v1/tickets"),
        25,
        {},
    ),
    # A stream goes on for hours.
    Case("TidedeskGatewaySlow", slow("tidedesk_request_seconds", 10, 10, route="/api/v1/live"), 25),
    Case(
        "TidedeskCallsFail",
        growing("tidedesk_rpc_seconds_count", 60, service="sla", outcome="failed"),
        15,
        {"service": "sla"},
    ),
    Case(
        "TidedeskCallsFail",
        growing("tidedesk_rpc_seconds_count", 60, service="sla", outcome="refused"),
        15,
    ),
    Case("TidedeskBackupOld", {ours(BACKED_UP, **CRON): "0x6000"}, 60 * 40, {}),
    Case("TidedeskBackupOld", {"up": "1x200"}, 120, CRON | {"namespace": "tidedesk"}),
    Case("TidedeskBackupOld", {ours(BACKED_UP, **CRON): f"0x1440 {DAY}x2000"}, 60 * 40),
    Case("TidedeskDatabaseBackupOld", {ours(BASE): "0x6000"}, 60 * 40, {}),
    Case("TidedeskDatabaseBackupOld", {ours(BASE): f"0x1440 {DAY}x2000"}, 60 * 40),
]
