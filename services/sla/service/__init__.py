"""The entrypoints of sla: RPC for the gateway, events from the other services, jobs."""
