"""The entrypoints of reporting: RPC for the gateway, events of the other services, jobs."""
