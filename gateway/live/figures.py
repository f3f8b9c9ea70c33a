"""What operators see of live updates."""

from prometheus_client import Counter, Gauge, Histogram

streams = Gauge("tidedesk_live_streams", "Open streams of live updates in this process")
updates = Counter("tidedesk_live_updates_total", "Live updates that this process has read")
delay = Histogram(
    "tidedesk_live_delay_seconds",
    "From the writing of a live update to its handing over to the streams",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 60),
)
ended = Counter("tidedesk_live_ended_total", "Streams by why they have ended", ("reason",))
